/** What the bank has to know of its wires, worked out from the bank file and the devices' profiles. */
import type { LineRequest } from '../lines/line.ts';
import type { Supply } from './power-budget.ts';

/** A read of a line's poll. */
export type BlockRead = Extract<LineRequest, { kind: 'read' }>;

/** A compartment that a program opens, by the mailbox of its unit. */
export interface MailboxPulse {
  readonly kind: 'mailbox';
  readonly unit: number;
  /** As that program numbers it. */
  readonly compartment: number;
}

/** A unit with a mailbox. */
export interface MailboxWires {
  readonly unit: number;
  /** The mailbox's first register. */
  readonly address: number;
  readonly heartbeatTimeoutMs: number;
  /** The polled block that holds the status registers, and where in it they begin. */
  readonly block: number;
  readonly offset: number;
}

/** A unit that turns its outputs off by itself while it hears nothing, once it is armed. */
export interface WatchdogWires {
  readonly unit: number;
  /** Its outputs are off so long after the last request, or feeding. */
  readonly timeoutMs: number;
  readonly arm: readonly LineRequest[];
  /** What an armed one shows. */
  readonly check: readonly { readonly read: BlockRead; readonly holds: number }[];
  /** The register that takes ever new values; null: any request feeds it. */
  readonly feed: { readonly unit: number; readonly kind: 'write-register'; readonly address: number } | null;
}

/** How one compartment is driven and watched. */
export interface CompartmentWires {
  readonly compartment: number;
  readonly line: string;
  readonly unit: number;
  /** Energises the lock once; the device ends the pulse by itself, unless `off` says how. */
  readonly pulse: LineRequest | MailboxPulse;
  /** Ends the pulse of an output that holds what is written; null if the device times it. */
  readonly off: LineRequest | null;
  readonly pulseMs: number;
  /** Its lock burns when it is under current for too long, so that its pulses have to be counted. */
  readonly mayBurn: boolean;
  /** The unit that shows the door, on its line or another, and which polled block of that line; null without a sensor. */
  readonly sensor: {
    readonly line: string;
    readonly unit: number;
    readonly block: number;
    readonly isClosed: (values: readonly number[]) => boolean;
  } | null;
  /** The polled block of `line` whose answers tell that `unit` lives; the sensor's, if the same unit shows the door. */
  readonly lifeBlock: number;
  /** Not open so long after the pulse: jammed. */
  readonly jamAfterMs: number;
  /** How long a device may still act on a write that it did not answer. */
  readonly quarantineMs: number;
}

/** One line with what is polled on it, and the power supply of its locks. */
export interface LineWires {
  readonly line: string;
  readonly blocks: readonly BlockRead[];
  readonly supply: Supply & { readonly id: string };
  readonly mailboxes: readonly MailboxWires[];
  readonly watchdogs: readonly WatchdogWires[];
}

/** The input that releases doors in an emergency. */
export interface EmergencyWires {
  readonly line: string;
  /** The polled block that shows it. */
  readonly block: number;
  readonly saysRelease: (values: readonly number[]) => boolean;
  /** So many polls in a row have to agree. */
  readonly polls: number;
  readonly compartments: readonly number[];
}

/** All wires of a bank. */
export interface BankWires {
  readonly pollMs: number;
  readonly lines: readonly LineWires[];
  readonly compartments: readonly CompartmentWires[];
  readonly emergency?: EmergencyWires;
}
