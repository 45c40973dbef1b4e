import type { RefusalCode } from './command.ts';

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
