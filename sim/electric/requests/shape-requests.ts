/** Answers requests for shapes. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { SimError } from '../../error.ts';
import { NOW, parseOffset, START } from '../offset.ts';
import type { ShapeRegistry } from '../shapes/registry.ts';
import type { Reading, Shape } from '../shapes/shape.ts';
import type { Database } from '../tables/database.ts';
import {
  type Answer,
  gone,
  invalid,
  moved,
  notModified,
  type ShapeHeaders,
  shapeHeaders,
  type Told,
  unavailable,
  upToDate,
} from './answers.ts';
import { nextCursor } from './cursor.ts';
import { parseQuery, type ShapeQuery, type Wanted } from './query.ts';
import { BadRequest } from './refusal.ts';
import { resolveDefinition } from './resolve.ts';
import { eventStream } from './sse.ts';
import { WaitingRoom } from './waiting.ts';

export interface ShapeRequestsOptions {
  readonly registry: ShapeRegistry;
  readonly database: Database;
  readonly isReady: () => boolean;
  /** How long a live request waits: 20 s with Electric. */
  readonly liveTimeoutMs: number;
  readonly waiting: number;
  readonly clock: Clock;
  readonly random: Random;
}

export interface ShapeRequest {
  readonly query: Readonly<Record<string, string>>;
  /** `if-none-match`. */
  readonly known: string | undefined;
  /** Aborted when the client goes. */
  readonly client: AbortSignal;
}

const RETRY_AFTER_S = 1;
/** Ways to write one definition that are kept, so that most requests need no look at the catalogue. */
const SPELLINGS = 2_000;

export class ShapeRequests {
  readonly #options: ShapeRequestsOptions;
  readonly #room: WaitingRoom;
  /** From what requests wrote to the handle that it led to. */
  readonly #spellings = new Map<string, string>();

  constructor(options: ShapeRequestsOptions) {
    this.#options = options;
    this.#room = new WaitingRoom(options.clock, options.waiting);
  }

  /** Live requests that wait for a change at the moment. */
  get waiting(): number {
    return this.#room.taken;
  }

  async answer(request: ShapeRequest): Promise<Answer> {
    try {
      const query = parseQuery(request.query);
      if (!this.#options.isReady()) return unavailable('Waiting for Postgres', RETRY_AFTER_S);
      return await this.#answer(query, request);
    } catch (error) {
      if (error instanceof BadRequest) return invalid(error.errors);
      if (error instanceof SimError) return unavailable(error.message, RETRY_AFTER_S);
      throw error;
    }
  }

  async #answer(query: ShapeQuery, request: ShapeRequest): Promise<Answer> {
    const { offset, handle, wanted } = query;
    const isNew = offset === START || offset === NOW;
    const own = isNew || handle === null ? undefined : this.#known(handle, wanted);
    const shape = own ?? (await this.#obtain(wanted));
    if (!isNew && shape.handle !== handle) return moved(shape);
    if (offset === START) return this.#tell(query, request, shape, shape.readStart(), 'start');
    if (offset === NOW) return this.#tellNow(query, request, shape);
    if (query.isSse) return this.#events(query, request, shape);
    if (query.isLive) return this.#live(query, request, shape);
    return this.#tell(query, request, shape, shape.readAfter(parseOffset(offset)), 'log');
  }

  async #live(query: ShapeQuery, request: ShapeRequest, shape: Shape): Promise<Answer> {
    const from = parseOffset(query.offset);
    const reading = shape.readAfter(from);
    if (hasMore(reading)) return this.#tell(query, request, shape, reading, 'live');
    await this.#room.wait(shape, this.#options.liveTimeoutMs, request.client);
    if (shape.isGone) return gone();
    return this.#tell(query, request, shape, shape.readAfter(from), 'live');
  }

  #events(query: ShapeQuery, { client }: ShapeRequest, shape: Shape): Answer {
    const { registry, clock } = this.#options;
    const from = parseOffset(query.offset);
    shape.readAfter(from);
    const told = { next: from, isUpToDate: true, hasData: true, kind: 'sse' } as const;
    const body = eventStream({
      shape,
      from,
      seen: () => registry.lastTransaction,
      room: this.#room,
      clock,
      client,
    });
    return { status: 200, headers: this.#headers(query, shape, told), body };
  }

  #tellNow(query: ShapeQuery, request: ShapeRequest, shape: Shape): Answer {
    const reading = { messages: [], next: shape.end, isUpToDate: true };
    return this.#tell(query, request, shape, reading, 'log', false);
  }

  #tell(
    query: ShapeQuery,
    request: ShapeRequest,
    shape: Shape,
    reading: Reading,
    kind: 'start' | 'log' | 'live',
    hasData = kind !== 'live' || hasMore(reading),
  ): Answer {
    const { next, isUpToDate } = reading;
    const headers = this.#headers(query, shape, { next, isUpToDate, hasData, kind });
    if (request.known !== undefined && request.known === headers.etag) return notModified(headers);
    const messages = isUpToDate
      ? [...reading.messages, upToDate(this.#options.registry.lastTransaction)]
      : reading.messages;
    return { status: 200, headers, body: `[${messages.join(',')}]` };
  }

  #headers(
    query: ShapeQuery,
    shape: Shape,
    told: Pick<Told, 'next' | 'isUpToDate' | 'hasData' | 'kind'>,
  ): ShapeHeaders {
    const { clock, random } = this.#options;
    const isLive = told.kind === 'live' || told.kind === 'sse';
    return shapeHeaders({
      ...told,
      shape,
      from: query.offset,
      nonce: `-${Math.round(clock.monotonicMs() * 1e6)}`,
      ...(isLive ? { cursor: nextCursor(clock.wallMs(), query.cursor, random) } : {}),
    });
  }

  /** The shape of a handle, if the same words led to it before. */
  #known(handle: string, wanted: Wanted): Shape | undefined {
    return this.#spellings.get(spelling(wanted)) === handle ? this.#options.registry.get(handle) : undefined;
  }

  async #obtain(wanted: Wanted): Promise<Shape> {
    const { database, registry } = this.#options;
    const definition = await resolveDefinition(database, wanted);
    const shape = await registry.obtain(definition);
    const words = spelling(wanted);
    this.#spellings.delete(words);
    this.#spellings.set(words, shape.handle);
    const [oldest] = this.#spellings.keys();
    if (this.#spellings.size > SPELLINGS && oldest !== undefined) this.#spellings.delete(oldest);
    return shape;
  }
}

function hasMore(reading: Reading): boolean {
  return reading.messages.length > 0 || !reading.isUpToDate;
}

function spelling(wanted: Wanted): string {
  return JSON.stringify(wanted);
}
