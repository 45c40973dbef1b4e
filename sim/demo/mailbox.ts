/** The residents' mail provider: takes what the hub's notifier sends by SMTP, and keeps it to be looked at. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import PostalMime, { type Attachment } from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { z } from 'zod';

/** Mails kept; older ones are dropped. */
const MAILS_KEPT = 200;
/** The largest mail taken; larger ones are refused as RFC 1870 says. A message with a QR code has about 10 kB. */
const MAIL_BYTES = 1024 * 1024;
const CLIENTS_AT_ONCE = 10;

/** A mail as a phone shows it. `html` has its pictures inside it; null for a mail of text alone. */
const Mail = z.object({
  /** Counts from 1. */
  number: z.int(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
  html: z.string().nullable(),
  atMs: z.number(),
});
export type Mail = z.infer<typeof Mail>;

/** A running SMTP server that keeps what it gets, in a file (a mail a line) over restarts. */
export class Mailbox {
  readonly #server: SMTPServer;
  readonly #clock: Clock;
  readonly #file: string;
  readonly #onMail: (mail: Mail) => void;
  #mails: Mail[] = [];
  #port = 0;

  /** @param file where mails are kept; it may not exist yet. */
  constructor(file: string, clock: Clock, onMail: (mail: Mail) => void = () => {}) {
    this.#file = file;
    this.#clock = clock;
    this.#onMail = onMail;
    this.#server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      size: MAIL_BYTES,
      maxClients: CLIENTS_AT_ONCE,
      disableReverseLookup: true,
      logger: false,
      onData: (stream, session, done) => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        this.#take(stream, to).then(
          () => done(),
          (error: Error) => done(error),
        );
      },
    });
    // A client that goes away in the middle is its own affair; without a listener it would end the process.
    this.#server.on('error', () => {});
  }

  /** Listens on 127.0.0.1. @param port 0 takes any free one. */
  async open(port = 0): Promise<void> {
    this.#mails = readKept(this.#file);
    writeFileSync(this.#file, this.#mails.map((mail) => `${JSON.stringify(mail)}\n`).join(''), {
      mode: 0o600,
    });
    await new Promise<void>((resolve, reject) => {
      this.#server.server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.server.address() as AddressInfo).port;
  }

  get port(): number {
    return this.#port;
  }

  /** What came in, oldest first. */
  get mails(): readonly Mail[] {
    return this.#mails;
  }

  /** What came for one address after the mail `number`. */
  mailsTo(address: string, number = 0): readonly Mail[] {
    return this.#mails.filter((mail) => mail.number > number && mail.to.includes(address));
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }

  async #take(stream: SMTPServerDataStream, to: readonly string[]): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) {
      if (!stream.sizeExceeded) chunks.push(chunk as Buffer);
    }
    if (stream.sizeExceeded) {
      throw Object.assign(new Error(`mail over ${MAIL_BYTES} bytes`), { responseCode: 552 });
    }
    const mail = await PostalMime.parse(Buffer.concat(chunks), { attachmentEncoding: 'base64' });
    const taken: Mail = {
      number: (this.#mails.at(-1)?.number ?? 0) + 1,
      to: [...to],
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      html: mail.html ? withPictures(mail.html, mail.attachments) : null,
      atMs: this.#clock.wallMs(),
    };
    this.#mails = [...this.#mails, taken].slice(-MAILS_KEPT);
    appendFileSync(this.#file, `${JSON.stringify(taken)}\n`, { mode: 0o600 });
    this.#onMail(taken);
  }
}

/** What an earlier run kept. A last line that a power cut tore is dropped, as mail that never came. */
function readKept(file: string): Mail[] {
  const lines = readIfThere(file).split('\n').filter(Boolean);
  return lines
    .flatMap((line) => {
      const mail = Mail.safeParse(parseJson(line));
      return mail.success ? [mail.data] : [];
    })
    .slice(-MAILS_KEPT);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Puts pictures that a mail carries (RFC 2392, `cid:`) into its HTML, as a mail program does. */
function withPictures(html: string, attachments: readonly Attachment[]): string {
  return attachments.reduce((page, { contentId, mimeType, content }) => {
    if (!contentId || typeof content !== 'string') return page;
    const name = contentId.replace(/^<|>$/g, '');
    return page.replaceAll(`cid:${name}`, `data:${mimeType};base64,${content}`);
  }, html);
}
