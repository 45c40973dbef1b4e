/** A live request that stays open: every message an event (`live_sse`). */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { compareOffsets, type Offset } from '../offset.ts';
import type { Shape } from '../shapes/shape.ts';
import { MUST_REFETCH, upToDate } from './answers.ts';
import type { WaitingRoom } from './waiting.ts';

/** Electric ends such an answer after a minute (`cache-control: max-age=59`), and the client asks anew. */
const OPEN_MS = 60_000;
/** A comment now and then keeps proxies from cutting the connection. */
const KEEP_ALIVE_MS = 21_000;
/** A client that takes its events more slowly is cut off; it comes again with its offset. */
const UNREAD_BYTES = 16 * 1024 * 1024;

export interface Events {
  readonly shape: Shape;
  readonly from: Offset;
  readonly seen: () => bigint;
  readonly room: WaitingRoom;
  readonly clock: Clock;
  readonly client: AbortSignal;
}

export function eventStream(events: Events): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const reader = new AbortController();
  const client = AbortSignal.any([events.client, reader.signal]);
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string) => controller.enqueue(encoder.encode(text));
        const isFull = () => (controller.desiredSize ?? 0) <= 0;
        follow({ ...events, client }, send, isFull).then(
          () => reader.signal.aborted || controller.close(),
          // Ends the answer, as a broken connection does.
          (error) => controller.error(error),
        );
      },
      cancel() {
        reader.abort();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: UNREAD_BYTES }),
  );
}

async function follow(
  { shape, from, seen, room, clock, client }: Events,
  send: (text: string) => void,
  isFull: () => boolean,
): Promise<void> {
  const endMs = clock.monotonicMs() + OPEN_MS;
  let at = from;
  for (;;) {
    if (client.aborted || isFull()) return;
    if (shape.isGone) return send(event(MUST_REFETCH));
    const { messages, next, isUpToDate } = shape.readAfter(at);
    if (compareOffsets(next, at) !== 0) {
      for (const message of messages) send(event(message));
      at = next;
      if (isUpToDate) send(event(upToDate(seen())));
      continue;
    }
    const leftMs = endMs - clock.monotonicMs();
    if (leftMs <= 0) return;
    const waitMs = Math.min(leftMs, KEEP_ALIVE_MS);
    const beganMs = clock.monotonicMs();
    await room.wait(shape, waitMs, client);
    if (clock.monotonicMs() - beganMs >= waitMs) send(': keep-alive\n\n');
  }
}

function event(message: string): string {
  return `data: ${message}\n\n`;
}
