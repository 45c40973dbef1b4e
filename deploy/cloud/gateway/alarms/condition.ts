/**
 * One need of one building as an alarm sees it: it has to hold for a while before it rings, and to be gone for a while
 * before it is over, so that what comes and goes rings once. States, events and the table stand in `SPEC.md`.
 */
import type { AlarmKind } from '@lockerhub/protocol/http/alarms.ts';

/** `calm` is never stored: no row. */
export type ConditionState = 'calm' | 'holding' | 'raised' | 'clearing';
/** What a look at the building finds, and whether the state has lasted as long as it must. */
export type ConditionEvent = 'there' | 'there-long' | 'gone' | 'gone-long';

interface Step {
  readonly to: ConditionState;
  readonly effect: 'raise' | 'end' | null;
}

const stay = (to: ConditionState): Step => ({ to, effect: null });
const RAISE: Step = { to: 'raised', effect: 'raise' };
const END: Step = { to: 'calm', effect: 'end' };

const TABLE: Record<ConditionState, Record<ConditionEvent, Step>> = {
  calm: { there: stay('holding'), 'there-long': RAISE, gone: stay('calm'), 'gone-long': stay('calm') },
  holding: { there: stay('holding'), 'there-long': RAISE, gone: stay('calm'), 'gone-long': stay('calm') },
  raised: {
    there: stay('raised'),
    'there-long': stay('raised'),
    gone: stay('clearing'),
    'gone-long': stay('clearing'),
  },
  clearing: { there: stay('raised'), 'there-long': stay('raised'), gone: stay('clearing'), 'gone-long': END },
};

const MINUTE_MS = 60_000;

/**
 * How long a need has to hold before it rings, ms. 0: it has lasted long enough by its own rule (`fleet/needs.ts`), or
 * nothing makes it better by itself. A clock is set right by NTP within minutes of a start.
 */
const HOLD_MS: Readonly<Record<AlarmKind, number>> = {
  'log-damaged': 0,
  fork: 0,
  frozen: 0,
  silent: 0,
  quarantine: 0,
  'disk-low': 2 * MINUTE_MS,
  'clock-off': 5 * MINUTE_MS,
  'clock-untrusted': 10 * MINUTE_MS,
  'unsent-growing': 10 * MINUTE_MS,
};
/**
 * How long it has to be gone, ms: what comes and goes is one alarm, not ten. Longer than the need itself takes to be seen
 * again (`SILENT_AFTER_MS`, and the samples that unsent entries are compared with).
 */
export const CLEAR_MS: Readonly<Record<AlarmKind, number>> = {
  'log-damaged': 5 * MINUTE_MS,
  fork: 5 * MINUTE_MS,
  frozen: 5 * MINUTE_MS,
  silent: 20 * MINUTE_MS,
  quarantine: 5 * MINUTE_MS,
  'disk-low': 5 * MINUTE_MS,
  'clock-off': 5 * MINUTE_MS,
  'clock-untrusted': 5 * MINUTE_MS,
  'unsent-growing': 20 * MINUTE_MS,
};

/** A need of a building that is not calm. `sinceMs`: since when it is in this state. */
export interface Condition {
  readonly state: Exclude<ConditionState, 'calm'>;
  readonly sinceMs: number;
}

/**
 * The condition after a look at the building.
 *
 * @param before null: calm
 * @returns `condition` null: calm again; `effect`: whether an alarm begins or ends for this building by it
 */
export function nextCondition(
  kind: AlarmKind,
  before: Condition | null,
  isThere: boolean,
  nowMs: number,
): { readonly condition: Condition | null; readonly effect: Step['effect'] } {
  const state = before?.state ?? 'calm';
  const inStateMs = before === null ? 0 : nowMs - before.sinceMs;
  const { to, effect } = TABLE[state][eventOf(kind, isThere, inStateMs)];
  if (to === 'calm') return { condition: null, effect };
  const sinceMs = to === state && before ? before.sinceMs : nowMs;
  return { condition: { state: to, sinceMs }, effect };
}

function eventOf(kind: AlarmKind, isThere: boolean, inStateMs: number): ConditionEvent {
  if (isThere) return inStateMs >= HOLD_MS[kind] ? 'there-long' : 'there';
  return inStateMs >= CLEAR_MS[kind] ? 'gone-long' : 'gone';
}
