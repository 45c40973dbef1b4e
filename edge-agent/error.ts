/** What can go wrong in an agent, apart from its lines (`LineError`) and what crosses the wire (`ProtocolError`). */
export type AgentErrorCode =
  | 'bank-file-invalid'
  | 'profile-invalid'
  | 'config-invalid'
  | 'folder-locked'
  | 'identity-broken'
  | 'join-refused'
  | 'hub-away'
  | 'journal-failed'
  | 'link-closed'
  | 'link-overflow'
  | 'port-taken'
  /** The line that was to be scanned can't be used, or was lost. */
  | 'scan-failed'
  /** Nobody can be asked on a line that is never silent. */
  | 'scan-noise';

/** An agent that cannot do what it was asked. `message` says what, where and what to do. */
export class AgentError extends Error {
  readonly code: AgentErrorCode;

  constructor(code: AgentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AgentError';
    this.code = code;
  }
}
