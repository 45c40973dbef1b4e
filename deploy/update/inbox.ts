/**
 * The folder in which the hub leaves a release and what it asks for. Whatever lies there was written by a program that
 * the network reaches: it is read with that program's own rights, so that no link leads root to what the hub may not
 * read, never longer than it may be, and once.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { INBOX, MAX_RELEASE_BYTES, UpdateRequest } from '@lockerhub/protocol/update/files.ts';
import { execute } from './execute.ts';
import { UpdateError } from './update-error.ts';

const MAX_REQUEST_BYTES = 10_000;
/** A pipe in the place of the file would be waited for forever. */
const COPIED_WITHIN_MS = 10 * 60_000;

export interface InboxOptions {
  readonly folder: string;
  /** The program, with its words, by which another is run as the folder's owner; empty: nobody else owns it. */
  readonly asOwner: readonly string[];
}

export class Inbox {
  readonly #options: InboxOptions;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** What is asked for; null: nothing. @throws UpdateError `request-unfit` */
  async request(): Promise<UpdateRequest | null> {
    const path = join(this.#options.folder, INBOX.request);
    if (!existsSync(path)) return null;
    try {
      const [program = '', ...rest] = this.#asOwner('head', `--bytes=${MAX_REQUEST_BYTES}`, '--', path);
      return UpdateRequest.parse(JSON.parse(await execute(program, rest)));
    } catch (cause) {
      throw new UpdateError('request-unfit', `${path} is no request of a hub; it was removed`, { cause });
    }
  }

  /** Copies the release to where only the updater writes. @throws UpdateError `release-damaged` */
  async copyRelease(target: string): Promise<void> {
    const path = join(this.#options.folder, INBOX.release);
    const [program = '', ...rest] = this.#asOwner('head', `--bytes=${MAX_RELEASE_BYTES + 1}`, '--', path);
    const file = openSync(target, 'w', 0o600);
    try {
      const reading = spawn(program, rest, { stdio: ['ignore', file, 'ignore'], timeout: COPIED_WITHIN_MS });
      const [code] = (await once(reading, 'close')) as [number | null];
      const { size } = statSync(target);
      if (code !== 0 || size > MAX_RELEASE_BYTES) {
        const what = code === 0 ? `is larger than ${MAX_RELEASE_BYTES} bytes` : "can't be read";
        throw new UpdateError('release-damaged', `${path} ${what}; bring the release once more`);
      }
    } finally {
      closeSync(file);
    }
  }

  /** What was asked for is done, or never will be. */
  async clear(): Promise<void> {
    const [program = '', ...rest] = this.#asOwner(
      'rm',
      '--force',
      '--',
      join(this.#options.folder, INBOX.request),
    );
    await execute(program, rest);
  }

  #asOwner(...words: string[]): string[] {
    return [...this.#options.asOwner, ...words];
  }
}
