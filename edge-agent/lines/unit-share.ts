/**
 * Who on a bus may be asked, and what a unit that does not answer may cost the others. Time is handed in; see SPEC.md
 * for the rule.
 */
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { reconnectPauseMs } from './reconnect-pause.ts';
import { nextUnitState, type UnitEvent, type UnitState } from './unit-state.ts';

/** Requests in a row without an answer after which a unit is degraded. */
export const DEGRADED_AFTER = 3;
/**
 * How long a unit is left alone after a miss, and again after the answer to its trial, so that what it still has to
 * say comes while nobody waits for it: the longest turnaround delay that the standard names
 * (MODBUS over Serial Line V1.02, section 2.4.1).
 */
export const TURNAROUND_MS = 200;
/**
 * How long a unit may be out of step by what it says unasked before it is degraded: a few trials and their rests. Whoever
 * waits for it would wait for as long as it goes on.
 */
export const OUT_OF_STEP_MS = 2_000;

interface Unit {
  readonly unit: number;
  state: UnitState;
  /** It is not asked before that. */
  restsUntilMs: number;
  missesInRow: number;
  /** Since when its answers can't be believed; null while they can. */
  outOfStepSinceMs: number | null;
  /** How often it was degraded, or stayed so, since it was last in step. */
  trialsInVain: number;
  /** Bus time that it has cost and that is not paid back yet, as of `debtAtMs`. */
  debtMs: number;
  debtAtMs: number;
}

/** The units of one bus. */
export class UnitShare {
  readonly #units: ReadonlyMap<number, Unit>;
  readonly #random: Random;

  /** All units begin as degraded, with a trial that is due. */
  constructor(units: readonly number[], random: Random) {
    this.#random = random;
    this.#units = new Map(units.map((unit) => [unit, newUnit(unit)]));
  }

  /** Everything known is void: the port was opened anew. */
  reset(): void {
    for (const unit of this.#units.values()) Object.assign(unit, newUnit(unit.unit));
  }

  has(unit: number): boolean {
    return this.#units.has(unit);
  }

  /** Whether some unit answers. */
  get isAnyoneThere(): boolean {
    return [...this.#units.values()].some(({ state }) => state !== 'degraded');
  }

  /** Ends the rests that are over. */
  wake(nowMs: number): void {
    for (const one of this.#units.values()) if (one.restsUntilMs <= nowMs) this.#step(one, 'rest-over');
  }

  /** Whether a unit may be asked something, and its answer be believed. */
  isInStep(unit: number): boolean {
    return this.#unit(unit).state === 'in-step';
  }

  /** Whether requests to a unit are taken, now or once it is in step; to one that is degraded nothing but trials goes. */
  isInUse(unit: number): boolean {
    const one = this.#units.get(unit);
    return one !== undefined && one.state !== 'degraded';
  }

  /** The unit whose trial has been due for longest, if there is one, among those that are asked about. */
  trialDue(nowMs: number, isAskedAbout: (unit: number) => boolean = () => true): number | undefined {
    const due = [...this.#units.values()].filter(
      ({ unit, state, restsUntilMs }) => awaitsTrial(state) && restsUntilMs <= nowMs && isAskedAbout(unit),
    );
    return due.sort((a, b) => a.restsUntilMs - b.restsUntilMs)[0]?.unit;
  }

  /** When the next rest is over; null if no unit rests. */
  nextRestOverMs(): number | null {
    const resting = [...this.#units.values()].filter(({ state }) => state !== 'in-step');
    return resting.length > 0 ? Math.min(...resting.map(({ restsUntilMs }) => restsUntilMs)) : null;
  }

  /** It answered a request or its trial. */
  answered(unit: number, nowMs: number): void {
    const one = this.#unit(unit);
    one.missesInRow = 0;
    this.#step(one, 'answered');
    if (one.state === 'listening') one.restsUntilMs = nowMs + TURNAROUND_MS;
  }

  /**
   * It did not answer.
   *
   * @param costMs from sending the request until the bus was silent
   */
  missed(unit: number, costMs: number, nowMs: number): void {
    const one = this.#unit(unit);
    one.missesInRow += 1;
    one.debtMs = this.#debtMs(one, nowMs) + costMs;
    one.debtAtMs = nowMs;
    const isOut = one.missesInRow >= DEGRADED_AFTER || one.debtMs > DEGRADED_AFTER * costMs;
    this.#step(one, isOut ? 'missed-out' : 'missed');
    const restMs = one.state === 'degraded' ? this.#degradedForMs(one, costMs) : TURNAROUND_MS;
    one.restsUntilMs = nowMs + restMs;
  }

  /** It said something that nobody waited for: its next answer may be to an earlier request. */
  spoke(unit: number, nowMs: number): void {
    const one = this.#units.get(unit);
    if (!one) return;
    one.outOfStepSinceMs ??= nowMs;
    if (one.state !== 'degraded' && nowMs - one.outOfStepSinceMs >= OUT_OF_STEP_MS) {
      this.#step(one, 'spoke-out');
      one.restsUntilMs = nowMs + this.#degradedForMs(one, 0);
      return;
    }
    this.#step(one, 'spoke');
    if (one.state === 'doubtful') one.restsUntilMs = nowMs + TURNAROUND_MS;
  }

  /** At least so long that its trials take no more than its share of the bus, and longer each time. */
  #degradedForMs(one: Unit, costMs: number): number {
    return Math.max(reconnectPauseMs(one.trialsInVain++, this.#random), (this.#units.size - 1) * costMs);
  }

  /** Its share of all time pays back what it cost. */
  #debtMs({ debtMs, debtAtMs }: Unit, nowMs: number): number {
    return Math.max(0, debtMs - (nowMs - debtAtMs) / this.#units.size);
  }

  #step(one: Unit, event: UnitEvent): void {
    one.state = nextUnitState(one.state, event);
    if (one.state !== 'in-step') return;
    one.outOfStepSinceMs = null;
    one.trialsInVain = 0;
  }

  #unit(unit: number): Unit {
    const one = this.#units.get(unit);
    if (!one) throw new RangeError(`there is no unit ${unit} on this bus`);
    return one;
  }
}

function newUnit(unit: number): Unit {
  return {
    unit,
    state: 'degraded',
    restsUntilMs: 0,
    missesInRow: 0,
    outOfStepSinceMs: null,
    trialsInVain: 0,
    debtMs: 0,
    debtAtMs: 0,
  };
}

function awaitsTrial(state: UnitState): boolean {
  return state === 'doubtful' || state === 'degraded';
}
