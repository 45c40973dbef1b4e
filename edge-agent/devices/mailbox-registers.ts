/** Where the registers of a mailbox are. The contract itself is not written yet, and no agent drives one. */

/** Offsets from the mailbox's first register. */
export const MAILBOX = {
  /** Where the PLC's answer begins, which it keeps up to date. */
  answer: 16,
} as const;

/** Registers that a mailbox takes; the doors' sensors may follow, sixteen to a register. */
export const MAILBOX_REGISTERS = 32;
