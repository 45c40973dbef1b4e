/**
 * Why a request of this terminal failed: a `code` of the hub's problem details, or of ours:
 * `away`: no answer, or none that one could read.
 */
export class TerminalError extends Error {
  readonly code: string;
  /** After how long another try makes sense, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options);
    this.name = 'TerminalError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Is this a failure that another try may mend by itself: no answer, or a hub that says so? */
export function isPassing(error: unknown): boolean {
  return error instanceof TerminalError && ['away', 'overloaded', 'hub-restarting'].includes(error.code);
}

/** Does the hub say that there is no such visit (any more), or not for this terminal? */
export function isGone(error: unknown): boolean {
  if (!(error instanceof TerminalError)) return false;
  return isUnpaired(error) || ['not-found', 'visit-unknown', 'forbidden'].includes(error.code);
}

/** Does the hub not know this browser as a terminal (any more)? */
export function isUnpaired(error: unknown): boolean {
  return error instanceof TerminalError && ['terminal-unpaired', 'terminal-unknown'].includes(error.code);
}

/** Does the hub say that a parcel cannot be put in here now, whatever the courier does? */
export function hasNoPlace(error: unknown): boolean {
  if (!(error instanceof TerminalError)) return false;
  return ['no-place', 'bank-away', 'emergency', 'disk-low'].includes(error.code);
}
