/** The building's webhooks, a row each among the settings. Secrets in them are sealed (`notifications/seal.ts`). */
import { WebhookEvent } from '@lockerhub/protocol/http/webhooks.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { newWebhookSecret } from '@lockerhub/protocol/webhooks/signature.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import { SettingRows } from '../log/setting-rows.ts';
import { openSecret, sealSecret } from '../notifications/seal.ts';

/** Webhooks of a building; each is a loop of its own. */
const MAX_WEBHOOKS = 20;
/** So long a secret that was replaced signs too: time to put the new one into the program. */
export const OVERLAP_MS = 24 * 3_600_000;

const Settings = z.object({
  url: z.string(),
  network: z.enum(['internet', 'building']),
  events: z.array(WebhookEvent),
  personal: z.boolean(),
});
export type Settings = z.infer<typeof Settings>;
const Kept = Settings.extend({
  /** The head of the log when it was made: it is told of what came after. */
  from: z.int(),
  sealed: z.string(),
  old: z.object({ sealed: z.string(), until: z.number() }).nullable(),
});
type Kept = z.infer<typeof Kept>;
export type Webhook = Kept & { readonly webhook: string };

export interface WebhookRowsOptions {
  readonly register: Register;
  readonly log: BuildingLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly rootKey: Uint8Array;
}

export class WebhookRows {
  readonly #options: WebhookRowsOptions;
  readonly #rows: SettingRows<typeof Kept>;

  constructor(options: WebhookRowsOptions) {
    this.#options = options;
    this.#rows = new SettingRows(options.register, 'webhook', Kept);
  }

  all(): readonly Webhook[] {
    return this.#rows.all().map(({ id, kept }) => ({ ...kept, webhook: id }));
  }

  /** Also one that only newer software can read. */
  has(webhook: string): boolean {
    return this.#rows.has(webhook);
  }

  /** @throws HubError `not-found` */
  get(webhook: string): Webhook {
    const found = this.all().find((each) => each.webhook === webhook);
    if (!found) throw new HubError('not-found', 'no such webhook; reload the page');
    return found;
  }

  /** The secrets that sign now, the newest first; none: they were sealed by other keys. */
  secrets({ webhook, sealed, old }: Webhook): readonly string[] {
    const kept = [sealed, ...(old && old.until > this.#options.clock.wallMs() ? [old.sealed] : [])];
    return kept.flatMap((each) => openSecret(this.#options.rootKey, aboutOf(webhook), each) ?? []);
  }

  /** @returns the secret, to be shown this once. @throws HubError `too-many-keys` */
  async add(by: Actor, settings: Settings): Promise<{ readonly webhook: string; readonly secret: string }> {
    const { clock, random, log } = this.#options;
    if (this.all().length >= MAX_WEBHOOKS) {
      throw new HubError('too-many-keys', `there are ${MAX_WEBHOOKS} webhooks; remove one that is not used`);
    }
    const webhook = newId(clock, random);
    const secret = newWebhookSecret(random);
    const from = log.head().seq;
    await this.#write(by, webhook, { ...settings, from, sealed: this.#seal(webhook, secret), old: null });
    return { webhook, secret };
  }

  async change(by: Actor, webhook: string, settings: Settings): Promise<void> {
    const { webhook: _, ...kept } = this.get(webhook);
    await this.#write(by, webhook, { ...kept, ...settings });
  }

  /** A new secret; the one before it signs too for a while. */
  async rotate(by: Actor, webhook: string): Promise<string> {
    const { clock, random } = this.#options;
    const { webhook: _, ...kept } = this.get(webhook);
    const secret = newWebhookSecret(random);
    const old = { sealed: kept.sealed, until: clock.wallMs() + OVERLAP_MS };
    await this.#write(by, webhook, { ...kept, sealed: this.#seal(webhook, secret), old });
    return secret;
  }

  async remove(by: Actor, webhook: string): Promise<void> {
    this.get(webhook);
    await this.#write(by, webhook, null);
  }

  #seal(webhook: string, secret: string): string {
    return sealSecret(this.#options.rootKey, aboutOf(webhook), secret, this.#options.random);
  }

  async #write(by: Actor, webhook: string, kept: Kept | null): Promise<void> {
    await this.#options.log.record(
      by,
      [{ type: 'row.changed', data: { table: 'policies', row: 'webhooks', fields: [webhook] } }],
      [this.#rows.change(webhook, kept)],
    );
  }
}

function aboutOf(webhook: string): string {
  return `webhooks/${webhook}`;
}
