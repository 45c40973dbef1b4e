/** The doctor's judgement: a pure function of the facts. The table of checks stands in SPEC.md. */
import { BANK_CHECKS } from './bank-checks.ts';
import type { Check, Finding, Weight } from './check.ts';
import type { Facts } from './facts.ts';
import { FOLDER_CHECKS } from './folder-checks.ts';
import { MACHINE_CHECKS } from './machine-checks.ts';
import { OUTSIDE_CHECKS } from './outside-checks.ts';

export const CHECKS = { ...MACHINE_CHECKS, ...FOLDER_CHECKS, ...BANK_CHECKS, ...OUTSIDE_CHECKS };
/** Stable: programs and people look them up. */
export type CheckCode = keyof typeof CHECKS;

export interface Diagnosed extends Finding {
  readonly code: CheckCode;
  readonly weight: Weight;
}

/** What is wrong, what does not work first. */
export function judge(facts: Facts): Diagnosed[] {
  const found = (Object.entries(CHECKS) as [CheckCode, Check][]).flatMap(([code, { weight, judge }]) =>
    judge(facts).map((finding) => ({ code, weight, ...finding })),
  );
  return [
    ...found.filter(({ weight }) => weight === 'broken'),
    ...found.filter(({ weight }) => weight === 'care'),
  ];
}
