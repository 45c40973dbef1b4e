/** One replication connection to Postgres: its commands, the stream that comes, and what is reported back. */
import { Client } from 'pg';
import { SESSION_OPTIONS } from '../tables/database.ts';
import { type Identity, identity } from './slot.ts';

/** What `pg` has beneath its client; it carries replication, but its types do not say so. */
interface Wire {
  on(event: 'copyData', listener: (message: { readonly chunk: Buffer }) => void): void;
  sendCopyFromChunk(chunk: Buffer): void;
}

export interface StreamListener {
  /** A message of the output plugin. */
  onData(payload: Buffer): void;
  /** Everything before `end` has been sent; `isReplyWanted`: Postgres wants to know where we stand. */
  onKeepalive(end: bigint, isReplyWanted: boolean): void;
}

/** Messages of the streaming replication protocol (PostgreSQL documentation, 54.4). */
const XLOG_DATA = 'w';
const XLOG_DATA_HEADER_BYTES = 25;
const KEEPALIVE = 'k';
const STATUS = 'r';
const STATUS_BYTES = 34;
/** Postgres counts microseconds from 2000-01-01. */
const POSTGRES_EPOCH_MS = 946_684_800_000;

export class ReplicationConnection {
  readonly #client: Client;
  readonly #wire: Wire;
  /** Rejects when the connection ends, for whatever reason. */
  readonly ended: Promise<never>;
  #fail: (reason: Error) => void = () => {};

  constructor(databaseUrl: string) {
    // `replication` makes Postgres start a WAL sender; the types of pg leave it out.
    const config = {
      connectionString: databaseUrl,
      replication: 'database',
      options: SESSION_OPTIONS,
      keepAlive: true,
    };
    this.#client = new Client(config);
    this.#wire = (this.#client as unknown as { readonly connection: Wire }).connection;
    this.ended = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    // Whoever awaits it learns of it; until then nobody may be waiting.
    this.ended.catch(() => {});
    this.#client.on('error', (error) => this.#fail(error));
    this.#client.on('end', () => this.#fail(new Error('the replication connection ended')));
  }

  async connect(): Promise<void> {
    await this.#client.connect();
  }

  async identify(): Promise<Identity> {
    return identity.parse((await this.#client.query('IDENTIFY_SYSTEM')).rows[0]);
  }

  /** Waits for all transactions that are under way: the slot begins with what is written after them. */
  async createSlot(slot: string): Promise<void> {
    await this.#client.query(`CREATE_REPLICATION_SLOT "${slot}" LOGICAL pgoutput NOEXPORT_SNAPSHOT`);
  }

  /** From here on messages come, from where the slot was last confirmed. A failure ends the connection. */
  follow(slot: string, publication: string, listener: StreamListener): void {
    this.#wire.on('copyData', ({ chunk }) => {
      try {
        this.#take(chunk, listener);
      } catch (error) {
        this.#fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
    const options = `proto_version '1', publication_names '"${publication}"'`;
    this.#client
      .query(`START_REPLICATION SLOT "${slot}" LOGICAL 0/0 (${options})`)
      .then(() => this.#fail(new Error('Postgres ended the replication stream')))
      .catch((error: Error) => this.#fail(error));
  }

  /** @param confirmed Postgres may forget what lies before. */
  report(confirmed: bigint, wantsReply: boolean, wallMs: number): void {
    const status = Buffer.alloc(STATUS_BYTES);
    status.write(STATUS, 0);
    for (const at of [1, 9, 17]) status.writeBigInt64BE(confirmed, at); // written, flushed, applied
    status.writeBigInt64BE(BigInt(Math.round((wallMs - POSTGRES_EPOCH_MS) * 1000)), 25);
    status.writeUInt8(wantsReply ? 1 : 0, 33);
    this.#wire.sendCopyFromChunk(status);
  }

  /** Ends it from our side. */
  async close(): Promise<void> {
    await this.#client.end().catch(() => {
      // It broke before: there is nothing to end.
    });
  }

  #take(chunk: Buffer, listener: StreamListener): void {
    const kind = String.fromCharCode(chunk[0] ?? 0);
    if (kind === XLOG_DATA) listener.onData(chunk.subarray(XLOG_DATA_HEADER_BYTES));
    else if (kind === KEEPALIVE) listener.onKeepalive(chunk.readBigInt64BE(1), chunk.readUInt8(17) === 1);
  }
}
