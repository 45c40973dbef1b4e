/** A journal in a file: one write and one fdatasync for all records that wait, in order. */
import {
  closeSync,
  constants,
  fdatasync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  write,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { AgentError } from '../error.ts';
import type { Journal } from './journal.ts';
import { readRecordLine, recordLine } from './record.ts';

/** Records that may wait for the disk; a disk that is further behind counts as failed. */
const MAX_WAITING = 10_000;

interface Waiting {
  readonly line: string;
  readonly done: () => void;
  readonly failed: (error: AgentError) => void;
}

export class FileJournal implements Journal {
  readonly #path: string;
  #file: number | undefined;
  #waiting: Waiting[] = [];
  #writing = false;
  #failure: AgentError | undefined;
  #idle: (() => void)[] = [];
  #sizeBytes = 0;
  /** Lines that `read` passed over because their checksum did not hold. */
  damagedLines = 0;

  /** @param path The file; its folder must exist. It is opened by `read`. */
  constructor(path: string) {
    this.#path = path;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async read(): Promise<readonly unknown[]> {
    this.#open();
    const records: unknown[] = [];
    const text = readFileSync(this.#path, 'utf8');
    const lines = text.split('\n');
    // A torn line can also lie before whole ones: the disk may write the pages of one batch in any order.
    for (const line of lines.filter((line) => line !== '')) {
      const record = readRecordLine(line);
      if (record === undefined) this.damagedLines += 1;
      else records.push(record);
    }
    this.#sizeBytes = Buffer.byteLength(text);
    // A torn last line has no line feed: end it, so that the next record starts on a line of its own.
    if (lines.at(-1) !== '') writeSync(this.#fileNumber(), '\n');
    return records;
  }

  append(record: object): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#file === undefined) return Promise.reject(this.#fail(new Error('it has not been read yet')));
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(this.#fail(new Error(`${MAX_WAITING} records wait for the disk`)));
    }
    const line = recordLine(record);
    this.#sizeBytes += line.length;
    return new Promise((done, failed) => {
      this.#waiting.push({ line, done, failed });
      if (this.#writing) return;
      this.#writing = true;
      // All that is appended in the same turn shares one fdatasync.
      queueMicrotask(() => this.#writeWaiting());
    });
  }

  async rewrite(records: () => readonly object[]): Promise<void> {
    await this.#untilIdle();
    if (this.#failure) throw this.#failure;
    const fresh = `${this.#path}.new`;
    try {
      const text = records().map(recordLine).join('');
      const file = openSync(fresh, 'w', 0o600);
      writeSync(file, text);
      fsyncSync(file);
      closeSync(file);
      renameSync(fresh, this.#path);
      this.#reopen();
      this.#sizeBytes = Buffer.byteLength(text);
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  async close(): Promise<void> {
    await this.#untilIdle();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#failure ??= new AgentError('journal-failed', `${this.#path} is closed`);
  }

  #writeWaiting(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#writing = true;
    const bytes = Buffer.from(batch.map(({ line }) => line).join(''));
    const settle = (cause: unknown) => {
      this.#writing = false;
      if (cause) {
        const error = this.#fail(cause);
        for (const { failed } of batch) failed(error);
      } else {
        for (const { done } of batch) done();
      }
      if (this.#waiting.length > 0 && !this.#failure) this.#writeWaiting();
      else this.#tellIdle();
    };
    writeAll(this.#fileNumber(), bytes, (cause) => {
      if (cause) settle(cause);
      else fdatasync(this.#fileNumber(), settle);
    });
  }

  #open(): void {
    try {
      this.#file = openSync(this.#path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
      syncFolder(this.#path);
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  #reopen(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#open();
  }

  #fileNumber(): number {
    if (this.#file === undefined) throw this.#fail(new Error('it is not open'));
    return this.#file;
  }

  #fail(cause: unknown): AgentError {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#failure ??= new AgentError(
      'journal-failed',
      `${this.#path} cannot be written (${why}); no door will be opened. Check the disk, then start again.`,
      { cause },
    );
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { failed } of waiting) failed(this.#failure);
    return this.#failure;
  }

  async #untilIdle(): Promise<void> {
    while (this.#writing) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #tellIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}

/** Writes all bytes: one call may write fewer than asked. */
function writeAll(file: number, bytes: Buffer, done: (cause: unknown) => void): void {
  write(file, bytes, 0, bytes.length, (cause, written) => {
    if (cause) done(cause);
    else if (written < bytes.length) writeAll(file, bytes.subarray(written), done);
    else done(null);
  });
}

/** A new or renamed file survives a power cut only once its folder is synced too. */
function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
