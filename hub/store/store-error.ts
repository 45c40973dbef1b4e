/**
 * Why the store would not.
 *
 * `entry-invalid`, `write-refused`, `query-failed`: this call only; nothing of it was written. `overloaded`,
 * `disk-full`: nothing was written; later calls may do. `closed`, `stalled`, `store-broken`: the process must end
 * and start again, and learns then what was written. The others keep a store from opening at all.
 */
export type StoreErrorCode =
  | 'entry-invalid'
  | 'write-refused'
  | 'query-failed'
  | 'overloaded'
  | 'disk-full'
  | 'closed'
  | 'stalled'
  | 'store-broken'
  | 'folder-locked'
  | 'folder-unusable'
  | 'schema-newer'
  | 'log-damaged'
  | 'not-durable';

/** A failure of the store. `message` says what, where and what to do. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
