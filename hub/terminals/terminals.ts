/** Kiosk screens: paired by a code that works once, known by a token afterwards. */

import type { TerminalView } from '@lockerhub/protocol/http/staff.ts';
import type { PairReply } from '@lockerhub/protocol/http/visit.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import { Attempts } from '../sign-in/attempts.ts';
import { newToken, tokenHash } from '../sign-in/token.ts';
import type { Rows } from '../store/rows.ts';

/** Long enough to walk from the office to the kiosk. Monotonic: a clock that jumps neither ends nor extends it. */
const PAIRING_MS = 10 * 60_000;
/** Codes waiting at once. */
const MAX_CODES = 20;
/** Digits of a pairing code, typed on a kiosk without letters. */
const CODE_DIGITS = 8;
/** Wrong codes from everywhere in `PAIRING_MS`: 20 codes of 10^8 and 50 guesses make P(hit) 10^-5. */
const GUESSES = 50;
const EVERYWHERE = 'everywhere';

export interface TerminalsOptions {
  readonly register: Register;
  readonly log: BuildingLog;
  readonly clock: Clock;
  readonly random: Random;
}

interface PairingCode {
  readonly name: string;
  readonly bank: string | null;
  readonly by: Actor;
  readonly untilMs: number;
}

export class Terminals {
  readonly #options: TerminalsOptions;
  readonly #codes = new Map<string, PairingCode>();
  readonly #guesses: Attempts;

  constructor(options: TerminalsOptions) {
    this.#options = options;
    this.#guesses = new Attempts(options.clock, GUESSES, PAIRING_MS);
  }

  /** A code for one terminal. @throws HubError `not-found` (no such bank), `too-many-codes`. */
  newCode(by: Actor, name: string, bank: string | null): { code: string; expiresInMs: number } {
    const { register, clock, random } = this.#options;
    if (bank !== null && !register.get('banks', bank)) {
      throw new HubError('not-found', `no bank "${bank}" in this building`, { where: 'body.bank' });
    }
    this.#dropExpired();
    if (this.#codes.size >= MAX_CODES) {
      throw new HubError('too-many-codes', `${MAX_CODES} codes wait already; use one or wait 10 min`);
    }
    let code = digits(random);
    while (this.#codes.has(code)) code = digits(random);
    this.#codes.set(code, { name, bank, by, untilMs: clock.monotonicMs() + PAIRING_MS });
    return { code, expiresInMs: PAIRING_MS };
  }

  /** Trades a code for a token. @throws HubError `pairing-code-wrong`, `too-many-attempts`. */
  async pair(typed: string): Promise<PairReply> {
    const waitMs = this.#guesses.blockedForMs(EVERYWHERE);
    if (waitMs > 0) {
      throw new HubError('too-many-attempts', 'too many wrong codes; wait some minutes', {
        retryAfterMs: waitMs,
      });
    }
    this.#dropExpired();
    const code = typed.replace(/[\s-]/g, '');
    const pairing = this.#codes.get(code);
    if (!pairing) {
      this.#guesses.failed(EVERYWHERE);
      throw new HubError(
        'pairing-code-wrong',
        'this code is wrong, used or older than 10 min; ask for a new one',
      );
    }
    this.#codes.delete(code);
    return this.admit(pairing.by, pairing.name, pairing.bank);
  }

  /** Makes a terminal and its token; the token is shown once and kept as a hash. */
  async admit(by: Actor, name: string, bank: string | null): Promise<PairReply> {
    const { clock, random, log } = this.#options;
    const token = newToken(random);
    const terminal = newId(clock, random);
    await log.record(
      by,
      [{ type: 'terminal.paired', data: { terminal, bank } }],
      [
        {
          table: 'terminals',
          row: {
            id: terminal,
            name,
            bank,
            tokenHash: tokenHash(token),
            pairedAt: clock.wallMs(),
            revoked: false,
          },
        },
      ],
    );
    return { terminal, token, bank };
  }

  /** The paired terminal that holds this token, or undefined. */
  who(token: string): Rows['terminals'] | undefined {
    const hash = tokenHash(token);
    return this.#options.register
      .all('terminals')
      .find((terminal) => terminal.tokenHash === hash && !terminal.revoked);
  }

  /** Paired terminals. */
  list(): TerminalView[] {
    return this.#options.register
      .all('terminals')
      .filter((terminal) => !terminal.revoked)
      .map(({ id, name, bank, pairedAt }) => ({ terminal: id, name, bank, pairedAt }));
  }

  /** Ends a terminal's rights at once. @throws HubError `not-found`. */
  async revoke(by: Actor, terminal: string): Promise<void> {
    const row = this.#options.register.get('terminals', terminal);
    if (!row || row.revoked) throw new HubError('not-found', 'no such terminal; reload the page');
    await this.#options.log.record(
      by,
      [{ type: 'terminal.revoked', data: { terminal } }],
      [{ table: 'terminals', row: { ...row, revoked: true } }],
    );
  }

  #dropExpired(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [code, { untilMs }] of this.#codes) if (untilMs <= nowMs) this.#codes.delete(code);
  }
}

/** Uniform decimal digits: bytes of 250 and above are thrown away. */
function digits(random: Random): string {
  let text = '';
  while (text.length < CODE_DIGITS) {
    for (const byte of random.bytes(CODE_DIGITS)) {
      if (byte < 250 && text.length < CODE_DIGITS) text += String(byte % 10);
    }
  }
  return text;
}
