/** The lifecycle of a delivery: one parcel's stay. See SPEC.md. */

/** `gone`: withdrawn or archived; the log keeps its story, the model forgets it. */
export const DELIVERY_STATES = ['assigned', 'deposited', 'collected', 'missing', 'gone'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** The entries that move a delivery. */
export const DELIVERY_EVENTS = [
  'reassigned',
  'deposited',
  'withdrawn',
  'collected',
  'archived',
  'missing',
  'announced',
  'reminded',
  'overdue',
  'matched',
  'invited',
  'claimed',
  'desk-instead',
] as const;
export type DeliveryEvent = (typeof DELIVERY_EVENTS)[number];

/** The state after an entry; `never`: no such entry is ever written in this state (a fault of ours if it is). */
export const DELIVERY: Record<DeliveryState, Record<DeliveryEvent, DeliveryState | 'never'>> = {
  assigned: {
    reassigned: 'assigned',
    deposited: 'deposited',
    withdrawn: 'gone',
    // What is not in cannot be taken, be missed, or be told of.
    collected: 'never',
    archived: 'never',
    missing: 'never',
    announced: 'never',
    reminded: 'never',
    overdue: 'never',
    // Staff look at a label when the parcel is in.
    matched: 'never',
    invited: 'never',
    claimed: 'never',
    'desk-instead': 'assigned',
  },
  deposited: {
    // A parcel that is in stays where it is: moving it takes a person and a withdrawal.
    reassigned: 'never',
    // Asked again after a courier opened once more.
    deposited: 'deposited',
    withdrawn: 'gone',
    collected: 'collected',
    // Its grace time has not begun.
    archived: 'never',
    missing: 'missing',
    announced: 'deposited',
    reminded: 'deposited',
    overdue: 'deposited',
    matched: 'deposited',
    invited: 'deposited',
    claimed: 'deposited',
    'desk-instead': 'never',
  },
  collected: {
    reassigned: 'never',
    deposited: 'never',
    // It is out already.
    withdrawn: 'never',
    collected: 'never',
    archived: 'gone',
    missing: 'missing',
    // Only those who were told can collect.
    announced: 'never',
    reminded: 'never',
    overdue: 'never',
    matched: 'never',
    invited: 'never',
    claimed: 'never',
    'desk-instead': 'never',
  },
  missing: {
    reassigned: 'never',
    deposited: 'never',
    withdrawn: 'gone',
    collected: 'never',
    archived: 'gone',
    missing: 'never',
    announced: 'never',
    reminded: 'never',
    overdue: 'never',
    matched: 'never',
    invited: 'never',
    claimed: 'never',
    'desk-instead': 'never',
  },
  gone: {
    reassigned: 'never',
    deposited: 'never',
    withdrawn: 'never',
    collected: 'never',
    archived: 'never',
    missing: 'never',
    announced: 'never',
    reminded: 'never',
    overdue: 'never',
    matched: 'never',
    invited: 'never',
    claimed: 'never',
    'desk-instead': 'never',
  },
};
