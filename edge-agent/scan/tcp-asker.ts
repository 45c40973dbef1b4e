/** Asks over Modbus TCP, one connection at a time: a device, or a gateway with units behind it. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { fraction, type Random } from '@lockerhub/protocol/time/random.ts';
import { AgentError } from '../error.ts';
import { CheckedPort } from '../lines/checked-port.ts';
import { clientOn, exchange, type ModbusClient } from '../lines/exchange.ts';
import type { Asker } from './asker.ts';
import { type Hearing, NOTHING } from './hearing.ts';
import { type Question, requestOf } from './question.ts';

/** As long as a line waits for a connection. */
const CONNECT_WITHIN_MS = 3_000;
/** A gateway that has no way to a unit, or got no answer from it (MODBUS Application Protocol V1.1b3, section 7). */
const NOBODY_THERE: ReadonlySet<number> = new Set([10, 11]);
const TRANSACTIONS = 0x10000;

export interface TcpAskerOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly random: Random;
}

interface Session {
  readonly port: CheckedPort;
  readonly client: ModbusClient;
  /** Told once, when the connection is gone or out of step. */
  onEnd: (kind: 'lost' | 'garbled') => void;
}

/**
 * Connects.
 *
 * @throws AgentError `scan-failed`
 */
export async function openTcpAsker(options: TcpAskerOptions): Promise<Asker> {
  const asker = new TcpAsker(options);
  await asker.connect();
  return asker;
}

class TcpAsker implements Asker {
  readonly unasked = 'nothing';
  readonly #options: TcpAskerOptions;
  #session: Session | undefined;

  constructor(options: TcpAskerOptions) {
    this.#options = options;
  }

  async connect(): Promise<void> {
    const { host, port, clock, random } = this.#options;
    const failed = (why: string, cause?: Error): AgentError =>
      new AgentError('scan-failed', `${host}:${port}: ${why}`, cause ? { cause } : undefined);
    await new Promise<void>((resolve, reject) => {
      const first = Math.floor(fraction(random) * TRANSACTIONS);
      const checked = new CheckedPort({ host, port }, first, {
        lost: (message, cause) => {
          reject(failed(message, cause));
          session.onEnd('lost');
        },
        garbage: () => session.onEnd('garbled'),
        heard: () => {},
      });
      const session: Session = { port: checked, client: clientOn(checked), onEnd: () => {} };
      const timer = clock.after(CONNECT_WITHIN_MS, () => {
        checked.destroy();
        reject(failed(`no connection within ${CONNECT_WITHIN_MS} ms`));
      });
      session.client.open(() => {
        timer.cancel();
        this.#session = session;
        resolve();
      });
    });
  }

  async ask(question: Question, withinMs: number): Promise<Hearing> {
    // A device that ends the connection over a question does not want it; the next one gets a fresh connection.
    if (!this.#session) await this.connect();
    const session = this.#session;
    if (!session) return NOTHING;
    const hearing = await this.#exchange(session, question, withinMs);
    if (hearing.kind === 'garbled' || !session.port.isOpen) await this.close();
    return hearing;
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (session) await new Promise<void>((resolve) => session.port.destroy(resolve));
  }

  #exchange(session: Session, question: Question, withinMs: number): Promise<Hearing> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(withinMs, () => resolve(NOTHING));
      const end = (hearing: Hearing): void => {
        timer.cancel();
        resolve(hearing);
      };
      session.onEnd = (kind) => end(kind === 'lost' ? NOTHING : { ...NOTHING, kind });
      exchange(session.client, requestOf(question), (result) => {
        if (result.kind === 'values') end({ ...NOTHING, kind: 'answer', values: true });
        else if (result.kind === 'failure') end({ ...NOTHING, kind: 'garbled' });
        else end(NOBODY_THERE.has(result.code) ? NOTHING : { ...NOTHING, kind: 'answer' });
      });
    });
  }
}
