/** Why the cloud did not do what it was asked for. */
import type { Head } from '@lockerhub/protocol/log/entry.ts';

export class CloudFault extends Error {
  /** A `SyncProblemCode`, `unreachable`, `answer-invalid`, or a code of newer software. */
  readonly code: string;
  /** Where the cloud's log stands, if the code is about that. */
  readonly head: Head | undefined;
  /** The epoch that speaks for the building, if the code is about that. */
  readonly epoch: number | undefined;
  /** How long the other side asked to be left alone; 0: it said nothing. */
  readonly retryAfterMs: number;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & {
      readonly head?: Head | undefined;
      readonly epoch?: number | undefined;
      readonly retryAfterMs?: number;
    } = {},
  ) {
    super(message, options);
    this.name = 'CloudFault';
    this.code = code;
    this.head = options.head;
    this.epoch = options.epoch;
    this.retryAfterMs = Number.isFinite(options.retryAfterMs) ? (options.retryAfterMs ?? 0) : 0;
  }
}

/** It would be refused again, however often it came; fewer at once may be taken. */
export function isRefusal(error: unknown): error is CloudFault {
  return error instanceof CloudFault && (error.code === 'too-large' || error.code === 'request-invalid');
}
