/** A mail server for tests: takes what comes by SMTP, knows no `nobody@…`, and can be away. */
import type { AddressInfo, Socket } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';

export interface TakenMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

export class MailSink {
  readonly #server: SMTPServer;
  readonly mails: TakenMail[] = [];
  readonly #sockets = new Set<Socket>();
  #state: 'up' | 'away' = 'up';

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      onRcptTo({ address }, _session, done) {
        const isNobody = address.startsWith('nobody@');
        done(isNobody ? Object.assign(new Error(`${address} is not here`), { responseCode: 550 }) : null);
      },
      onData: (stream, session, done) => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        this.#take(stream, to).then(() => done(), done);
      },
    });
    // A client that is cut off is no fault of the server's.
    this.#server.on('error', () => {});
    this.#server.server.on('connection', (socket: Socket) => {
      if (this.#state === 'away') socket.destroy();
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Listens on a port that the system gives. */
  static async start(): Promise<MailSink> {
    const sink = new MailSink();
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** As a hub is told of it at its start. */
  get smtp(): { readonly url: string; readonly from: string } {
    return { url: `smtp://127.0.0.1:${this.port}`, from: 'Lockers <lockers@example.org>' };
  }

  /** Away: whoever is there is cut off, and whoever comes. */
  set state(state: 'up' | 'away') {
    this.#state = state;
    if (state === 'away') for (const socket of this.#sockets) socket.destroy();
  }

  /** What came for one address, oldest first. */
  mailsTo(address: string): readonly TakenMail[] {
    return this.mails.filter(({ to }) => to.includes(address));
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #take(stream: SMTPServerDataStream, to: readonly string[]): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const { subject = '', text = '' } = await PostalMime.parse(Buffer.concat(chunks));
    this.mails.push({ to, subject, text });
  }
}
