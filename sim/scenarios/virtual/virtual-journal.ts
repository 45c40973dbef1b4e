import type { Journal } from '@lockerhub/edge-agent/ledger/journal.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';

/** What a flash card takes for an fsync. */
const FSYNC_MS = 3;

/** The platter: what outlives an agent. */
export interface VirtualDisk {
  records: string[];
}

/**
 * A journal in memory with a disk's manners: a record is durable `FSYNC_MS` after it was added, and a crash forgets
 * those that are on their way.
 */
export class VirtualJournal implements Journal {
  readonly #clock: Clock;
  readonly #disk: VirtualDisk;
  #crashed = false;

  constructor(clock: Clock, disk: VirtualDisk) {
    this.#clock = clock;
    this.#disk = disk;
  }

  get sizeBytes(): number {
    return this.#disk.records.reduce((bytes, record) => bytes + record.length, 0);
  }

  async read(): Promise<readonly unknown[]> {
    return this.#disk.records.map((record) => JSON.parse(record));
  }

  append(record: object): Promise<void> {
    const text = JSON.stringify(record);
    return this.#later(() => {
      this.#disk.records.push(text);
    });
  }

  rewrite(records: () => readonly object[]): Promise<void> {
    return this.#later(() => {
      this.#disk.records = records().map((record) => JSON.stringify(record));
    });
  }

  async close(): Promise<void> {
    await this.#later(() => {});
  }

  /** The agent dies: nothing of it becomes durable any more, and nobody is told. */
  crash(): void {
    this.#crashed = true;
  }

  #later(write: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(FSYNC_MS, () => {
        if (this.#crashed) return;
        write();
        resolve();
      });
    });
  }
}
