/** Keeps every agent that takes them in possession of its bank's newest pickup list. */
import { createHmac } from 'node:crypto';
import { ListSeal } from '@lockerhub/edge-agent/pickups/sealed-list.ts';
import { MAX_POWERED_HOURS, type SignedList } from '@lockerhub/protocol/bank/pickup-list.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Logger } from 'pino';
import { type ListContent, type ListSource, listContent } from './list-content.ts';

/** Changes within this time go out as one version: at most one list in that time for a bank. */
const SEND_AFTER_MS = 1_000;
/** A list that has not changed is renewed so often: its hours with power begin anew. */
const RENEW_AFTER_MS = 15 * 60_000;
/** An agent that holds another version so soon after a list was sent has refused it (its log says why). */
const REFUSED_WITHIN_MS = 5_000;

type Sealed = Pick<SignedList, 'text' | 'publicKey' | 'signature'>;

export interface PickupListsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** From the building's keyring. */
  readonly listKey: Uint8Array;
  readonly epoch: number;
  /** What lists are made from; undefined before the building was set up. */
  readonly source: () => Omit<ListSource, 'codeKey' | 'poweredHours'> | undefined;
  /** `holders`: who is named on it. False: its agent is away. */
  readonly send: (bank: string, sealed: Sealed, holders: readonly string[]) => Promise<boolean>;
}

interface Held {
  version: number;
  content: string | null;
  sentMs: number;
}

export class PickupLists {
  readonly #options: PickupListsOptions;
  readonly #seal: ListSeal;
  readonly #banks = new Map<string, Held>();
  #timer: Timer | undefined;
  #isDue = false;

  constructor(options: PickupListsOptions) {
    this.#options = options;
    this.#seal = new ListSeal(derive(options.listKey, 'lockerhub/pickup-list/sign/1'));
  }

  start(): void {
    this.#timer = this.#options.clock.after(SEND_AFTER_MS, () => {
      this.start();
      this.#sendDue();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Something in the log changed. */
  changed(): void {
    this.#isDue = true;
  }

  /** An agent said which version it holds: one that never says so takes no lists. */
  held(bank: string, version: number): void {
    const { clock, log } = this.#options;
    const held = this.#banks.get(bank);
    // The very version that was sent: it arrived.
    if (held && held.version === version) return;
    if (held && clock.monotonicMs() - held.sentMs < REFUSED_WITHIN_MS) {
      log.warn(
        { bank, sent: held.version, held: version },
        'an agent did not take its pickup list; again later',
      );
      return;
    }
    this.#banks.set(bank, {
      version: Math.max(version, held?.version ?? 0),
      content: null,
      sentMs: Number.NEGATIVE_INFINITY,
    });
    this.#isDue = true;
  }

  #sendDue(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const isOld = [...this.#banks.values()].some(({ sentMs }) => nowMs - sentMs >= RENEW_AFTER_MS);
    if (!this.#isDue && !isOld) return;
    this.#isDue = false;
    for (const [bank, held] of this.#banks) this.#sendTo(bank, held, nowMs);
  }

  #sendTo(bank: string, held: Held, nowMs: number): void {
    const { clock, epoch, send, log } = this.#options;
    const content = this.#content(bank);
    if (!content) return;
    const text = JSON.stringify(content);
    if (held.content === text && nowMs - held.sentMs < RENEW_AFTER_MS) return;
    held.version += 1;
    held.content = text;
    held.sentMs = nowMs;
    const sealed = this.#seal.seal({ ...content, version: held.version, epoch, issuedAt: clock.wallMs() });
    const holders = content.holders.map(({ holder }) => holder);
    send(bank, sealed, holders).then(
      (sent) => {
        if (!sent) held.content = null;
      },
      (error: unknown) => log.error({ err: error, bank }, 'a pickup list could not be sent'),
    );
  }

  #content(bank: string): ListContent | undefined {
    const { source, listKey } = this.#options;
    const known = source();
    const codeKey = Buffer.from(derive(listKey, `lockerhub/pickup-list/codes/1\n${bank}`)).toString('hex');
    return known && listContent({ ...known, codeKey, poweredHours: MAX_POWERED_HOURS }, bank);
  }
}

/** A key of its own for each use (RFC 2104 as a derivation: the building's key is never used itself). */
function derive(key: Uint8Array, use: string): Uint8Array {
  return createHmac('sha256', key).update(use).digest();
}
