/** Who answers the bank's kiosk: the hub, or the agent alone. Pure; see SPEC.md. */

export const ABSENCE_STATES = ['with-hub', 'alone', 'returning'] as const;
export type AbsenceState = (typeof ABSENCE_STATES)[number];

/**
 * `silent`: no heartbeat, or no answer of the hub's pages, for `ALONE_AFTER_MS`. `heard`: a heartbeat of a hub whose
 * pages answer. `settled`: nothing under way or to hand over.
 */
export const ABSENCE_EVENTS = ['silent', 'heard', 'settled'] as const;
export type AbsenceEvent = (typeof ABSENCE_EVENTS)[number];

/** The issue: the agent takes over after 10 s without the hub. */
export const ALONE_AFTER_MS = 10_000;

export const ABSENCE: Record<AbsenceState, Record<AbsenceEvent, AbsenceState>> = {
  'with-hub': { silent: 'alone', heard: 'with-hub', settled: 'with-hub' },
  alone: { silent: 'alone', heard: 'returning', settled: 'alone' },
  // The hub is there again; who stands at a door finishes, and what was done is handed over first.
  returning: { silent: 'alone', heard: 'returning', settled: 'with-hub' },
};
