/** Which of two programs is the older one, by what they say of themselves: `edge-agent 0.1.0`, `lockerhub 0.2.0-rc.1`. */

const VERSION = /(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-([a-z0-9.]{1,40}))?$/;
const NUMBER = /^\d+$/;

/** The version that a program says; null: it says none. */
export function versionOf(software: string): string | null {
  return VERSION.exec(software)?.[0] ?? null;
}

/** How a program stands to another one. `unknown`: one of them says no version. */
export type VersionStanding = 'same' | 'older' | 'newer' | 'unknown';

/** By the three numbers; with the same ones, what has something behind a dash comes before what has nothing (semver 11). */
export function standingTo(software: string, other: string): VersionStanding {
  const [mine, theirs] = [VERSION.exec(software), VERSION.exec(other)];
  if (!mine || !theirs) return 'unknown';
  for (const at of [1, 2, 3]) {
    const difference = Number(mine[at]) - Number(theirs[at]);
    if (difference !== 0) return difference < 0 ? 'older' : 'newer';
  }
  const [before, beforeTheirs] = [mine[4], theirs[4]];
  if (before === beforeTheirs) return 'same';
  if (before === undefined) return 'newer';
  if (beforeTheirs === undefined) return 'older';
  return isBefore(before.split('.'), beforeTheirs.split('.')) ? 'older' : 'newer';
}

/** Part by part: numbers by their value and before words, and where all are alike the shorter first (semver 11.4). */
function isBefore(mine: readonly string[], theirs: readonly string[]): boolean {
  const at = mine.findIndex((part, index) => part !== theirs[index]);
  const [part, other] = [mine[at], theirs[at]];
  if (part === undefined || other === undefined) return mine.length < theirs.length;
  const [isNumber, isOther] = [NUMBER.test(part), NUMBER.test(other)];
  if (isNumber !== isOther) return isNumber;
  return isNumber ? Number(part) < Number(other) : part < other;
}
