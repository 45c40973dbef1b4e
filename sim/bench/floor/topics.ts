/** What the two processes of the floor say to each other. */
export const OPEN_TOPIC = 'open';
export const OPENED_TOPIC = 'opened';
export const READY_TOPIC = 'ready';

export interface FloorOpen {
  readonly grant: string;
  readonly door: number;
}

/** Times as by `sharedMs`. */
export interface FloorOpened extends FloorOpen {
  readonly isOpen: boolean;
  readonly pulsedAtMs: number;
  readonly seenAtMs: number;
}

/** What the floor answers to the POST. */
export interface FloorAnswer extends FloorOpened {
  readonly committedAtMs: number;
}
