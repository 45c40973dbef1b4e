/** What goes into a mailbox and what stands in its status: registers to meaning and back. Pure. */
import {
  MAILBOX,
  MAILBOX_COMMAND_REGISTERS,
  MAILBOX_LIMITS,
  MAILBOX_STATUS_REGISTERS,
  MAILBOX_VERSION,
} from '../devices/mailbox-registers.ts';

/** A command to the program of a PLC. Compartment 0 opens nothing. */
export interface MailboxCommand {
  readonly boot: number;
  readonly sequence: number;
  readonly compartment: number;
  readonly pulseMs: number;
  /** By the PLC's clock, modulo 2^32. */
  readonly expiryMs: number;
}

/** What the program says of itself. */
export interface MailboxStatus {
  readonly boot: number;
  /** The PLC's clock, modulo 2^32. */
  readonly clockMs: number;
  readonly consumed: { readonly sequence: number; readonly result: number };
  /** The last lock that it energised since its start; sequence 0: none. */
  readonly opened: { readonly sequence: number; readonly compartment: number };
  readonly answered: { readonly sequence: number; readonly result: number };
  readonly agentHeard: boolean;
}

/** The registers of a command, in the order in which they are written. */
export function commandWords(command: MailboxCommand): number[] {
  const words = new Array<number>(MAILBOX_COMMAND_REGISTERS).fill(0);
  const at = MAILBOX.command;
  words[at.boot] = command.boot;
  words[at.sequence] = command.sequence;
  words[at.compartment] = command.compartment;
  words[at.pulseMs] = command.pulseMs;
  words[at.expiryHigh] = command.expiryMs >>> 16;
  words[at.expiryLow] = command.expiryMs & 0xffff;
  words[at.version] = MAILBOX_VERSION;
  words[at.check] = words.reduce((check, word) => check ^ word, 0);
  return words;
}

/** Reads status registers, the first of them first; null if no program by this version of the contract runs there. */
export function readStatus(words: readonly number[]): MailboxStatus | null {
  const of = (name: keyof typeof MAILBOX.status): number =>
    words[MAILBOX.status[name] - MAILBOX.status.version] ?? 0;
  if (words.length < MAILBOX_STATUS_REGISTERS) return null;
  if (of('version') !== MAILBOX_VERSION || of('boot') === 0) return null;
  return {
    boot: of('boot'),
    clockMs: of('clockHigh') * 0x1_0000 + of('clockLow'),
    consumed: { sequence: of('consumedSequence'), result: of('consumedResult') },
    opened: { sequence: of('openedSequence'), compartment: of('openedCompartment') },
    answered: { sequence: of('answeredSequence'), result: of('answeredResult') },
    agentHeard: of('agentHeard') === 1,
  };
}

/** What became of a command: it energised its lock, it never will, or nobody can tell any more. */
export type Fate = 'pulsed' | 'never' | 'unknowable';

/**
 * The fate of a command for `compartment`, by the status that came when a fence was consumed; null if that fence came
 * before the command. The PLC keeps the last opening alone: one behind it hides whether this one was.
 */
export function fateOf(
  { boot, sequence }: Pick<MailboxCommand, 'boot' | 'sequence'>,
  compartment: number,
  { boot: life, consumed, opened }: Pick<MailboxStatus, 'boot' | 'consumed' | 'opened'>,
): Fate | null {
  if (boot !== life) return 'unknowable';
  // A command that was named and never given leaves its number to the fence.
  if (isNewer(sequence, consumed.sequence)) return null;
  if (opened.compartment === 0) return 'never';
  if (opened.sequence === sequence) return opened.compartment === compartment ? 'pulsed' : 'unknowable';
  return isNewer(sequence, opened.sequence) ? 'never' : 'unknowable';
}

/** Whether a sequence is newer than another one, modulo 65536: the PLC's own rule. */
export function isNewer(sequence: number, than: number): boolean {
  const ahead = (sequence - than) & 0xffff;
  return ahead > 0 && ahead <= MAILBOX_LIMITS.sequencesAhead;
}

/** The sequence that follows, modulo 65536. */
export function sequenceAfter(sequence: number): number {
  return (sequence + 1) & 0xffff;
}
