/** The letters of the building as staff see them: text made anew, codes masked unless revealed by right. */
import { describePlace } from '@lockerhub/protocol/bank/layout.ts';
import type { MessageView } from '@lockerhub/protocol/http/staff.ts';
import type { MessageKind } from '@lockerhub/protocol/log/payloads/messages.ts';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { People } from '../people/people.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import type { Store } from '../store/store.ts';
import type { LetterFacts, LetterPlace } from './letter.ts';
import { writeLetter } from './letter.ts';

export interface OutboxOptions {
  readonly store: Pick<Store, 'query'>;
  readonly log: BuildingLog;
  readonly register: Register;
  readonly people: People;
  /** The hub's page for phones; undefined: there is none. */
  readonly pickupPage?: () => string | undefined;
  readonly buildingName: () => string;
  readonly codes: {
    codeOf(holder: string): string | undefined;
    qrOf(holder: string): string | undefined;
  };
}

/** A row of the `messages` projection. */
export interface MessageRow {
  readonly message: string;
  readonly kind: MessageKind;
  readonly resident: string;
  readonly deliveries: readonly string[];
  readonly state: 'queued' | 'sent' | 'delivered' | 'failed' | 'void';
  readonly channel: string | null;
  readonly reason: string | null;
  /** Channels that failed with it after they had taken it, with commas; null: none. */
  readonly without: string | null;
  readonly queued_at: number;
  readonly sent_at: number | null;
  readonly seq: number;
}

interface PlaceRow {
  readonly delivery: string;
  readonly bank: string | null;
  readonly compartment: number | null;
  readonly zone: string | null;
  readonly state: string;
  readonly seq: number;
}

/** Where a delivery is, and whether it still waits there. */
type Place = LetterPlace & { readonly seq: number; readonly waits: boolean };
type Places = ReadonlyMap<string, Place>;

/** Deliveries looked up by one statement: a door waits for it, so it has to be short. */
const PLACES_AT_ONCE = 500;

const COLUMNS =
  'message, kind, resident, deliveries, state, channel, reason, without, queued_at, sent_at, seq';

export class Outbox {
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Messages that wait to be sent, oldest first. */
  queued(limit: number): Promise<readonly MessageRow[]> {
    return this.#options.store.query<MessageRow>(
      `select ${COLUMNS} from messages where state = 'queued' order by seq limit $1`,
      [limit],
    );
  }

  /** A page, newest first; `before` is a `seq`. */
  async page(before: number, limit: number): Promise<{ views: MessageView[]; last: number | null }> {
    const rows = await this.#options.store.query<MessageRow>(
      `select ${COLUMNS} from messages where seq < $1 order by seq desc limit $2`,
      [before, limit],
    );
    const places = await this.#places(rows.flatMap((row) => row.deliveries));
    const views = rows.map((row) => viewOf(row, this.#facts(row, places)));
    return { views, last: rows.length === limit ? (rows.at(-1)?.seq ?? null) : null };
  }

  /** The text with its code; who read it is in the log before it is shown. @throws HubError `not-found`. */
  async reveal(staff: string, message: string): Promise<string> {
    const row = await this.row(message);
    const facts = await this.facts(row);
    await this.#options.log.record(actorOf(staff), [{ type: 'message.revealed', data: { message, staff } }]);
    return writeLetter(facts, false).text;
  }

  /** All that a letter about this message says. */
  async facts(row: MessageRow): Promise<LetterFacts & { readonly isOver: boolean }> {
    const places = await this.#places(row.deliveries);
    const facts = this.#facts(row, places);
    if (row.kind === 'parcel-withdrawn') return { ...facts, isOver: false };
    // What goes out late tells of what is there now: nobody is sent for a parcel that they have.
    const waiting = facts.places.filter(({ waits }) => waits);
    return { ...facts, places: waiting, isOver: facts.places.length > 0 && waiting.length === 0 };
  }

  /** A message's row. @throws HubError `not-found` */
  async row(message: string): Promise<MessageRow> {
    const [row] = await this.#options.store.query<MessageRow>(
      `select ${COLUMNS} from messages where message = $1::uuid`,
      [message],
    );
    if (!row) throw new HubError('not-found', 'no such message; reload the page');
    return row;
  }

  #facts(
    row: MessageRow,
    placeOf: Places,
  ): Omit<LetterFacts, 'places'> & { readonly places: readonly Place[] } {
    const { register, people, buildingName, codes } = this.#options;
    const resident = register.get('residents', row.resident);
    const places = row.deliveries.flatMap((delivery) => placeOf.get(delivery) ?? []);
    return {
      kind: row.kind,
      language: resident?.language ?? 'en',
      building: buildingName(),
      name: resident?.name ?? '',
      unitName: people.residentView(row.resident)?.unitName ?? '',
      places: places.toSorted((a, b) => a.seq - b.seq),
      code: codes.codeOf(row.resident),
      qr: codes.qrOf(row.resident),
      link: this.#link(codes.qrOf(row.resident)),
    };
  }

  /** The code stands behind `#`: no browser sends it anywhere, and no log holds it. */
  #link(qr: string | undefined): string | undefined {
    const page = this.#options.pickupPage?.();
    return qr === undefined || page === undefined ? undefined : `${page}#${qr}`;
  }

  /** Where deliveries are, for a whole page of letters at once: a query for each would keep doors waiting. */
  async #places(deliveries: readonly string[]): Promise<Places> {
    const places = new Map<string, Place>();
    for (let from = 0; from < deliveries.length; from += PLACES_AT_ONCE) {
      const rows = await this.#options.store.query<PlaceRow>(
        'select delivery, bank, compartment, zone, state, seq from deliveries where delivery = any($1::uuid[])',
        [deliveries.slice(from, from + PLACES_AT_ONCE)],
      );
      for (const { delivery, bank, compartment, zone, state, seq } of rows) {
        const waits = state === 'deposited';
        const isAtDesk = bank === null || compartment === null;
        const layout = isAtDesk ? undefined : this.#options.register.get('banks', bank)?.layout;
        const words = layout && !isAtDesk ? describePlace(layout, compartment) : null;
        if (isAtDesk) places.set(delivery, { bankName: '', words: null, seq, waits });
        else if (layout && words)
          places.set(delivery, { bankName: layout.name, words, zone: zone ?? undefined, seq, waits });
      }
    }
    return places;
  }
}

function viewOf(row: MessageRow, facts: LetterFacts): MessageView {
  return {
    message: row.message,
    kind: row.kind,
    residentName: facts.name || null,
    unitName: facts.unitName,
    state: row.state,
    channel: row.channel,
    reason: row.reason,
    queuedAt: row.queued_at,
    sentAt: row.sent_at,
    text: writeLetter(facts, true).text,
  };
}
