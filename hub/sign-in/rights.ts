import type { Role } from '@lockerhub/protocol/http/staff.ts';
import type { CaseKind } from '@lockerhub/protocol/log/payloads/cases.ts';

/** What each role may do: one table, so that it can be read and checked at a glance. */
const RIGHTS = {
  /** The building, deliveries, cases and the log. */
  see: ['manager', 'desk', 'auditor', 'installer'],
  /** Open doors, take compartments in and out of service. */
  doors: ['manager', 'desk', 'installer'],
  'close-cases': ['manager', 'desk'],
  /** Take, note and close cases of what one mends (`mayWorkOn`); whoever may close cases may of all. */
  'work-cases': ['manager', 'desk', 'installer'],
  'see-people': ['manager', 'desk', 'auditor'],
  residents: ['manager', 'desk'],
  /** Take away for good what is personal about a resident. */
  erase: ['manager'],
  /** Take over a list of residents, and take it back. */
  roster: ['manager'],
  couriers: ['manager', 'desk'],
  messages: ['manager', 'desk', 'auditor'],
  /** Read a code in a message. */
  reveal: ['manager', 'desk'],
  /** Set how messages go out, with secrets of providers. */
  channels: ['manager', 'installer'],
  terminals: ['manager', 'installer'],
  banks: ['manager', 'installer'],
  /** Say where oneself is told, and change one's own password. */
  'own-account': ['manager', 'desk', 'auditor', 'installer'],
  /** Invite staff, say what they may do, end what they may. */
  staff: ['manager'],
  /** Let programs in, and say what is told to them. */
  integrations: ['manager'],
  policy: ['manager'],
  /** Say that the first steps are no longer to be shown, or again. */
  'first-steps': ['manager'],
  /** Make a recovery key: whoever holds it can put another hub in this one's place. */
  recovery: ['manager'],
  /** Have a backup made. Nobody can read it without the recovery key. */
  backup: ['manager', 'installer'],
  /** Have the hub brought to another release: the updater takes only what the release's maker signed. */
  updates: ['manager'],
  /** Join or leave a cloud: all that is here goes there. */
  cloud: ['manager'],
} as const satisfies Record<string, readonly Role[]>;

export type Right = keyof typeof RIGHTS;

/** Cases about doors, locks and lines, in which no parcel and nobody is in doubt: whoever mends them ends them. */
const MENDED: ReadonlySet<CaseKind> = new Set([
  'jammed',
  'left-open',
  'door-reported',
  'lock-wearing',
  'lock-power',
  'out-of-service',
  'bank-away',
]);

/** Whether a role may take, note and close a case of this kind. */
export function mayWorkOn(role: Role, kind: CaseKind): boolean {
  return hasRight(role, 'close-cases') || (hasRight(role, 'work-cases') && MENDED.has(kind));
}

/** Whether a role has a right. */
export function hasRight(role: Role, right: Right): boolean {
  return rolesWith(right).includes(role);
}

/** Who has a right. */
export function rolesWith(right: Right): readonly Role[] {
  return RIGHTS[right];
}
