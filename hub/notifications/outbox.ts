/** The letters of the building as staff see them: text made anew, codes masked unless revealed by right. */
import { describePlace } from '@lockerhub/protocol/bank/layout.ts';
import type { MessageView } from '@lockerhub/protocol/http/staff.ts';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { People } from '../people/people.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import type { Store } from '../store/store.ts';
import type { LetterFacts, LetterPlace } from './letter.ts';
import { writeLetter } from './letter.ts';
import type { LetterKind } from './words.ts';

export interface OutboxOptions {
  readonly store: Pick<Store, 'query'>;
  readonly log: BuildingLog;
  readonly register: Register;
  readonly people: People;
  readonly buildingName: () => string;
  readonly codes: {
    codeOf(holder: string): string | undefined;
    qrOf(holder: string): string | undefined;
  };
}

/** A row of the `messages` projection. */
export interface MessageRow {
  readonly message: string;
  readonly kind: LetterKind;
  readonly resident: string;
  readonly deliveries: readonly string[];
  readonly state: 'queued' | 'sent' | 'failed';
  readonly channel: string | null;
  readonly reason: string | null;
  readonly queued_at: number;
  readonly sent_at: number | null;
  readonly seq: number;
}

const COLUMNS = 'message, kind, resident, deliveries, state, channel, reason, queued_at, sent_at, seq';

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
    const views = await Promise.all(rows.map((row) => this.#view(row)));
    return { views, last: rows.length === limit ? (rows.at(-1)?.seq ?? null) : null };
  }

  /** The text with its code; who read it is in the log before it is shown. @throws HubError `not-found`. */
  async reveal(staff: string, message: string): Promise<string> {
    const [row] = await this.#options.store.query<MessageRow>(
      `select ${COLUMNS} from messages where message = $1::uuid`,
      [message],
    );
    if (!row) throw new HubError('not-found', 'no such message; reload the page');
    const facts = await this.facts(row);
    await this.#options.log.record(actorOf(staff), [{ type: 'message.revealed', data: { message, staff } }]);
    return writeLetter(facts, false).text;
  }

  /** All that a letter about this message says. */
  async facts(row: MessageRow): Promise<LetterFacts> {
    const resident = this.#options.register.get('residents', row.resident);
    return {
      kind: row.kind,
      language: resident?.language ?? 'en',
      building: this.#options.buildingName(),
      name: resident?.name ?? '',
      unitName: this.#options.people.residentView(row.resident)?.unitName ?? '',
      places: await this.#places(row.deliveries),
      code: this.#options.codes.codeOf(row.resident),
      qr: this.#options.codes.qrOf(row.resident),
    };
  }

  async #places(deliveries: readonly string[]): Promise<LetterPlace[]> {
    const rows = await this.#options.store.query<{ bank: string; compartment: number }>(
      'select bank, compartment from deliveries where delivery = any($1::uuid[]) order by seq',
      [deliveries],
    );
    return rows.flatMap(({ bank, compartment }) => {
      const layout = this.#options.register.get('banks', bank)?.layout;
      const words = layout && describePlace(layout, compartment);
      return layout && words ? [{ bankName: layout.name, words }] : [];
    });
  }

  async #view(row: MessageRow): Promise<MessageView> {
    const facts = await this.facts(row);
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
}
