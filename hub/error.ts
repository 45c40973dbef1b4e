/** What the hub refuses or cannot do, apart from the deliveries' own refusals and the store's faults. */
export type HubErrorCode =
  | 'config-invalid'
  | 'port-taken'
  | 'keyring-broken'
  | 'epoch-broken'
  | 'replace-refused'
  | 'replace-unfinished'
  | 'cloud-account-broken'
  | 'cloud-refused'
  | 'cloud-joined'
  | 'recovery-broken'
  | 'backup-failed'
  | 'backup-broken'
  | 'backup-behind'
  | 'recovery-key-mistyped'
  | 'recovery-key-old'
  | 'recovery-key-foreign'
  | 'recovery-key-unknown'
  | 'envelope-broken'
  | 'signed-out'
  | 'forbidden'
  | 'password-wrong'
  | 'too-many-attempts'
  | 'overloaded'
  | 'login-taken'
  | 'fob-taken'
  | 'fob-unreadable'
  | 'contact-unreadable'
  | 'too-many-fobs'
  | 'unit-taken'
  | 'unit-in-use'
  | 'last-manager'
  | 'invitation-void'
  | 'too-many-accounts'
  | 'setup-needed'
  | 'setup-done'
  | 'terminal-unpaired'
  | 'pairing-code-wrong'
  | 'presence-wrong'
  | 'presence-scan-needed'
  | 'clock-untrusted'
  | 'too-many-codes'
  | 'too-many-keys'
  | 'console-refused'
  | 'too-many-requests'
  | 'join-code-wrong'
  | 'join-code-used'
  | 'not-found'
  | 'bank-file-invalid'
  | 'layout-drops-parcel'
  | 'building-invalid'
  | 'origin-foreign'
  | 'request-invalid'
  | 'body-too-large'
  | 'too-many-streams'
  | 'too-many-photos'
  | 'proof-too-long'
  | 'roster-busy'
  | 'roster-faulty'
  | 'roster-unconfirmed'
  | 'update-unfit'
  | 'update-running'
  | 'update-no-room';

/** `message` says what, where and what to do; it is shown to people. */
export class HubError extends Error {
  readonly code: HubErrorCode;
  /** The part of the request or the file that it is about. */
  readonly where: string | undefined;
  /** After how long another try makes sense. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: HubErrorCode,
    message: string,
    options: ErrorOptions & { where?: string; retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.name = 'HubError';
    this.code = code;
    this.where = options.where;
    this.retryAfterMs = options.retryAfterMs;
  }
}
