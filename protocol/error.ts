/** What can go wrong with something that crossed a wire. */
export type ProtocolErrorCode =
  | 'message-invalid'
  | 'message-too-large'
  | 'topic-unknown'
  | 'layout-invalid'
  | 'entry-invalid'
  | 'chain-broken'
  | 'proof-invalid';

/** A message, layout, entry or proof that does not hold. `message` says what, where and what to do. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProtocolError';
    this.code = code;
  }
}
