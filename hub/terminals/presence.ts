/**
 * Proof that somebody stands at a terminal: three digits, and a QR that a phone scans, both shown on its screen and both
 * another one every half minute. They open nothing by themselves: they only say at which terminal a phone is.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { HubError } from '../error.ts';
import { Attempts } from '../sign-in/attempts.ts';

/** How long one proof is shown. The one before still counts: somebody is typing it. */
export const SHOWN_MS = 30_000;
const PROOFS = 1_000;
const TOKEN_BYTES = 8;
const KEY_BYTES = 32;
/**
 * Wrong digits of one address within five minutes, then five minutes in which it has to scan; as for codes at a
 * terminal. With ten terminals a guess of three digits hits one of twenty proofs of a thousand, and is still without
 * anybody's code.
 */
const WRONG_PER_ADDRESS = 5;
/** From everywhere: then digits count from nowhere, so that many addresses help nobody. */
const WRONG_IN_ALL = 50;
const WINDOW_MS = 5 * 60_000;
const EVERYWHERE = 'everywhere';

export interface Shown {
  readonly digits: string;
  /** What the QR says of the terminal. */
  readonly token: string;
  readonly forMs: number;
}

export class Presence {
  readonly #clock: Clock;
  /** Of this process: a restart makes every proof worthless, within half a minute of when it would have been. */
  readonly #key: Uint8Array;
  readonly #terminals: () => readonly string[];
  readonly #perAddress: Attempts;
  readonly #inAll: Attempts;

  /** @param terminals the paired ones, in an order that stays */
  constructor(clock: Clock, random: Random, terminals: () => readonly string[]) {
    this.#clock = clock;
    this.#key = random.bytes(KEY_BYTES);
    this.#terminals = terminals;
    this.#perAddress = new Attempts(clock, WRONG_PER_ADDRESS, WINDOW_MS);
    this.#inAll = new Attempts(clock, WRONG_IN_ALL, WINDOW_MS);
  }

  /** What this terminal shows now; undefined if it is not paired. */
  shownAt(terminal: string): Shown | undefined {
    const nowMs = this.#clock.monotonicMs();
    const step = Math.floor(nowMs / SHOWN_MS);
    const digits = this.#digitsIn(step).get(terminal);
    if (digits === undefined) return undefined;
    return { digits, token: this.#token(step, terminal), forMs: (step + 1) * SHOWN_MS - nowMs };
  }

  /**
   * The terminal that shows this proof, or has just shown it. What a QR says is looked at however much was guessed, for
   * its 64 bits cannot be: whoever types wrong digits keeps nobody from scanning.
   *
   * @param address where the request comes from
   * @throws HubError `presence-wrong`; `presence-scan-needed` when digits do not count now
   */
  terminalOf(proof: string, address: string): string {
    const isScanned = proof.length === 2 * TOKEN_BYTES;
    if (!isScanned) this.#refuseGuesser(address);
    const step = Math.floor(this.#clock.monotonicMs() / SHOWN_MS);
    const found = this.#findIn(step, proof) ?? this.#findIn(step - 1, proof);
    if (found !== undefined) {
      this.#perAddress.succeeded(address);
      return found;
    }
    if (!isScanned) {
      this.#perAddress.failed(address);
      this.#inAll.failed(EVERYWHERE);
    }
    throw new HubError('presence-wrong', 'no screen shows these numbers (any more); read them again');
  }

  #refuseGuesser(address: string): void {
    const waitMs = Math.max(this.#perAddress.blockedForMs(address), this.#inAll.blockedForMs(EVERYWHERE));
    if (waitMs === 0) return;
    throw new HubError(
      'presence-scan-needed',
      'too many wrong numbers; scan the QR on the screen at the lockers, or use its keys',
      { retryAfterMs: waitMs },
    );
  }

  #findIn(step: number, proof: string): string | undefined {
    const byDigits = [...this.#digitsIn(step)].find(([, digits]) => isSame(digits, proof));
    return byDigits?.[0] ?? this.#terminals().find((terminal) => isSame(this.#token(step, terminal), proof));
  }

  /** Terminal → its digits; no two have the same at a time. */
  #digitsIn(step: number): Map<string, string> {
    const taken = new Set<string>();
    const digits = new Map<string, string>();
    for (const terminal of this.#terminals().slice(0, PROOFS / 2)) {
      let round = 0;
      let own = this.#number(step, terminal, round);
      while (taken.has(own)) own = this.#number(step, terminal, ++round);
      taken.add(own);
      digits.set(terminal, own);
    }
    return digits;
  }

  #number(step: number, terminal: string, round: number): string {
    const number = this.#mac('digits', step, `${terminal}\n${round}`).readUInt32BE(0) % PROOFS;
    return String(number).padStart(3, '0');
  }

  #token(step: number, terminal: string): string {
    return this.#mac('qr', step, terminal).subarray(0, TOKEN_BYTES).toString('hex');
  }

  #mac(what: string, step: number, about: string): Buffer {
    return createHmac('sha256', this.#key).update(`lockerhub/presence/${what}/1\n${step}\n${about}`).digest();
  }
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
