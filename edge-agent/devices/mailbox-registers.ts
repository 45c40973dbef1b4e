/** The numbers of the mailbox contract. MAILBOX.md is the contract; a test holds its tables to these. */

export const MAILBOX_VERSION = 1;

/** Offsets from the mailbox's first register. */
export const MAILBOX = {
  /** Written by the agent, all eight in one FC16. */
  command: {
    boot: 0,
    sequence: 1,
    compartment: 2,
    pulseMs: 3,
    expiryHigh: 4,
    expiryLow: 5,
    check: 6,
    version: 7,
  },
  /** Written by the agent, alone. */
  heartbeat: 8,
  /** Kept up to date by the PLC. */
  status: {
    version: 16,
    boot: 17,
    clockHigh: 18,
    clockLow: 19,
    consumedSequence: 20,
    consumedResult: 21,
    openedSequence: 22,
    openedCompartment: 23,
    answeredSequence: 24,
    answeredResult: 25,
    heartbeatEcho: 26,
    agentHeard: 27,
  },
} as const;

/** Registers that a mailbox takes; the doors' bits may follow, sixteen to a register. */
export const MAILBOX_REGISTERS = 32;
export const MAILBOX_COMMAND_REGISTERS = 8;
/** Status registers, reserved ones not counted. */
export const MAILBOX_STATUS_REGISTERS = 12;

/** What a PLC says of a command. From `MAILBOX_UNCONSUMED` on the sequence was not consumed. */
export const MAILBOX_RESULT = {
  opened: 1,
  'opened-nothing': 2,
  expired: 10,
  'expires-too-far-ahead': 11,
  'agent-not-heard': 12,
  'no-such-compartment': 13,
  'bad-pulse': 14,
  'lock-still-on': 15,
  'other-version': 20,
  'bad-check': 21,
  'other-boot': 22,
  'not-newer': 23,
} as const;
export const MAILBOX_UNCONSUMED = 20;

/** How far ahead of the PLC's clock an expiry may be, how far a sequence ahead of the last one, and other bounds. */
export const MAILBOX_LIMITS = {
  expiryMs: 10_000,
  sequencesAhead: 32_767,
  pulseMs: 1_000,
  heartbeatTimeoutMs: 1_000,
  idleMs: 10_000,
} as const;
