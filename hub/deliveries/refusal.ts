/** Why a command was refused; each is an HTTP problem with this `code`. */
export type RefusalCode =
  | 'code-wrong'
  | 'code-revoked'
  | 'code-owner-needed'
  | 'code-of-delegate'
  | 'outside-hours'
  | 'too-many-attempts'
  | 'terminal-unknown'
  | 'terminal-busy'
  | 'visit-unknown'
  | 'visit-ended'
  | 'delivery-unknown'
  | 'delegate-unknown'
  | 'too-many-delegates'
  | 'already-told'
  | 'door-shared'
  | 'recipient-unknown'
  | 'not-now'
  | 'no-place'
  | 'bank-away'
  | 'door-in-use'
  | 'attempts-used-up'
  | 'disk-low'
  | 'overloaded'
  | 'case-unknown'
  | 'case-taken'
  | 'too-many-notes'
  | 'compartment-unknown'
  | 'holder-unknown'
  | 'emergency'
  | 'door-unverified'
  | 'hub-behind'
  | 'hub-held'
  | 'hub-fenced';

/** A command that is not carried out: nothing changed. `message` says to a person what to do. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** After how long another try makes sense. */
  readonly retryAfterMs: number | undefined;

  constructor(code: RefusalCode, message: string, retryAfterMs?: number) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
