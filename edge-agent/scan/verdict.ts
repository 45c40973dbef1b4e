/** From what was heard to what it means, for an id, a pass and a whole scan. Pure. */
import type { ScanHint, ScanPass, ScanSound, ScanVerdict } from '@lockerhub/protocol/bank/scan.ts';
import type { Hearing } from './hearing.ts';

/** An id whose answer could not be read, or was not alone, is asked so often in all. */
export const ASKS_WHEN_IN_DOUBT = 6;
/** So often something has to be wrong with an id's answers: once is a disturbance. */
const WRONG_AT_LEAST = 2;
/** With fewer ids asked nobody can say that they all sound alike. */
const ALIKE_AT_LEAST = 3;

/** What all hearings of one id say together; null if it is silent. */
export function verdictOf(hearings: readonly Hearing[]): ScanVerdict | null {
  const answered = hearings.filter(({ kind }) => kind === 'answer').length;
  const wrong = hearings.filter(isInDoubt).length;
  if (wrong >= WRONG_AT_LEAST) return 'two-answer';
  return answered > 0 ? 'answers' : null;
}

/** Whether an id has to be asked again. */
export function isInDoubt({ kind }: Hearing): boolean {
  return kind === 'garbled' || kind === 'crowded';
}

/** What was heard of one pass. */
export interface PassHearings {
  /** Heard while nobody had been asked. */
  readonly unasked: 'nothing' | 'break' | 'noise';
  /** Id → all that was heard when it was asked. */
  readonly units: ReadonlyMap<number, readonly Hearing[]>;
}

/** How a pass sounded, and the verdict on each id that was not silent. */
export function judgePass({ unasked, units }: PassHearings): {
  readonly sound: ScanSound;
  readonly verdicts: ReadonlyMap<number, ScanVerdict>;
} {
  const all = [...units.values()];
  const first = all.flatMap(([hearing]) => (hearing ? [hearing] : []));
  const isEchoing = first.some(({ echo }) => echo);
  const isGarbled = mostly(first, ({ kind }) => kind === 'garbled');
  const isNoisy = unasked === 'noise' || isGarbled;
  const isBroken = unasked === 'break' || mostly(first, ({ kind }) => kind === 'break');
  const verdicts = new Map<number, ScanVerdict>();
  for (const [unit, hearings] of units) {
    const verdict = verdictOf(hearings);
    // Where garbage is heard whoever is asked, nobody's answer can be told from it.
    if (isNoisy && verdict === 'two-answer') verdicts.set(unit, 'garbled');
    else if (verdict) verdicts.set(unit, verdict);
  }
  return { sound: isEchoing ? 'echo' : isNoisy ? 'noise' : isBroken ? 'break' : 'quiet', verdicts };
}

function mostly(hearings: readonly Hearing[], is: (hearing: Hearing) => boolean): boolean {
  return hearings.length >= ALIKE_AT_LEAST && hearings.filter(is).length * 2 > hearings.length;
}

/**
 * What is two devices at one speed may be one device at the wrong speed: if the id answers well at another, and was
 * never understood at this one, it is.
 *
 * @param understood whether an id gave a sound answer in that pass at all
 */
export function judgeTogether(
  passes: readonly ScanPass[],
  understood: (pass: ScanPass, unit: number) => boolean,
): ScanPass[] {
  const answersAt = (unit: number, besides: ScanPass): boolean =>
    passes.some(
      (pass) => pass !== besides && pass.units.some((one) => one.unit === unit && one.verdict === 'answers'),
    );
  return passes.map((pass) => ({
    ...pass,
    units: pass.units.map((unit) =>
      unit.verdict === 'two-answer' && !understood(pass, unit.unit) && answersAt(unit.unit, pass)
        ? { ...unit, verdict: 'garbled' as const }
        : unit,
    ),
  }));
}

/** What to look at, from passes that were judged together. */
export function hintsOf(passes: readonly ScanPass[], isAnyUnit: boolean): ScanHint[] {
  const verdicts = new Set(passes.flatMap(({ units }) => units.map(({ verdict }) => verdict)));
  const sounds = new Set(passes.map(({ sound }) => sound));
  const isAnyoneThere = verdicts.has('answers') || verdicts.has('two-answer');
  const hints: ScanHint[] = [];
  if (!isAnyoneThere && sounds.has('break')) hints.push('swapped-ab');
  if (!isAnyoneThere && verdicts.has('garbled')) hints.push('wrong-speed');
  if (!isAnyoneThere && hints.length === 0) hints.push('nobody');
  if (verdicts.has('two-answer')) hints.push('two-answer');
  if (sounds.has('noise')) hints.push('noise');
  if (sounds.has('echo')) hints.push('echo');
  if (isAnyUnit) hints.push('any-unit');
  return hints;
}
