/** A line as the rest of the agent sees it: one Modbus connection to one or more units. */
import type { Slug } from '@lockerhub/protocol/ids.ts';

/** What can be asked of a unit. Addresses are zero-based, as on the wire. */
export type LineRequest = { readonly unit: number } & (
  | {
      readonly kind: 'read';
      readonly area: 'coils' | 'discrete-inputs' | 'holding-registers' | 'input-registers';
      readonly address: number;
      readonly count: number;
    }
  /** FC05. `value` is the raw 16-bit word: 0xFF00 on, 0x0000 off; some devices time a pulse by other values. */
  | { readonly kind: 'write-coil'; readonly address: number; readonly value: number }
  | { readonly kind: 'write-register'; readonly address: number; readonly value: number }
  | { readonly kind: 'write-registers'; readonly address: number; readonly values: readonly number[] }
);

/** Commands go ahead of polls; within a lane first come, first served. */
export type LineLane = 'command' | 'poll';

export type LineErrorCode =
  /** Nothing was sent: the line is not connected, closing, or its queue is full. */
  | 'line-offline'
  | 'line-busy'
  /** Nothing was sent: this unit does not answer at present, others on the line do. */
  | 'line-unit-silent'
  /** It was sent and no good answer came. */
  | 'line-timeout'
  | 'line-reset'
  | 'line-garbage'
  /** The device answered with a Modbus exception; `mayStillAct` tells whether it may have done it all the same. */
  | 'line-exception'
  /** The device's program answered that it does not do it. */
  | 'device-refused';

/** A request that got no good answer. */
export class LineError extends Error {
  readonly code: LineErrorCode;
  /** The device may have executed it, or may still: true for every write that was sent and not answered. */
  readonly mayStillAct: boolean;

  constructor(code: LineErrorCode, message: string, mayStillAct: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LineError';
    this.code = code;
    this.mayStillAct = mayStillAct;
  }
}

/** One Modbus connection, a TCP socket or a serial bus. Connects by itself, again and again, with a capped pause. */
export interface Line {
  readonly id: Slug;
  readonly online: boolean;
  /** Whether something asked of this unit now would be sent: the line is online, and the unit is not known to be silent. */
  reaches(unit: number): boolean;
  /** Why it is offline, in plain words; null while online. */
  readonly reason: string | null;
  /**
   * Counts the connections made so far. A unit answers one connection in order: a later request that it answers while
   * this is still the number under which a write to it failed shows that the write will not act any more.
   */
  readonly connection: number;
  /** Starts connecting. Resolves at once; `onChange` tells when it is online. */
  start(): void;
  /** Ends open requests with `line-offline` and closes the socket or port. */
  stop(): Promise<void>;
  /**
   * One request, one answer: bits as 0 or 1, registers as 0 to 65535; an empty list for a write.
   *
   * @throws LineError
   */
  request(request: LineRequest, lane: LineLane): Promise<readonly number[]>;
  /** Called after each change of `online`. */
  onChange(listener: () => void): void;
}
