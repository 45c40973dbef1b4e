/** Letters as text messages: through Twilio's API (and those who speak it), or any program that takes a signed call. */
import { signedHeaders } from '@lockerhub/protocol/webhooks/signature.ts';
import type { ChannelSecret, GenericSettings, TwilioSettings } from './channel-settings.ts';
import type { Notifier } from './notifier.ts';
import { post } from './post.ts';

/** Where a provider tells what became of a message; undefined: nowhere. */
export type ReceiptUrl = (path: string) => string | undefined;

/** Twilio's API of 2010-04-01, "Create a Message resource". */
export function createTwilioNotifier(
  { apiUrl, account, from, secret }: TwilioSettings & ChannelSecret,
  receiptUrl: ReceiptUrl,
): Notifier {
  const url = `${apiUrl.replace(/\/$/, '')}/2010-04-01/Accounts/${encodeURIComponent(account)}/Messages.json`;
  const authorization = `Basic ${Buffer.from(`${account}:${secret}`).toString('base64')}`;
  return {
    channel: 'sms',
    send: ({ message, to, letter }) => {
      const callback = receiptUrl(`/api/v1/receipts/twilio/${message}`);
      const fields = {
        To: to,
        From: from,
        Body: letter.short,
        ...(callback && { StatusCallback: callback }),
      };
      return post({
        what: 'sms',
        url,
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      });
    },
    stop: () => {},
  };
}

/** One signed call a message, for text messages and for programs that tell residents in their own way. */
export function createGenericNotifier(
  channel: 'sms' | 'webhook',
  { url, from, secret }: GenericSettings & ChannelSecret,
  receiptUrl: ReceiptUrl,
  nowMs: () => number,
): Notifier {
  return {
    channel,
    send: ({ message, to, letter, qr }) => {
      const { short, subject, text, language, direction } = letter;
      const body = JSON.stringify({
        id: message,
        to,
        from,
        ...(channel === 'sms' ? { text: short } : { subject, text, language, direction, qr }),
        callback: receiptUrl(`/api/v1/receipts/${channel}/${message}`),
      });
      const headers = {
        'content-type': 'application/json',
        ...signedHeaders(secret, message, nowMs(), body),
      };
      return post({ what: channel, url, headers, body });
    },
    stop: () => {},
  };
}
