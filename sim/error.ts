/** What can go wrong in the programs of the simulated world that stand on their own. */
export type SimErrorCode =
  /** No Postgres of ours runs on this kind of machine. */
  | 'postgres-missing'
  /** Postgres could not be created or started. */
  | 'postgres-failed';

/** `message` says what, where and what to do. */
export class SimError extends Error {
  readonly code: SimErrorCode;

  constructor(code: SimErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SimError';
    this.code = code;
  }
}
