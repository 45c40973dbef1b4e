/** The residents' phones: a provider of text messages takes what the hub sends, and it is kept to be looked at. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { ChannelView } from '@lockerhub/protocol/http/messages.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { z } from 'zod';
import type { PhoneProvider, TextMessage } from '../phone/phone-provider.ts';
import { BUILDING_PHONE } from './linden-court.ts';
import { NotNow } from './not-now.ts';
import type { StaffLink } from './staff-link.ts';

/** Text messages kept; older ones are dropped. */
const TEXTS_KEPT = 200;

/** What became of a text message, as its provider tells the hub. */
export const TextFate = z.enum(['delivered', 'failed']);
export type TextFate = z.infer<typeof TextFate>;

/** A text message as a phone shows it. */
const Text = z.object({
  /** Counts from 1. */
  number: z.int(),
  to: z.string(),
  text: z.string(),
  atMs: z.number(),
  /** `sent`: nobody has said what became of it. */
  state: z.enum(['sent', ...TextFate.options]),
  /** Where the hub is told; absent: nowhere. */
  callback: z.string().optional(),
});
export type Text = z.infer<typeof Text>;

export interface PhonesOptions {
  /** Where texts are kept over restarts; it may not exist yet. */
  readonly file: string;
  readonly clock: Clock;
  /** Its phones are these; it is stopped by whoever started it. */
  readonly provider: PhoneProvider;
  readonly onChanged: () => void;
}

export class Phones {
  readonly #options: PhonesOptions;
  #texts: readonly Text[];

  constructor(options: PhonesOptions) {
    this.#options = options;
    this.#texts = readKept(options.file);
    options.provider.onMessage = (message) => this.#take(message);
  }

  /** What came in, oldest first. */
  get texts(): readonly Text[] {
    return this.#texts;
  }

  /** Has the hub send its text messages to these phones, and be told what became of them. @throws HubRefusal */
  async connect(staff: StaffLink, hubAddress: string): Promise<void> {
    const { url, account, token } = this.#options.provider;
    await staff.act('/api/v1/receipts-address', { receiptsAt: hubAddress });
    const settings = { kind: 'twilio', apiUrl: url, account, from: BUILDING_PHONE };
    await staff.ask('POST', '/api/v1/channels/sms', ChannelView, { settings, secret: token });
  }

  /** The provider tells the hub what became of a text, once. @throws NotNow */
  async tell(number: number, state: TextFate): Promise<void> {
    const text = this.#texts.find((each) => each.number === number);
    if (text?.state !== 'sent') throw new NotNow('what became of this message was told already');
    const { provider, clock } = this.#options;
    const status = await provider
      .tell({ callback: undefined, ...text }, state, clock.wallMs())
      .catch(() => 0);
    if (status !== 204) throw new NotNow('the hub did not hear what became of the message; tell it again');
    this.#keep(this.#texts.map((each) => (each.number === number ? { ...each, state } : each)));
  }

  #take({ to, text, callback }: TextMessage): void {
    const number = (this.#texts.at(-1)?.number ?? 0) + 1;
    const taken: Text = { number, to, text, atMs: this.#options.clock.wallMs(), state: 'sent' };
    this.#keep([...this.#texts, callback === undefined ? taken : { ...taken, callback }].slice(-TEXTS_KEPT));
  }

  #keep(texts: readonly Text[]): void {
    this.#texts = texts;
    const { file, onChanged } = this.#options;
    writeFileSync(`${file}.new`, JSON.stringify(texts), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    onChanged();
  }
}

function readKept(file: string): Text[] {
  try {
    return z.array(Text).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`${file} holds no text messages; remove it`, { cause: error });
  }
}
