/** Gives agents their next certificates in time, over the sessions that their present ones opened. */
import { VERSION } from '@lockerhub/protocol/bank/messages.ts';
import type { MessageOf } from '@lockerhub/protocol/bank/topics.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Logger } from 'pino';
import type { Agents } from './agents.ts';

/** A third of a lifetime is left when it begins to ask: hours don't matter. */
export const LOOK_EVERY_MS = 3_600_000;

export interface RenewalsOptions {
  readonly agents: Pick<Agents, 'dueForRenewal' | 'renew'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether the bank's agent is connected by its certificate. */
  readonly isCertified: (bank: string) => boolean;
  readonly publish: <Name extends 'renew' | 'certificate'>(
    bank: string,
    name: Name,
    message: MessageOf<Name>,
  ) => Promise<boolean>;
}

export class Renewals {
  readonly #options: RenewalsOptions;
  #timer: Timer | undefined;

  constructor(options: RenewalsOptions) {
    this.#options = options;
  }

  start(): void {
    const { agents, clock, isCertified, publish } = this.#options;
    for (const bank of agents.dueForRenewal()) {
      // One that is away, or is cut off meanwhile, is asked at the next look.
      if (isCertified(bank)) void publish(bank, 'renew', { v: VERSION });
    }
    this.#timer = clock.after(LOOK_EVERY_MS, () => this.start());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** An agent's new public key. */
  receive(bank: string, { publicKey }: MessageOf<'renewal'>): void {
    const { agents, log, isCertified, publish } = this.#options;
    if (!isCertified(bank)) return;
    agents.renew(bank, publicKey).then(
      (certificate) =>
        certificate === null ? undefined : publish(bank, 'certificate', { v: VERSION, certificate }),
      (error: unknown) => log.warn({ err: error, bank }, 'a certificate was not renewed; asked again later'),
    );
  }
}
