/** What the hub and its bridge's worker say to each other. */

/** A bank whose PLC the hub reaches itself. */
export interface BridgedBank {
  readonly bank: string;
  /** The bank file's text (YAML). */
  readonly file: string;
  readonly username: string;
  readonly password: string;
}

/** With what the worker is started. */
export interface BridgeSetting {
  readonly building: string;
  /** The hub's own broker: `mqtt://127.0.0.1:port`. */
  readonly brokerUrl: string;
  /** Each bank's ledger is in a folder of its own in here. */
  readonly folder: string;
  readonly software: string;
  readonly logLevel: string;
  readonly banks: readonly BridgedBank[];
}

export type Order =
  | { readonly order: 'add'; readonly bank: BridgedBank }
  | { readonly order: 'remove'; readonly bank: string }
  /** Answered by `progress` as soon as the worker's loop turns, whatever orders wait. */
  | { readonly order: 'progress' }
  | { readonly order: 'stop' };

export type Report =
  | { readonly report: 'started' | 'removed'; readonly bank: string }
  /** A bank that can't be driven; the others go on. `detail` says what to do. */
  | { readonly report: 'refused'; readonly bank: string; readonly detail: string }
  | { readonly report: 'progress' }
  | { readonly report: 'stopped' };
