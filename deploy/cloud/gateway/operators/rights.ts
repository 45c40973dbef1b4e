import type { OperatorRole } from '@lockerhub/protocol/http/operators.ts';

/** What each role may do in its organisation: one table, so that it can be read and checked at a glance. */
const RIGHTS = {
  /** How buildings do, their deliveries, cases and log: ids, no names. */
  see: ['viewer', 'support', 'admin'],
  'see-people': ['support', 'admin'],
  'edit-people': ['support', 'admin'],
  /** For good, so not for everybody. */
  'erase-people': ['admin'],
  /** Times and bounds of a building: they hold for everybody there. */
  policies: ['admin'],
  command: ['support', 'admin'],
  acknowledge: ['support', 'admin'],
  /** Make buildings, their codes, and cut hubs off. */
  buildings: ['admin'],
  'alarm-targets': ['admin'],
  operators: ['admin'],
  audit: ['admin'],
} as const satisfies Record<string, readonly OperatorRole[]>;

export type OperatorRight = keyof typeof RIGHTS;

/** Whether a role has a right. */
export function hasRight(role: OperatorRole, right: OperatorRight): boolean {
  return (RIGHTS[right] as readonly OperatorRole[]).includes(role);
}
