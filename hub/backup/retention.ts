/** Which backups are kept: the last days each, and of the weeks before one each. */

const DAY_MS = 24 * 3600_000;
/** A week of days, and then two months of weeks: a mistake that is found late can still be looked up. */
export const NEWEST_KEPT = 7;
export const WEEKS_KEPT = 8;

interface Dated {
  readonly madeAtMs: number;
}

/**
 * Those that may go, given all that there are. The newest ones never do, whatever the clock says. Weeks are those of the
 * calendar: counted back from now, each day's backup would grow out of its week in turn, and none would get old.
 */
export function superfluous<Backup extends Dated>(backups: readonly Backup[]): Backup[] {
  const older = backups.toSorted((a, b) => b.madeAtMs - a.madeAtMs).slice(NEWEST_KEPT);
  const weeks = new Set<number>();
  return older.filter(({ madeAtMs }) => {
    const week = Math.floor(madeAtMs / (7 * DAY_MS));
    if (weeks.has(week) || weeks.size === WEEKS_KEPT) return true;
    weeks.add(week);
    return false;
  });
}
