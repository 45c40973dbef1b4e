/** The doctor's judgement: a pure function of the facts. The table of checks stands in SPEC.md. */
import { AGENT_CHECKS } from './agent/agent-checks.ts';
import type { AgentFacts } from './agent/facts.ts';
import { BANK_CHECKS } from './bank-checks.ts';
import type { Check, Finding, Weight } from './check.ts';
import type { Facts } from './facts.ts';
import { FOLDER_CHECKS } from './folder-checks.ts';
import { MACHINE_CHECKS } from './machine-checks.ts';
import { OUTSIDE_CHECKS } from './outside-checks.ts';

export const CHECKS = { ...MACHINE_CHECKS, ...FOLDER_CHECKS, ...BANK_CHECKS, ...OUTSIDE_CHECKS };
/** Stable: programs and people look them up. */
export type CheckCode = keyof typeof CHECKS;
export type AgentCheckCode = keyof typeof AGENT_CHECKS;

export interface Diagnosed<Code = CheckCode | AgentCheckCode> extends Finding {
  readonly code: Code;
  readonly weight: Weight;
}

/** What is wrong with a hub. */
export function judge(facts: Facts): Diagnosed<CheckCode>[] {
  return worstFirst(judged(CHECKS, facts));
}

/** What is wrong with an agent. */
export function judgeAgent(facts: AgentFacts): Diagnosed<AgentCheckCode>[] {
  return worstFirst(judged(AGENT_CHECKS, facts));
}

/** What does not work first. */
export function worstFirst<Code>(found: readonly Diagnosed<Code>[]): Diagnosed<Code>[] {
  return [
    ...found.filter(({ weight }) => weight === 'broken'),
    ...found.filter(({ weight }) => weight === 'care'),
  ];
}

function judged<Code extends string, Known>(
  checks: Readonly<Record<Code, Check<Known>>>,
  facts: Known,
): Diagnosed<Code>[] {
  return (Object.entries(checks) as [Code, Check<Known>][]).flatMap(([code, { weight, judge }]) =>
    judge(facts).map((finding) => ({ code, weight, ...finding })),
  );
}
