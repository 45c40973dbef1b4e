/** What is done to systemd and to files outside a release's folder: each whole, on the disk when it returns, and the same twice. */
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { execute } from './execute.ts';
import { replaceFile, syncFolder } from './journal.ts';

export interface SystemActs {
  /** Speaks with systemd; resolves with what it said. @throws Error where that fails */
  systemctl(...words: string[]): Promise<string>;
  replace(path: string, text: string, who: 'readable' | 'private' | 'as-before'): void;
  remove(path: string): void;
  /** A link that leads to `target`, in the place of whatever was there. */
  link(path: string, target: string): void;
}

export const SYSTEM_ACTS: SystemActs = {
  systemctl: (...words) => execute('systemctl', words),
  replace: replaceFile,
  remove: (path) => {
    rmSync(path, { force: true });
    if (existsSync(dirname(path))) syncFolder(dirname(path));
  },
  link: (path, target) => {
    mkdirSync(dirname(path), { recursive: true });
    rmSync(`${path}.new`, { force: true });
    symlinkSync(target, `${path}.new`);
    renameSync(`${path}.new`, path);
    syncFolder(dirname(path));
  },
};
