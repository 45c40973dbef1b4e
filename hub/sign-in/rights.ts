import type { Role } from '@lockerhub/protocol/http/staff.ts';

/** What each role may do: one table, so that it can be read and checked at a glance. */
const RIGHTS = {
  /** The building, deliveries, cases and the log. */
  see: ['manager', 'desk', 'auditor', 'installer'],
  /** Open doors, take compartments in and out of service. */
  doors: ['manager', 'desk', 'installer'],
  'close-cases': ['manager', 'desk'],
  'see-people': ['manager', 'desk', 'auditor'],
  residents: ['manager', 'desk'],
  couriers: ['manager', 'desk'],
  messages: ['manager', 'desk', 'auditor'],
  /** Read a code in a message. */
  reveal: ['manager', 'desk'],
  terminals: ['manager', 'installer'],
  banks: ['manager', 'installer'],
  policy: ['manager'],
  /** Make a recovery key: whoever holds it can put another hub in this one's place. */
  recovery: ['manager'],
  /** Join or leave a cloud: all that is here goes there. */
  cloud: ['manager'],
} as const satisfies Record<string, readonly Role[]>;

export type Right = keyof typeof RIGHTS;

/** Whether a role has a right. */
export function hasRight(role: Role, right: Right): boolean {
  return (RIGHTS[right] as readonly Role[]).includes(role);
}
