import type { Facts } from './facts.ts';

/** `broken`: something does not work. `care`: it works, and something would be lost or stand still next. */
export type Weight = 'broken' | 'care';

/** What is wrong, and what to do, each as a plain sentence. */
export interface Finding {
  readonly what: string;
  readonly act: string;
}

/** A judgement over the facts: pure, and silent about what it can't know. */
export interface Check {
  readonly weight: Weight;
  readonly judge: (facts: Facts) => readonly Finding[];
}

/** A check that finds one thing or nothing. */
export function check(weight: Weight, judge: (facts: Facts) => Finding | null): Check {
  return {
    weight,
    judge: (facts) => {
      const found = judge(facts);
      return found ? [found] : [];
    },
  };
}
