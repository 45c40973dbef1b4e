import type { Contact } from '@lockerhub/protocol/http/messages.ts';
import type { Letter } from './letter.ts';

/** A letter that waits to go out: a resident's message, or what a manager is told. */
export interface Waiting {
  /** Names it for good. */
  readonly message: string;
  /** Who is told: theirs go out one after the other. */
  readonly whom: string;
  /** Channels that failed with it after they had taken it. */
  readonly without: readonly string[];
  /** By which it was tried last, and how that failed; null: it was not. */
  readonly channel: string | null;
  readonly reason: string | null;
  /** The ways to reach them, as they are now, the first one tried first. */
  contacts(): readonly Contact[];
  /** What it says, made now; null: what it tells of is over. @throws StoreError; any other fault is this letter's own */
  write(): Promise<Written | null>;
}

export interface Written {
  readonly letter: Letter;
  readonly qr: string | undefined;
}

/** Where letters wait. */
export interface LetterSource {
  /** The oldest ones. */
  queued(limit: number): Promise<readonly Waiting[]>;
}
