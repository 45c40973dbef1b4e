/** Names and counts what the agent released by itself, and remembers up to where a hub has taken it over. */
import type { GrantRecord, LedgerRecord } from './ledger-record.ts';

/** Whether a grant is the agent's own and no hub has it in its log. */
export function isOutstanding({ released }: GrantRecord, takenOver: number): boolean {
  return released !== null && released.number > takenOver;
}

export class Releases {
  /** Drawn once for a ledger; null before the first release. */
  series: string | null = null;
  takenOver = 0;
  #newest = 0;

  begin(series: string): void {
    this.series = series;
  }

  restore(series: string, number: number): void {
    this.series = series;
    this.takenOver = Math.max(this.takenOver, number);
    this.#newest = Math.max(this.#newest, number);
  }

  saw({ released }: GrantRecord): void {
    if (released) this.#newest = Math.max(this.#newest, released.number);
  }

  next(): number {
    this.#newest += 1;
    return this.#newest;
  }

  /** False: another ledger's, one that is not known, or no news. */
  take(series: string, number: number): boolean {
    if (series !== this.series || number <= this.takenOver || number > this.#newest) return false;
    this.takenOver = number;
    return true;
  }

  record(): Extract<LedgerRecord, { kind: 'taken-over' }> {
    if (this.series === null) throw new TypeError('nothing was released by this ledger');
    return { kind: 'taken-over', series: this.series, number: this.takenOver };
  }
}
