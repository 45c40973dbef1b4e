/** All webhooks of the building at work: one sender each, so that a slow program slows only itself. */
import type { WebhookBody, WebhookView } from '@lockerhub/protocol/http/webhooks.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { signatureOf } from '@lockerhub/protocol/webhooks/signature.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { Store } from '../store/store.ts';
import { type CallFailure, call } from './call.ts';
import { MAX_RESTING, Place } from './place.ts';
import { BATCH, Sender } from './sender.ts';
import { bodyOf, deliveryOf, isTold, type ToldDelivery, type ToldEntry } from './told.ts';
import type { Webhook, WebhookRows } from './webhook-settings.ts';

const MARK = 'webhook/';
/**
 * A hub that took the building over does not know how far the one before it had come: it tells so much again, and a
 * program knows by the id what it has.
 */
const TOLD_AGAIN = 1_000;
const UNREADABLE = 'its secret was sealed by other keys; make a new one';

export interface WebhooksOptions {
  readonly rows: WebhookRows;
  readonly register: Register;
  readonly log: BuildingLog;
  readonly store: Pick<Store, 'query'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly building: () => string;
  readonly epoch: number;
  readonly onFault: (error: unknown) => void;
}

export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #senders = new Map<string, Sender<ToldEntry>>();
  #unsubscribe: () => void = () => {};

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  /** Goes on where each had come. */
  async start(): Promise<void> {
    const { rows, log } = this.#options;
    for (const webhook of rows.all()) await this.#begin(webhook);
    await this.#forgetRemoved();
    this.#unsubscribe = log.onAppended((entries) => {
      if (entries.length === 0) return;
      for (const sender of this.#senders.values()) sender.wake();
    });
  }

  /** Ends calls under way: they are made again by the next start. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    await Promise.all([...this.#senders.values()].map((sender) => sender.stop()));
    this.#senders.clear();
  }

  /** It was set anew, made or removed. */
  async changed(webhook: string): Promise<void> {
    const known = this.#senders.get(webhook);
    const row = this.#options.rows.all().find((each) => each.webhook === webhook);
    if (row && known) known.changed();
    else if (row) await this.#begin(row);
    if (row) return;
    this.#senders.delete(webhook);
    // Its last call would note how far it came.
    await known?.stop();
    await this.#forgetRemoved();
  }

  /** Of a webhook that is there no more nothing is kept; a hub that was killed in between does it at its start. */
  async #forgetRemoved(): Promise<void> {
    const { store, log, rows } = this.#options;
    const marks = await store.query<{ readonly name: string }>(
      'select name from sync_marks where starts_with(name, $1)',
      [MARK],
    );
    const over = marks.filter(({ name }) => !rows.has(name.slice(MARK.length)));
    if (over.length === 0) return;
    await log.append({ payloads: [], marks: over.map(({ name }) => ({ name, value: null })) });
  }

  view(webhook: Webhook): WebhookView {
    const { log, clock, rows } = this.#options;
    const sender = this.#senders.get(webhook.webhook);
    const { seq, resting } = sender?.place ?? { seq: webhook.from, resting: [] };
    const { url, network, events, personal, old } = webhook;
    const isFull = resting.length >= MAX_RESTING;
    const reason = sender?.reason ?? null;
    const state = isFull ? 'full' : reason === null ? 'ready' : 'failing';
    return {
      ...{ webhook: webhook.webhook, url, network, events: [...events], personal, reason },
      state: rows.secrets(webhook).length === 0 ? 'unreadable' : state,
      behind: log.head().seq - seq,
      resting: [...resting],
      oldSecretUntil: old && old.until > clock.wallMs() ? old.until : null,
    };
  }

  sendAgain(webhook: string): void {
    this.#senders.get(webhook)?.sendAgain();
  }

  async forget(webhook: string): Promise<void> {
    await this.#senders.get(webhook)?.forget();
  }

  /** One call now, whatever else waits. */
  test(webhook: Webhook): Promise<CallFailure> {
    const { clock, random, building, log, epoch } = this.#options;
    const timestamp = new Date(clock.wallMs()).toISOString();
    const data = { building: building(), epoch, seq: log.head().seq, entry: {}, delivery: null } as const;
    const body: WebhookBody = {
      type: 'webhook.test',
      timestamp,
      data: { ...data, clock: 'trusted', by: { kind: 'hub' } },
    };
    const never = new AbortController().signal;
    return this.#call(webhook, `test-${newId(clock, random)}`, body, never);
  }

  async #begin({ webhook, from }: Webhook): Promise<void> {
    const { clock, random, onFault, log } = this.#options;
    const place = (await this.#kept(webhook)) ?? {
      seq: Math.max(from, log.head().seq - TOLD_AGAIN),
      resting: [],
    };
    const sender = new Sender<ToldEntry>(
      {
        clock,
        random,
        after: (seq) => this.#entries('seq > $1 order by seq limit $2', [seq, BATCH]),
        at: async (seq) => (await this.#entries('seq = $1', [seq]))[0],
        isWanted: (entry) => isTold(entry, this.#row(webhook)?.events ?? []),
        call: (entry, signal) => this.#tell(webhook, entry, signal),
        keep: (next) =>
          log
            .append({ payloads: [], marks: [{ name: MARK + webhook, value: JSON.stringify(next) }] })
            .then(() => {}),
        onFault,
      },
      place,
    );
    this.#senders.set(webhook, sender);
    sender.wake();
  }

  #entries(where: string, parameters: readonly number[]): Promise<readonly ToldEntry[]> {
    return this.#options.store.query<ToldEntry>(
      `select seq, epoch, type, payload from log where ${where}`,
      parameters,
    );
  }

  async #kept(webhook: string): Promise<Place | undefined> {
    const [mark] = await this.#options.store.query<{ readonly value: string }>(
      'select value from sync_marks where name = $1',
      [MARK + webhook],
    );
    return mark && Place.parse(JSON.parse(mark.value));
  }

  #row(webhook: string): Webhook | undefined {
    return this.#options.rows.all().find((each) => each.webhook === webhook);
  }

  async #tell(webhook: string, entry: ToldEntry, signal: AbortSignal): Promise<CallFailure> {
    const row = this.#row(webhook);
    // It was just removed: nobody waits for what is left.
    if (!row) return null;
    const delivery = deliveryOf(entry);
    const about = delivery === undefined ? null : await this.#about(delivery, row.personal);
    const body = bodyOf(entry, this.#options.building(), about);
    return this.#call(row, `${entry.epoch}.${entry.seq}`, body, signal);
  }

  async #call(webhook: Webhook, id: string, content: WebhookBody, signal: AbortSignal): Promise<CallFailure> {
    const secrets = this.#options.rows.secrets(webhook);
    if (secrets.length === 0) return UNREADABLE;
    const body = JSON.stringify(content);
    const timestamp = Math.floor(this.#options.clock.wallMs() / 1000);
    return call({
      url: webhook.url,
      network: webhook.network,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Lockerhub',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': secrets.map((secret) => signatureOf(secret, id, timestamp, body)).join(' '),
      },
      body,
      signal,
    });
  }

  /** What rows know of a delivery now; what was erased meanwhile is told no more. */
  async #about(delivery: string, personal: boolean): Promise<ToldDelivery | null> {
    const { store, register } = this.#options;
    const [row] = await store.query<{
      readonly unit: string | null;
      readonly resident: string | null;
      readonly carrier: string | null;
      readonly tracking: string | null;
    }>(
      `select d.unit, d.resident, d.carrier, p.tracking from deliveries d
        left join parcels p on p.id = d.delivery where d.delivery = $1::uuid`,
      [delivery],
    );
    if (!row) return null;
    const { unit, carrier, resident, tracking } = row;
    const plain = {
      unit: (unit && register.get('units', unit)?.name) ?? null,
      carrier: (carrier && register.get('carriers', carrier)?.name) ?? null,
    };
    if (!personal) return plain;
    return { ...plain, recipient: (resident && register.get('residents', resident)?.name) ?? null, tracking };
  }
}
