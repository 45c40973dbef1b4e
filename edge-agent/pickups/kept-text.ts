/** A text that survives a power cut, replaced as a whole. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { AgentError } from '../error.ts';

export interface KeptText {
  /** Null: nothing was kept yet. */
  read(): string | null;
  /** Durable when it returns. @throws AgentError `journal-failed` */
  write(text: string): void;
}

/** Written beside, synced, renamed: a cut leaves the old text or the new one. */
export function keptInFile(path: string): KeptText {
  return {
    read() {
      try {
        return readFileSync(path, 'utf8');
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw failed(path, 'read', cause);
      }
    },
    write(text) {
      try {
        const file = openSync(`${path}.new`, 'w', 0o600);
        writeSync(file, text);
        fsyncSync(file);
        closeSync(file);
        renameSync(`${path}.new`, path);
        const folder = openSync(dirname(path), 'r');
        fsyncSync(folder);
        closeSync(folder);
      } catch (cause) {
        throw failed(path, 'written', cause);
      }
    },
  };
}

function failed(path: string, what: string, cause: unknown): AgentError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AgentError('journal-failed', `${path} cannot be ${what} (${why}); check the disk`, { cause });
}
