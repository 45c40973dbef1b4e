/** How the hub stands with the cloud: a total table (SPEC.md). */

export const SYNC_STATES = [
  'alone',
  'connecting',
  'live',
  'offline',
  'fenced',
  'forked',
  'clashed',
  'shut-out',
] as const;
export type SyncState = (typeof SYNC_STATES)[number];

/**
 * `heard`: an answer of the cloud; `failed`: none, or one that says to come again; `fenced`: another hub speaks for the
 * building; `forked`: the logs differ; `clashed`: another hub bears this one's number; `shut-out`: the credential was revoked.
 */
export const SYNC_EVENTS = [
  'joined',
  'left',
  'heard',
  'failed',
  'fenced',
  'forked',
  'clashed',
  'shut-out',
] as const;
export type SyncEvent = (typeof SYNC_EVENTS)[number];

type Row = Readonly<Record<SyncEvent, SyncState>>;

const alone: Row = {
  joined: 'connecting',
  left: 'alone',
  // Answers to what was asked before it left.
  heard: 'alone',
  failed: 'alone',
  fenced: 'alone',
  forked: 'alone',
  clashed: 'alone',
  'shut-out': 'alone',
};
const talking: Row = {
  joined: 'connecting',
  left: 'alone',
  heard: 'live',
  failed: 'offline',
  fenced: 'fenced',
  forked: 'forked',
  clashed: 'clashed',
  'shut-out': 'shut-out',
};

const TABLE: Readonly<Record<SyncState, Row>> = {
  alone,
  connecting: talking,
  live: talking,
  offline: talking,
  // Another hub speaks for the building, for ever: only a higher epoch, by a replacement, makes this one speak again.
  fenced: {
    joined: 'connecting',
    left: 'fenced',
    heard: 'fenced',
    failed: 'fenced',
    fenced: 'fenced',
    forked: 'fenced',
    clashed: 'fenced',
    'shut-out': 'fenced',
  },
  // Nothing is sent until a person has decided; a cloud that was put right is heard again.
  forked: { ...talking, failed: 'forked' },
  clashed: { ...talking, failed: 'clashed' },
  'shut-out': { ...talking, failed: 'shut-out' },
};

/** The state after an event. */
export function nextSyncState(state: SyncState, event: SyncEvent): SyncState {
  return TABLE[state][event];
}
