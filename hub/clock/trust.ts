/** Whether the wall clock is believed: a pure state machine. States, events and invariants: SPEC.md. */

export const CLOCK_STATES = [
  'unseen',
  'plausible',
  'implausible',
  'jumped',
  'synchronised',
  'confirmed',
] as const;
export type ClockState = (typeof CLOCK_STATES)[number];

export const CLOCK_EVENTS = [
  'looked-plausible',
  'looked-implausible',
  'ntp-synchronised',
  'staff-confirmed',
  'jumped',
] as const;
export type ClockEvent = (typeof CLOCK_EVENTS)[number];

const NEXT: Readonly<Record<ClockState, Readonly<Record<ClockEvent, ClockState>>>> = {
  unseen: {
    'looked-plausible': 'plausible',
    'looked-implausible': 'implausible',
    'ntp-synchronised': 'synchronised',
    'staff-confirmed': 'confirmed',
    jumped: 'jumped',
  },
  plausible: {
    'looked-plausible': 'plausible',
    'looked-implausible': 'implausible',
    'ntp-synchronised': 'synchronised',
    'staff-confirmed': 'confirmed',
    jumped: 'jumped',
  },
  implausible: {
    // A clock a little behind the last entry catches up by going on: nothing has jumped.
    'looked-plausible': 'plausible',
    'looked-implausible': 'implausible',
    'ntp-synchronised': 'synchronised',
    'staff-confirmed': 'confirmed',
    jumped: 'jumped',
  },
  jumped: {
    'looked-plausible': 'jumped',
    'looked-implausible': 'jumped',
    'ntp-synchronised': 'synchronised',
    'staff-confirmed': 'confirmed',
    jumped: 'jumped',
  },
  synchronised: {
    'looked-plausible': 'synchronised',
    'looked-implausible': 'synchronised',
    'ntp-synchronised': 'synchronised',
    'staff-confirmed': 'confirmed',
    jumped: 'jumped',
  },
  confirmed: {
    'looked-plausible': 'confirmed',
    'looked-implausible': 'confirmed',
    'ntp-synchronised': 'synchronised',
    'staff-confirmed': 'confirmed',
    jumped: 'jumped',
  },
};

/** The state after an event. */
export function nextClockState(state: ClockState, event: ClockEvent): ClockState {
  return NEXT[state][event];
}

const TRUST: Readonly<Record<ClockState, 'trusted' | 'untrusted'>> = {
  unseen: 'untrusted',
  plausible: 'trusted',
  implausible: 'untrusted',
  jumped: 'untrusted',
  synchronised: 'trusted',
  confirmed: 'trusted',
};

/** What everybody else asks. */
export function trustOf(state: ClockState): 'trusted' | 'untrusted' {
  return TRUST[state];
}

const REASONS: Readonly<Record<ClockState, string>> = {
  unseen: 'the clock has not been looked at yet',
  plausible: 'the time fits the last entry and this release',
  implausible: 'the time fits neither the last entry nor this release',
  jumped: 'the clock jumped and nobody has vouched for it since',
  synchronised: 'the system has synchronised it by NTP',
  confirmed: 'staff said that it is right',
};

/** Why, in plain words. */
export function reasonOf(state: ClockState): string {
  return REASONS[state];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** When this software was released: no true clock that runs it says less. Raised with each release. */
export const RELEASED_AT_MS = Date.UTC(2026, 10, 1);
/** How far behind the last entry a true clock may be: NTP and people set clocks back by seconds or minutes. */
const BEHIND_MS = 10 * MINUTE_MS;
/** How long a hub with a history may have been off. */
const AWAY_MS = 200 * DAY_MS;
/** How old software may be that is installed for the first time. */
const SHELF_MS = 3 * 365 * DAY_MS;

/**
 * Whether a wall time can be true.
 *
 * @param lastTrustedAtMs wall time of the newest entry that was written under a trusted clock; null without one.
 */
export function isPlausible(
  wallMs: number,
  lastTrustedAtMs: number | null,
  releasedAtMs: number = RELEASED_AT_MS,
): boolean {
  if (lastTrustedAtMs === null || lastTrustedAtMs < releasedAtMs) {
    return wallMs >= releasedAtMs && wallMs <= releasedAtMs + SHELF_MS;
  }
  return wallMs >= lastTrustedAtMs - BEHIND_MS && wallMs <= lastTrustedAtMs + AWAY_MS;
}
