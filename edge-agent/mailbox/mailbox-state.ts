/** What is sure of the commands that were given to a mailbox, as a total table: see SPEC.md. */

export const MAILBOX_STATES = ['doubtful', 'fencing', 'sure', 'asking'] as const;
export type MailboxState = (typeof MAILBOX_STATES)[number];

export const MAILBOX_EVENTS = [
  'fence-sent',
  'fence-consumed',
  'fence-lost',
  'open-sent',
  'open-answered',
  'open-lost',
  'boot-changed',
] as const;
export type MailboxEvent = (typeof MAILBOX_EVENTS)[number];

/** Where an event leads; a cell that names its own row is an event that changes nothing there. */
const NEXT: Readonly<Record<MailboxState, Readonly<Record<MailboxEvent, MailboxState>>>> = {
  doubtful: {
    'fence-sent': 'fencing',
    'fence-consumed': 'doubtful',
    'fence-lost': 'doubtful',
    'open-sent': 'doubtful',
    'open-answered': 'doubtful',
    'open-lost': 'doubtful',
    'boot-changed': 'doubtful',
  },
  fencing: {
    'fence-sent': 'fencing',
    'fence-consumed': 'sure',
    'fence-lost': 'doubtful',
    'open-sent': 'doubtful',
    'open-answered': 'fencing',
    'open-lost': 'doubtful',
    'boot-changed': 'doubtful',
  },
  sure: {
    'fence-sent': 'fencing',
    'fence-consumed': 'sure',
    'fence-lost': 'doubtful',
    'open-sent': 'asking',
    'open-answered': 'sure',
    'open-lost': 'doubtful',
    'boot-changed': 'doubtful',
  },
  asking: {
    'fence-sent': 'doubtful',
    'fence-consumed': 'asking',
    'fence-lost': 'doubtful',
    'open-sent': 'doubtful',
    'open-answered': 'sure',
    'open-lost': 'doubtful',
    'boot-changed': 'doubtful',
  },
};

/** The state after `event` in `state`. */
export function nextMailboxState(state: MailboxState, event: MailboxEvent): MailboxState {
  return NEXT[state][event];
}
