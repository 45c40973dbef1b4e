/**
 * Shapes by Electric's own client, through the gateway. It retries by itself, for ever; what it may not do is go on past
 * rows that were not applied.
 */
import {
  FetchError,
  isChangeMessage,
  isControlMessage,
  type Message,
  ShapeStream,
} from '@electric-sql/client';
import type { ShapeName } from '@lockerhub/protocol/sync/shapes.ts';
import type { ShapePlace, ShapeRow, ShapeSource } from './cloud.ts';
import { CloudFault } from './cloud-fault.ts';

/** As the hub's own pauses (`backoff.ts`); the client draws its jitter itself. */
const RETRY = { initialDelay: 1_000, maxDelay: 60_000, multiplier: 2 } as const;

export interface ElectricShapesOptions {
  /** Of the gateway. */
  readonly url: string;
  readonly token: string;
  /** A request failed and is tried again. */
  readonly onFailedAttempt: () => void;
}

export class ElectricShapes implements ShapeSource {
  readonly #options: ElectricShapesOptions;

  constructor(options: ElectricShapesOptions) {
    this.#options = options;
  }

  async follow(
    shape: ShapeName,
    from: ShapePlace | null,
    onRows: (rows: readonly ShapeRow[], place: ShapePlace, isUpToDate: boolean) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { url, token, onFailedAttempt } = this.#options;
    const over = Promise.withResolvers<void>();
    const ends = new AbortController();
    const end = (error?: unknown) => {
      ends.abort();
      if (error === undefined) over.resolve();
      else over.reject(error);
    };
    if (signal.aborted) return;
    signal.addEventListener('abort', () => end(), { once: true });
    const stream = new ShapeStream({
      url: `${url}/hub/v1/shapes/${shape}`,
      headers: { authorization: `Bearer ${token}` },
      ...(from ? { handle: from.handle, offset: from.offset as `${number}_${number}` } : {}),
      signal: ends.signal,
      backoffOptions: { ...RETRY, onFailedAttempt },
      onError: (error) => end(asFault(shape, error)),
    });
    let place = from;
    let wasUpToDate = false;
    stream.subscribe(async (messages) => {
      if (ends.signal.aborted) return;
      const next = { handle: stream.shapeHandle ?? '', offset: stream.lastOffset };
      const rows = rowsOf(messages);
      const isUpToDate = messages.some(saysUpToDate);
      const isNews = rows.length > 0 || next.handle !== place?.handle || next.offset !== place.offset;
      if (next.handle === '' || (!isNews && (!isUpToDate || wasUpToDate))) return;
      wasUpToDate = isUpToDate;
      try {
        await onRows(rows, next, isUpToDate);
        place = next;
      } catch (error) {
        // Never past it: whoever follows begins again from the place that was kept.
        end(error);
      }
    });
    await over.promise;
  }
}

/** Inserted and changed rows, whole (`replica=full`). The cloud deletes no row of a building: removal is a stamp. */
function rowsOf(messages: readonly Message[]): ShapeRow[] {
  return messages.flatMap((message) =>
    isChangeMessage(message) && message.headers.operation !== 'delete' ? [message.value] : [],
  );
}

function saysUpToDate(message: Message): boolean {
  return isControlMessage(message) && message.headers.control === 'up-to-date';
}

/** What a refusal of the gateway means; anything else passes. */
const CODE_OF: Readonly<Record<number, string>> = { 401: 'token-unknown', 403: 'epoch-fenced' };

function asFault(shape: ShapeName, error: unknown): CloudFault {
  const status = error instanceof FetchError ? error.status : 0;
  const code = CODE_OF[status] ?? 'unreachable';
  return new CloudFault(code, `the shape "${shape}" cannot be read`, { cause: error });
}
