/** Asks the ids of one pass, and keeps what was heard of each. */
import type { ScanArea, ScanSound, ScanVerdict } from '@lockerhub/protocol/bank/scan.ts';
import type { Profile } from '../devices/profile.ts';
import type { Asker } from './asker.ts';
import type { Hearing } from './hearing.ts';
import { Answered, spotsOf } from './likely-profiles.ts';
import { AREA_QUESTIONS, FIRST_QUESTIONS, type Question } from './question.ts';
import { ASKS_WHEN_IN_DOUBT, isInDoubt, judgePass, verdictOf } from './verdict.ts';

/** A device whose answer came while another was asked is asked again with as much patience as lines have. */
const SLOW_WITHIN_MS = 1_000;

export class PassHearings {
  readonly #units = new Map<number, Hearing[]>();
  readonly #answered = new Map<number, Answered>();
  readonly #late = new Set<number>();
  #unasked: Asker['unasked'] = 'nothing';

  /** Ids that were asked. */
  get asked(): number {
    return this.#units.size;
  }

  /** Ids that did not stay silent. */
  get found(): number {
    return [...this.#units.values()].filter((hearings) => verdictOf(hearings) !== null).length;
  }

  /** Ids that answer well. */
  get answering(): number {
    return [...this.#units.values()].filter((hearings) => verdictOf(hearings) === 'answers').length;
  }

  get isAnyoneThere(): boolean {
    return this.found > 0;
  }

  /** Noise outweighs zeros, and both are never taken back. */
  heardUnasked(unasked: Asker['unasked']): void {
    if (unasked === 'noise' || this.#unasked === 'nothing') this.#unasked = unasked;
  }

  /** Whether an id gave a sound answer at all. */
  isUnderstood(unit: number): boolean {
    return (this.#units.get(unit) ?? []).some(({ kind }) => kind === 'answer' || kind === 'crowded');
  }

  answered(unit: number): Answered {
    const known = this.#answered.get(unit) ?? new Answered();
    this.#answered.set(unit, known);
    return known;
  }

  areasOf(unit: number): ScanArea[] {
    const answered = this.answered(unit);
    return AREA_QUESTIONS.filter((question) => answered.has(question)).map(({ area }) => area);
  }

  /** Asks an id what every device answers; the second question only if the first found nobody. */
  async askFirst(asker: Asker, unit: number, withinMs: number): Promise<void> {
    for (const question of FIRST_QUESTIONS) {
      const { kind } = await this.#ask(asker, { unit, ...question }, withinMs);
      if (kind !== 'nothing' && kind !== 'break') return;
    }
  }

  /** Ids that answered, and such whose answer came when nobody waited for it any more. */
  toAskMore(onlyOne: boolean): number[] {
    const units = [...this.#units]
      .filter(([, hearings]) => verdictOf(hearings) !== null)
      .map(([unit]) => unit);
    const late = [...this.#late].filter((unit) => this.#units.has(unit));
    const all = [...new Set([...units, ...late])].filter((unit) => !this.#answered.has(unit));
    return onlyOne ? all.slice(0, 1) : all;
  }

  /** Asks an id that is there which areas it has and what tells profiles apart. */
  async askMore(
    asker: Asker,
    unit: number,
    { withinMs, profiles, signal }: { withinMs: number; profiles: readonly Profile[]; signal: AbortSignal },
  ): Promise<void> {
    const patience = this.#late.has(unit) ? Math.max(withinMs, SLOW_WITHIN_MS) : withinMs;
    const answered = this.answered(unit);
    if (this.#late.has(unit)) await this.askFirst(asker, unit, patience);
    const verdict = verdictOf(this.#units.get(unit) ?? []);
    if (verdict === null) return;
    // What two devices answer together tells of neither what it is.
    const spots = verdict === 'answers' ? spotsOf(profiles) : [];
    for (const spot of [...AREA_QUESTIONS, ...spots]) {
      if (signal.aborted) return;
      const { kind, values } = await this.#ask(asker, { unit, ...spot }, patience);
      if (kind === 'answer' && values) answered.add(spot);
    }
  }

  judge(): { readonly sound: ScanSound; readonly verdicts: ReadonlyMap<number, ScanVerdict> } {
    return judgePass({ unasked: this.#unasked, units: this.#units });
  }

  /** Asks; again and again where the answer is in doubt. Returns the first hearing. */
  async #ask(asker: Asker, question: Question, withinMs: number): Promise<Hearing> {
    const first = await this.#askOnce(asker, question, withinMs);
    const isNew = (this.#units.get(question.unit) ?? []).filter(isInDoubt).length === 1;
    if (!isInDoubt(first) || !isNew) return first;
    for (let ask = 1; ask < ASKS_WHEN_IN_DOUBT; ask++) await this.#askOnce(asker, question, withinMs);
    return first;
  }

  async #askOnce(asker: Asker, question: Question, withinMs: number): Promise<Hearing> {
    const hearing = await asker.ask(question, withinMs);
    const hearings = this.#units.get(question.unit) ?? [];
    hearings.push(hearing);
    this.#units.set(question.unit, hearings);
    for (const other of hearing.others) this.#late.add(other);
    return hearing;
  }
}
