/** Which backups are kept: the newest of each of so many days, weeks and months, by policy. */
import type { BackupView } from '@lockerhub/protocol/http/backup.ts';

const DAY_MS = 24 * 3600_000;
/** Those that were made last stay whatever the policy says: one that turns out broken has others beside it. */
export const NEWEST_KEPT = 3;

export type KeptAs = BackupView['keptAs'];

/** How many days, weeks and months keep one each. */
export interface KeepRule {
  readonly days: number;
  readonly weeks: number;
  readonly months: number;
}

interface Dated {
  readonly madeAtMs: number;
  readonly epoch: number;
  readonly seq: number;
}

/** Newest first. By what the log had reached: a clock that was wrong for a while puts none before its time. */
export function newestFirst<Backup extends Dated>(backups: readonly Backup[]): Backup[] {
  return backups.toSorted((a, b) => b.epoch - a.epoch || b.seq - a.seq || b.madeAtMs - a.madeAtMs);
}

/**
 * What each backup is kept as, given all that there are, newest first. Days, weeks and months are those of the calendar (UTC)
 * that have a backup: counted back from now, each day's would grow out of its week in turn, and none would get old.
 */
export function judged<Backup extends Dated>(
  backups: readonly Backup[],
  rule: KeepRule,
): (Backup & { readonly keptAs: KeptAs })[] {
  const spans = [
    ['day', new Span(rule.days, (at) => Math.floor(at / DAY_MS))],
    ['week', new Span(rule.weeks, (at) => Math.floor(at / (7 * DAY_MS)))],
    ['month', new Span(rule.months, (at) => new Date(at).toISOString().slice(0, 7))],
  ] as const;
  return newestFirst(backups).map((backup, index) => {
    // The first span that wants it has it: a week begins where the days end, a month where the weeks do.
    const keptAs = spans.find(([, span]) => span.takes(backup.madeAtMs))?.[0];
    return { ...backup, keptAs: keptAs ?? (index < NEWEST_KEPT ? 'newest' : 'goes') };
  });
}

/** Takes one of each of so many days, or weeks, or months. */
class Span {
  readonly #seen = new Set<number | string>();
  readonly #most: number;
  readonly #nameOf: (atMs: number) => number | string;

  constructor(most: number, nameOf: (atMs: number) => number | string) {
    this.#most = most;
    this.#nameOf = nameOf;
  }

  takes(atMs: number): boolean {
    const name = this.#nameOf(atMs);
    if (this.#seen.has(name) || this.#seen.size >= this.#most) return false;
    this.#seen.add(name);
    return true;
  }
}
