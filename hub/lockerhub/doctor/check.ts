import type { Facts } from './facts.ts';

/** `broken`: something does not work. `care`: it works, and something would be lost or stand still next. */
export type Weight = 'broken' | 'care';

/** What is wrong, and what to do, each as a plain sentence. */
export interface Finding {
  readonly what: string;
  readonly act: string;
}

/** A judgement over facts (of a hub, unless it is said): pure, and silent about what it can't know. */
export interface Check<Known = Facts> {
  readonly weight: Weight;
  readonly judge: (facts: Known) => readonly Finding[];
}

/** A check that finds one thing or nothing. */
export function check<Known = Facts>(weight: Weight, judge: (facts: Known) => Finding | null): Check<Known> {
  return {
    weight,
    judge: (facts) => {
      const found = judge(facts);
      return found ? [found] : [];
    },
  };
}
