/** The lifecycle of a grant: what is known of one permission to open one door once. See SPEC.md. */

export const GRANT_STATES = [
  'issued',
  'pulsed',
  'open',
  'closed',
  'jammed',
  'unknown',
  'void',
  'settled',
] as const;
export type GrantState = (typeof GRANT_STATES)[number];

/** `voided`: refused, expired or burned: the agent says that it never pulsed for it. */
export const GRANT_EVENTS = ['pulsed', 'opened', 'closed', 'jammed', 'unknown', 'settled', 'voided'] as const;
export type GrantEvent = (typeof GRANT_EVENTS)[number];

/**
 * What a grant is after it was told of an event. A report may come twice, late, or after it was learned by asking;
 * what a door was seen to do outweighs what anybody concluded before.
 */
export const GRANT: Record<GrantState, Record<GrantEvent, GrantState>> = {
  issued: {
    pulsed: 'pulsed',
    opened: 'open',
    // It cannot close without having opened: that report was lost.
    closed: 'closed',
    jammed: 'jammed',
    unknown: 'unknown',
    // Nothing was uncertain: not about this grant.
    settled: 'issued',
    voided: 'void',
  },
  pulsed: {
    pulsed: 'pulsed',
    opened: 'open',
    closed: 'closed',
    jammed: 'jammed',
    unknown: 'unknown',
    settled: 'pulsed',
    // An agent that says both has lost its ledger in between: nobody knows.
    voided: 'unknown',
  },
  open: {
    pulsed: 'open',
    opened: 'open',
    closed: 'closed',
    jammed: 'open',
    unknown: 'open',
    settled: 'open',
    voided: 'open',
  },
  closed: {
    pulsed: 'closed',
    opened: 'closed',
    closed: 'closed',
    jammed: 'closed',
    unknown: 'closed',
    settled: 'closed',
    voided: 'closed',
  },
  jammed: {
    pulsed: 'jammed',
    // A door that gave way after the verdict.
    opened: 'open',
    closed: 'closed',
    jammed: 'jammed',
    unknown: 'unknown',
    settled: 'jammed',
    voided: 'jammed',
  },
  unknown: {
    pulsed: 'unknown',
    opened: 'open',
    closed: 'closed',
    // Told while it was uncertain: only `settled` ends that.
    jammed: 'unknown',
    unknown: 'unknown',
    settled: 'settled',
    voided: 'unknown',
  },
  void: {
    // An agent that contradicts itself: a fact at the door is never refused, a mere pulse leaves it unknown.
    pulsed: 'unknown',
    opened: 'open',
    closed: 'closed',
    jammed: 'jammed',
    unknown: 'unknown',
    settled: 'void',
    voided: 'void',
  },
  settled: {
    pulsed: 'settled',
    opened: 'open',
    closed: 'closed',
    jammed: 'settled',
    unknown: 'unknown',
    settled: 'settled',
    voided: 'settled',
  },
};
