/** The building's ways to send messages: the row `channels` of the settings. Secrets in it are sealed (`seal.ts`). */
import {
  ChannelName,
  ChannelSettings,
  type ChannelView,
  type Contact,
  type GenericSettings as Generic,
  KINDS_OF_CHANNEL,
  type NewChannel,
  type TwilioSettings as Twilio,
} from '@lockerhub/protocol/http/messages.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { newWebhookSecret } from '@lockerhub/protocol/webhooks/signature.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import { openSecret, sealSecret } from './seal.ts';

export type TwilioSettings = z.infer<typeof Twilio>;
export type GenericSettings = z.infer<typeof Generic>;
export interface ChannelSecret {
  readonly secret: string;
}
/** A channel as it is used. */
type OpenChannel = ChannelSettings & ChannelSecret;

const ROW = 'channels';
const RECEIPTS_AT = 'receiptsAt';
/** When a test last went out by a channel, by the hub's wall clock; null: none since it was set. */
const TestedAt = z.number().nullable().catch(null);
const Kept = z.object({ settings: ChannelSettings, sealed: z.string() });

export interface ChannelSettingsOptions {
  readonly register: Register;
  readonly log: BuildingLog;
  readonly random: Random;
  /** Seals the secrets. */
  readonly rootKey: Uint8Array;
  /** The hub was told of a mail server at its start. */
  readonly mail: boolean;
}

export class Channels {
  readonly #options: ChannelSettingsOptions;
  /** What is set up, as of one row: it is asked for with each parcel, and opening a secret takes time. */
  #setUp: { readonly row: unknown; readonly channels: ReadonlySet<ChannelName> } | undefined;

  constructor(options: ChannelSettingsOptions) {
    this.#options = options;
  }

  /** The row as it now is: another object after each change. */
  get row(): unknown {
    return this.#options.register.get('settings', ROW);
  }

  /** Where providers reach this hub; null: nowhere. */
  get receiptsAt(): string | null {
    return z
      .string()
      .nullable()
      .catch(null)
      .parse(this.#value()[RECEIPTS_AT] ?? null);
  }

  /** A channel with its secret; undefined: not set, or sealed by other keys. */
  open(channel: ChannelName): OpenChannel | undefined {
    const kept = this.#kept(channel);
    const secret = kept && openSecret(this.#options.rootKey, aboutOf(channel), kept.sealed);
    return kept && secret !== undefined ? { ...kept.settings, secret } : undefined;
  }

  /** Whether anything can be sent by it. */
  isSetUp(channel: ChannelName): boolean {
    return this.#channelsNow().has(channel);
  }

  /**
   * Whether somebody with these contacts can be told. A contact without a channel tells nobody; but a building that has
   * set up no channel at all tells its residents itself, from the outbox.
   */
  canTell(contacts: readonly Contact[]): boolean {
    const channels = this.#channelsNow();
    return contacts.some(({ channel }) => channels.size === 0 || channels.has(channel));
  }

  #channelsNow(): ReadonlySet<ChannelName> {
    const { row } = this;
    if (this.#setUp && this.#setUp.row === row) return this.#setUp.channels;
    const channels = new Set(
      ChannelName.options.filter(
        (channel) => (channel === 'email' && this.#options.mail) || this.open(channel) !== undefined,
      ),
    );
    this.#setUp = { row, channels };
    return channels;
  }

  view(channel: ChannelName): Pick<ChannelView, 'channel' | 'settings' | 'state'> {
    const kept = this.#kept(channel);
    if (!kept) return { channel, settings: null, state: 'none' };
    return { channel, settings: kept.settings, state: this.open(channel) ? 'ready' : 'unreadable' };
  }

  /**
   * Sets a channel. @returns the secret if one was made for it, to be shown this once.
   *
   * @throws HubError `request-invalid`
   */
  async set(by: Actor, channel: ChannelName, { settings, secret }: NewChannel): Promise<string | undefined> {
    if (!(KINDS_OF_CHANNEL[channel] as readonly string[]).includes(settings.kind)) {
      throw new HubError('request-invalid', `${channel} is never of the kind "${settings.kind}"`, {
        where: 'body.settings.kind',
      });
    }
    const { random, rootKey } = this.#options;
    const before = this.open(channel);
    const isSame = before?.kind === settings.kind;
    const made = settings.kind === 'generic' && !secret && !isSame ? newWebhookSecret(random) : undefined;
    const kept = secret ?? made ?? (isSame ? before?.secret : undefined) ?? '';
    if (settings.kind === 'generic' && !kept.startsWith('whsec_')) {
      throw new HubError(
        'request-invalid',
        'a secret that signs begins with whsec_; leave it out to get one',
        {
          where: 'body.secret',
        },
      );
    }
    const sealed = sealSecret(rootKey, aboutOf(channel), kept, random);
    await this.#write(by, { [channel]: { settings, sealed }, [testOf(channel)]: null }, channel);
    return made;
  }

  /** Takes a channel away, with its secret. */
  async remove(by: Actor, channel: ChannelName): Promise<void> {
    if (this.#kept(channel)) await this.#write(by, { [channel]: null, [testOf(channel)]: null }, channel);
  }

  /** When a test last went out by it; null: none since it was set. */
  testedAt(channel: ChannelName): number | null {
    return TestedAt.parse(this.#value()[testOf(channel)] ?? null);
  }

  /** A test went out by it just now. */
  tested(by: Actor, channel: ChannelName): Promise<void> {
    const { log } = this.#options;
    return this.#write(by, { [testOf(channel)]: log.now() }, testOf(channel));
  }

  async setReceiptsAt(by: Actor, address: string | null): Promise<void> {
    if (address !== this.receiptsAt) await this.#write(by, { [RECEIPTS_AT]: address }, RECEIPTS_AT);
  }

  #kept(channel: ChannelName): z.infer<typeof Kept> | undefined {
    return Kept.safeParse(this.#value()[channel]).data;
  }

  #value(): Readonly<Record<string, unknown>> {
    return this.#options.register.get('settings', ROW)?.value ?? {};
  }

  async #write(by: Actor, change: Readonly<Record<string, unknown>>, field: string): Promise<void> {
    await this.#options.log.record(
      by,
      [{ type: 'row.changed', data: { table: 'policies', row: ROW, fields: [field] } }],
      [{ table: 'settings', row: { id: ROW, value: { ...this.#value(), ...change } } }],
    );
  }
}

/** The key beside the channel's own: each is a field that hub and cloud merge, and is called like one (field-merge.ts). */
function testOf(channel: ChannelName): string {
  return `${channel}Tested`;
}

function aboutOf(channel: ChannelName): string {
  return `channels/${channel}`;
}
