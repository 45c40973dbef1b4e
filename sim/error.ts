/** What can go wrong in the programs of the simulated world that stand on their own. */
export type SimErrorCode =
  /** No Postgres of ours runs on this kind of machine. */
  | 'postgres-missing'
  /** Postgres could not be created or started. */
  | 'postgres-failed'
  /** The shape server can't reach its Postgres, or is not ready to answer from it. */
  | 'database-away'
  /** A table was altered while a shape of it was made. */
  | 'table-restless'
  /** More wait for changes than the shape server lets wait. */
  | 'overloaded'
  | 'config-invalid'
  | 'port-taken';

/** `message` says what, where and what to do. */
export class SimError extends Error {
  readonly code: SimErrorCode;

  constructor(code: SimErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SimError';
    this.code = code;
  }
}
