/** What a gateway does by itself for operators: rounds through the buildings, and notices that are due. */
import type { Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Gateway } from '../api/api.ts';
import { goRound } from '../fleet/round.ts';
import { AlarmMail } from './mail.ts';
import { forgetOld, type NoticeWork, sendDue } from './notices.ts';
import { callWebhook } from './webhook.ts';

/** How often a gateway looks whether a round or a notice is due; both are claimed by one gateway. */
const LOOK_EVERY_MS = 2_000;
/** Old notices are forgotten once in so many looks: an hour. */
const LOOKS_A_TIDYING = 1_800;

export class Watch {
  readonly #gateway: Gateway;
  readonly #mail: AlarmMail | null;
  readonly #work: NoticeWork;
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #looks = 0;
  #stopped = false;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    const { mail, webhooks } = gateway.config.alarms;
    this.#mail = mail && new AlarmMail(mail);
    this.#work = {
      ...gateway,
      send: async (id, body, { channel, address, secret }) => {
        const nowMs = gateway.clock.wallMs();
        if (channel === 'webhook') {
          await callWebhook({ address, secret: secret ?? '' }, { id, body, nowMs }, webhooks);
        } else if (this.#mail) {
          await this.#mail.send(address, id, body);
        } else {
          throw new Error('this cloud sends no mail: its smtp-url is not set');
        }
      },
    };
  }

  start(): void {
    if (this.#stopped) return;
    this.#timer = this.#gateway.clock.after(LOOK_EVERY_MS, () => {
      this.#running = this.#look().then(() => this.start());
    });
  }

  /** Finishes what is being done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
    this.#mail?.stop();
  }

  /** A database that is away is asked again at the next look. */
  async #look(): Promise<void> {
    this.#looks += 1;
    const { log } = this.#gateway;
    await goRound(this.#gateway).catch((error: unknown) => log.warn({ err: error }, 'a round failed'));
    await sendDue(this.#work).catch((error: unknown) =>
      log.warn({ err: error }, 'notices could not be sent'),
    );
    if (this.#looks % LOOKS_A_TIDYING !== 0) return;
    await forgetOld(this.#work).catch((error: unknown) =>
      log.warn({ err: error }, 'old notices could not be forgotten'),
    );
  }
}
