/** Letters by e-mail, with the QR code in the mail itself: a phone on mobile data can fetch nothing from here. */
import { createTransport } from 'nodemailer';
import { toBuffer } from 'qrcode';
import type { Letter } from './letter.ts';
import { type Notifier, NotifierError } from './notifier.ts';

/** A mail server that does not answer by then counts as away. */
const CONNECT_WITHIN_MS = 10_000;
const IDLE_WITHIN_MS = 20_000;
/** Mails at once over connections that are kept. */
const MAX_CONNECTIONS = 2;
/** RFC 5321, 4.2.1: replies 5yz are permanent. */
const PERMANENT_FROM = 500;
/** A module of 6 px makes a code of up to 40 characters about 200 px wide: readable from a phone's screen. */
const QR_MODULE_PX = 6;
const MAX_REASON = 200;

export interface MailSettings {
  /** By an address (smtp:// or smtps://, with user and password if the server wants them), or part by part. */
  readonly server:
    | { readonly url: string }
    | {
        readonly host: string;
        readonly port: number;
        readonly secure: boolean;
        readonly auth?: { readonly user: string; readonly pass: string };
      };
  /** The sender, such as `Parcels <parcels@example.org>`. */
  readonly from: string;
}

/** Sends by SMTP. */
export function createMailNotifier({ server, from }: MailSettings): Notifier {
  const transport = createTransport({
    ...server,
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    connectionTimeout: CONNECT_WITHIN_MS,
    greetingTimeout: CONNECT_WITHIN_MS,
    socketTimeout: IDLE_WITHIN_MS,
    // Letters are made from our own words; nothing in them may read files or fetch addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    channel: 'email',
    async send({ to, letter, qr }) {
      try {
        await transport.sendMail({ from, to, ...(await mailOf(letter, qr)) });
      } catch (cause) {
        throw failed(cause);
      }
    },
    stop: () => transport.close(),
  };
}

async function mailOf(letter: Letter, qr: string | undefined) {
  const { subject, text } = letter;
  if (qr === undefined) return { subject, text };
  const content = await toBuffer(qr, { scale: QR_MODULE_PX, errorCorrectionLevel: 'M' });
  return {
    subject,
    text,
    html: htmlOf(letter),
    attachments: [{ filename: 'code.png', content, cid: 'code', contentType: 'image/png' }],
  };
}

function htmlOf(letter: Letter): string {
  const paragraphs = escapeHtml(letter.text).replaceAll('\n', '<br>\n');
  return `<!doctype html><html lang="${letter.language}" dir="${letter.direction}"><body style="font:16px/1.5 sans-serif;overflow-wrap:anywhere">
<p>${paragraphs}</p>
<p><img src="cid:code" alt="QR" style="image-rendering:pixelated"></p>
</body></html>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The server's words, without addresses: they go into the log, which holds no contacts. */
function failed(cause: unknown): NotifierError {
  const { code, responseCode } = cause as { code?: string; responseCode?: number };
  const permanent = responseCode !== undefined && responseCode >= PERMANENT_FROM;
  const what = responseCode === undefined ? (code ?? 'failed') : `the mail server said ${responseCode}`;
  // A server that answers speaks of this mail; one that does not, or wants another password, is away for all.
  const away = responseCode === undefined || code === 'EAUTH';
  return new NotifierError(
    `mail: ${what}`.slice(0, MAX_REASON),
    { permanent: permanent && !away, away },
    { cause },
  );
}
