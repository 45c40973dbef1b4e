/** The channels as they are set now, ready to send: made anew when their row changes, and only when they are used. */
import type { ChannelName, ChannelSettings } from '@lockerhub/protocol/http/messages.ts';
import type { ChannelSecret, Channels } from './channel-settings.ts';
import type { MailSettings } from './mail.ts';
import { mailServerOf } from './mail-server.ts';
import type { Notifier } from './notifier.ts';
import { createGenericNotifier, createTwilioNotifier } from './sms.ts';

export interface NotifiersOptions {
  readonly channels: Channels;
  /** The mail server of the hub's start; one in the building's settings goes before it. */
  readonly mail: { readonly url: string; readonly from: string } | undefined;
  readonly nowMs: () => number;
}

export class Notifiers {
  readonly #options: NotifiersOptions;
  readonly #made = new Map<ChannelName, Notifier>();
  #row: unknown;

  constructor(options: NotifiersOptions) {
    this.#options = options;
    this.#row = options.channels.row;
  }

  /** Whether the hub was told of a mail server at its start. */
  get hasMail(): boolean {
    return this.#options.mail !== undefined;
  }

  /** `host:port` of the mail server that is used; null: there is none. */
  get mailServer(): string | null {
    const { channels, mail } = this.#options;
    const { settings } = channels.view('email');
    if (settings?.kind === 'smtp') return `${settings.host}:${settings.port}`;
    return mail ? mailServerOf(mail.url) : null;
  }

  /** Undefined: nothing can be sent by it. */
  async get(channel: ChannelName): Promise<Notifier | undefined> {
    if (this.#row !== this.#options.channels.row) this.stop();
    this.#row = this.#options.channels.row;
    if (!this.#options.channels.isSetUp(channel)) return undefined;
    const known = this.#made.get(channel);
    if (known) return known;
    const made = await this.#make(channel);
    if (made) this.#made.set(channel, made);
    return made;
  }

  stop(): void {
    for (const notifier of this.#made.values()) notifier.stop();
    this.#made.clear();
  }

  async #make(channel: ChannelName): Promise<Notifier | undefined> {
    const { channels, mail, nowMs } = this.#options;
    const open = channels.open(channel);
    if (!open) return channel === 'email' && mail ? mailNotifier(mail) : undefined;
    const receiptUrl = (path: string) =>
      channels.receiptsAt === null ? undefined : channels.receiptsAt.replace(/\/$/, '') + path;
    switch (open.kind) {
      case 'smtp':
        return mailNotifier(mailSettings(open));
      case 'twilio':
        return createTwilioNotifier(open, receiptUrl);
      case 'generic':
        return createGenericNotifier(channel === 'sms' ? 'sms' : 'webhook', open, receiptUrl, nowMs);
    }
  }
}

function mailSettings(open: Extract<ChannelSettings, { kind: 'smtp' }> & ChannelSecret): MailSettings {
  const { host, port, tls, user, from, secret } = open;
  return { server: { host, port, secure: tls, ...(user && { auth: { user, pass: secret } }) }, from };
}

/** Loaded where mail is sent at all: a building without a mail server keeps the memory (20 MB). */
async function mailNotifier(
  settings: MailSettings | { readonly url: string; readonly from: string },
): Promise<Notifier> {
  const { createMailNotifier } = await import('./mail.ts');
  return createMailNotifier(
    'url' in settings ? { server: { url: settings.url }, from: settings.from } : settings,
  );
}
