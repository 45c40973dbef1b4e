import type { Letter } from './letter.ts';

/** A letter that failed. `permanent`: another try would fail the same way (no such mailbox). */
export class NotifierError extends Error {
  readonly permanent: boolean;

  constructor(message: string, permanent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NotifierError';
    this.permanent = permanent;
  }
}

/** A way by which letters go out. */
export interface Notifier {
  /** Its name in the log, such as `email`. */
  readonly channel: string;
  /** Resolves once the letter is out of our hands. @throws NotifierError */
  send(to: string, letter: Letter, qr: string | undefined): Promise<void>;
  stop(): void;
}
