/** Whether what the locks felt is what somebody asked for: a pure judgement over all that was seen. */
import { OPEN_WITHIN_MS } from '@lockerhub/protocol/bank/messages.ts';

/** From the end of a grant's time to the pulse's arrival: its turn at the power supply, the wire, a busy machine. */
const PULSE_LATE_MS = 5_000;
/** Hub and rig read the same clock in whole milliseconds, rounded each on its own. */
const ROUNDING_MS = 2;

export interface DoorAt {
  readonly bank: string;
  readonly compartment: number;
  /** Wall clock. */
  readonly atMs: number;
}

/** A grant as the log tells it; `end` is undefined while it has none. */
export interface GrantInLog extends DoorAt {
  readonly grant: string;
  readonly end?: string;
}

/** A person's request that may open a door, from its sending to its answer or its failure. */
export interface Asked {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A process that reaches a bank's PLC began to run. */
export interface ProcessStart {
  readonly bank: string;
  readonly atMs: number;
}

export interface Seen {
  /** In the order in which they happened. */
  readonly energisings: readonly DoorAt[];
  /** In the order of the log. */
  readonly grants: readonly GrantInLog[];
  readonly asked: readonly Asked[];
  readonly starts: readonly ProcessStart[];
}

/**
 * Violations of I2 (a grant opens at most once; an expired, refused or burned one never) and I7 (nothing opens
 * because a process started), in words.
 *
 * The grant of an energising is the newest one for that door: a door never has two that are not over.
 */
export function judgeOpenings({ energisings, grants, asked, starts }: Seen): string[] {
  const violations: string[] = [];
  const used = new Set<string>();
  for (const energising of energisings) {
    const { bank, compartment, atMs } = energising;
    const what = `${bank}/${compartment} was energised at ${atMs}`;
    const grant = grants.findLast((one) => isFor(one, energising));
    if (!grant) {
      violations.push(`I7: ${what} without any grant`);
      continue;
    }
    if (used.has(grant.grant)) violations.push(`I2: ${what} a second time for grant ${grant.grant}`);
    used.add(grant.grant);
    violations.push(
      ...judgeOne(grant, energising, starts).map((why) => `${why.rule}: ${what}, ${why.words}`),
    );
  }
  for (const { grant, atMs } of grants) {
    const isAsked = asked.some(
      ({ fromMs, toMs }) => fromMs - ROUNDING_MS <= atMs && atMs <= toMs + ROUNDING_MS,
    );
    if (!isAsked) violations.push(`I7: grant ${grant} was issued at ${atMs} while nobody asked`);
  }
  return violations;
}

function isFor(grant: GrantInLog, { bank, compartment, atMs }: DoorAt): boolean {
  return grant.bank === bank && grant.compartment === compartment && grant.atMs <= atMs + ROUNDING_MS;
}

function judgeOne(grant: GrantInLog, { bank, atMs }: DoorAt, starts: readonly ProcessStart[]) {
  const violations: { readonly rule: 'I2' | 'I7'; readonly words: string }[] = [];
  const ageMs = atMs - grant.atMs;
  if (ageMs > OPEN_WITHIN_MS + PULSE_LATE_MS) {
    violations.push({ rule: 'I2', words: `${ageMs} ms after grant ${grant.grant}` });
  }
  if (grant.end === 'refused' || grant.end === 'expired' || grant.end === 'burned') {
    violations.push({ rule: 'I2', words: `and grant ${grant.grant} is ${grant.end} in the log` });
  }
  const start = starts.find((one) => one.bank === bank && grant.atMs < one.atMs && one.atMs <= atMs);
  if (start) {
    const sinceMs = atMs - start.atMs;
    violations.push({
      rule: 'I7',
      words: `${sinceMs} ms after its process started, for the earlier grant ${grant.grant}`,
    });
  }
  return violations;
}
