import type { ChannelName } from '@lockerhub/protocol/http/messages.ts';
import type { Letter } from './letter.ts';

/** What a letter that failed says of another try: none makes sense (no such mailbox), or one does. */
export interface Fault {
  readonly permanent: boolean;
  /** It is the whole channel that is in trouble, not this letter: the others can wait too. */
  readonly away?: boolean;
}

/** A letter that failed. The message goes into the log, which holds no contacts. */
export class NotifierError extends Error {
  readonly permanent: boolean;
  readonly away: boolean;

  constructor(message: string, { permanent, away = false }: Fault, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NotifierError';
    this.permanent = permanent;
    this.away = away;
  }
}

/** What may be logged of an error that nobody foresaw: its text may hold a contact, a code or a channel's secret. */
interface ErrorKind {
  readonly name: string;
  readonly code?: string;
  /** The program's own lines, the innermost first. */
  readonly at: readonly string[];
  readonly cause?: ErrorKind;
}

/** Errors within errors that are looked at. */
const DEEPEST = 4;

/** Its kind, and where in the program it came about; that of its causes too. */
export function kindOf(error: unknown, depth = 1): ErrorKind {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const { name, stack = '', cause, code } = error as NodeJS.ErrnoException;
  return {
    name,
    ...(typeof code === 'string' && { code }),
    at: stack.split('\n').flatMap((line) => /^ {4}at (.*)$/.exec(line)?.[1] ?? []),
    ...(cause !== undefined && depth < DEEPEST && { cause: kindOf(cause, depth + 1) }),
  };
}

/** A letter on its way out. */
export interface Sending {
  /** Names the message for good: whoever gets it twice sees that. */
  readonly message: string;
  readonly to: string;
  readonly letter: Letter;
  readonly qr: string | undefined;
}

/** A way by which letters go out. */
export interface Notifier {
  readonly channel: ChannelName;
  /** Resolves once the letter is out of our hands. @throws NotifierError */
  send(sending: Sending): Promise<void>;
  stop(): void;
}
