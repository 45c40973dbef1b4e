import { LineError, type LineLane, type LineRequest } from './line.ts';

/** A request with its promise. */
export interface PendingRequest {
  readonly request: LineRequest;
  readonly resolve: (values: readonly number[]) => void;
  readonly reject: (error: LineError) => void;
}

/**
 * How many requests may wait in each lane. A bank has one command under way per solenoid and polls at most once a
 * cycle, so a full lane means that the line is too slow for what is asked of it: further requests are refused.
 */
export const WAITING_LIMIT: Readonly<Record<LineLane, number>> = { command: 64, poll: 256 };

/** What waits for the line: commands before polls, each first come, first served. */
export class RequestQueue {
  readonly #lanes: Record<LineLane, PendingRequest[]> = { command: [], poll: [] };

  /** False if the lane is full. */
  push(pending: PendingRequest, lane: LineLane): boolean {
    const waiting = this.#lanes[lane];
    if (waiting.length >= WAITING_LIMIT[lane]) return false;
    waiting.push(pending);
    return true;
  }

  shift(): PendingRequest | undefined {
    return this.#lanes.command.shift() ?? this.#lanes.poll.shift();
  }

  /** Whether a command waits. */
  get holdsCommands(): boolean {
    return this.#lanes.command.length > 0;
  }

  /** Whether a command waits for this unit. */
  holdsCommandFor(unit: number): boolean {
    return this.#lanes.command.some(({ request }) => request.unit === unit);
  }

  /** The first of a lane that may be sent now. */
  take(lane: LineLane, mayBeSent: (request: LineRequest) => boolean): PendingRequest | undefined {
    const waiting = this.#lanes[lane];
    const index = waiting.findIndex(({ request }) => mayBeSent(request));
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  }

  /** Refuses everything that waits. Nothing of it was sent. */
  refuseAll(message: string): void {
    for (const pending of [...this.#lanes.command.splice(0), ...this.#lanes.poll.splice(0)]) {
      pending.reject(new LineError('line-offline', message, false));
    }
  }

  /** Refuses what waits for one unit. Nothing of it was sent. */
  refuseUnit(unit: number, message: string): void {
    for (const lane of ['command', 'poll'] as const) {
      const isMine = ({ request }: PendingRequest) => request.unit === unit;
      const refused = this.#lanes[lane].filter(isMine);
      this.#lanes[lane] = this.#lanes[lane].filter((pending) => !isMine(pending));
      for (const pending of refused) pending.reject(new LineError('line-unit-silent', message, false));
    }
  }
}
