/** The newest list that the hub has signed for this bank, and for how long it still counts. */
import type { PickupList, SignedList } from '@lockerhub/protocol/bank/pickup-list.ts';
import {
  AGENT_HITS_PER_DAY,
  type Guess,
  GuessLimit,
  NOTHING_GUESSED,
  type Verdict,
} from '@lockerhub/protocol/codes/guess-limit.ts';
import { ownerName } from '@lockerhub/protocol/codes/owner-name.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { z } from 'zod';
import type { KeptText } from './kept-text.ts';
import { openSealedList } from './sealed-list.ts';

/**
 * Time with power is charged ahead, in pieces of this length: a restart costs up to one of them and never gains any.
 */
export const CHARGE_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;

const Sealed = z.object({ text: z.string(), publicKey: z.string(), signature: z.string() });
const Part = z.number().min(0).max(1);
const Used = z.object({
  alone: Part,
  units: Part,
  carriers: Part,
  reserves: z.record(z.string(), Part),
});
const Kept = z.object({
  sealed: Sealed,
  chargedMs: z.number().min(0),
  // Agents of before kept the first part alone.
  guessesUsed: z.union([Used, Part.transform((alone) => ({ ...NOTHING_GUESSED, alone }))]),
});

/** A typed code: at which terminal, and of which unit if that was said. */
interface Typed {
  readonly screen: string;
  readonly owner: string | undefined;
}

/** Why a list was not taken. */
export type ListRefusal =
  | 'signature-wrong'
  | 'key-foreign'
  | 'bank-foreign'
  | 'epoch-lower'
  | 'version-lower';

export interface HeldListOptions {
  readonly kept: KeptText;
  readonly clock: Clock;
  readonly building: string;
  readonly bank: string;
  /** The highest epoch that this agent has obeyed. */
  readonly epoch: () => number;
  /** A charge could not be written: the list is not used until it can. */
  readonly onFailure: (error: unknown) => void;
}

export class HeldList {
  readonly #options: HeldListOptions;
  #sealed: z.infer<typeof Sealed> | null = null;
  #list: PickupList | null = null;
  #chargedMs = 0;
  #charging: Timer | undefined;
  #guesses: GuessLimit;
  #isBroken = false;

  /** Reads what was kept. A file that is no list of ours counts as none. */
  constructor(options: HeldListOptions) {
    this.#options = options;
    const { kept, clock } = options;
    const text = kept.read();
    const known = text === null ? undefined : Kept.safeParse(parse(text)).data;
    this.#guesses = new GuessLimit(clock, AGENT_HITS_PER_DAY, known?.guessesUsed);
    if (!known) return;
    const list = openSealedList(known.sealed);
    if (!list || !this.#isMine(list)) return;
    this.#sealed = known.sealed;
    this.#list = list;
    this.#chargedMs = known.chargedMs;
  }

  start(): void {
    if (this.#list) this.#charge();
    else this.#chargeLater();
  }

  stop(): void {
    this.#charging?.cancel();
  }

  /** The version held, usable or not: the hub's next one has to be higher. 0: none. */
  get newest(): number {
    return this.#list?.version ?? 0;
  }

  /** The list, while it may be used: of the present epoch, and its hours with power not used up. */
  get usable(): PickupList | null {
    const list = this.#list;
    if (!list || this.#isBroken || list.epoch < this.#options.epoch()) return null;
    return this.#chargedMs <= list.poweredHours * HOUR_MS ? list : null;
  }

  /** Deletes what is held. A list that cannot be deleted is not used either. */
  forget(): void {
    this.#sealed = null;
    this.#list = null;
    try {
      this.#options.kept.write('');
    } catch (error) {
      this.#isBroken = true;
      this.#options.onFailure(error);
    }
  }

  /** Takes a list, durably; or says why not. */
  take({ text, publicKey, signature }: SignedList): ListRefusal | null {
    const sealed = { text, publicKey, signature };
    const list = openSealedList(sealed);
    if (!list) return 'signature-wrong';
    // The first list comes over the agent's own authenticated session, and with it the key for all that follow.
    if (this.#sealed && this.#sealed.publicKey !== publicKey) return 'key-foreign';
    if (!this.#isMine(list)) return 'bank-foreign';
    if (list.epoch < Math.max(this.#options.epoch(), this.#list?.epoch ?? 0)) return 'epoch-lower';
    if (this.#list && list.version <= this.#list.version) return 'version-lower';
    this.#sealed = sealed;
    this.#list = list;
    this.#chargedMs = 0;
    this.#charge();
    return null;
  }

  /** Whether a code that was typed may be looked at now. */
  check(typed: Typed, list: PickupList): Verdict {
    return this.#guesses.check(guessOf(typed, list));
  }

  /** Counts a wrong code, durably: a restart gives nobody new guesses. */
  wrong(typed: Typed, list: PickupList): void {
    this.#guesses.wrong(guessOf(typed, list));
    this.#write();
  }

  #isMine({ building, bank }: PickupList): boolean {
    return building === this.#options.building && bank === this.#options.bank;
  }

  #charge(): void {
    this.#chargedMs += CHARGE_MS;
    this.#write();
    this.#chargeLater();
  }

  #chargeLater(): void {
    this.#charging?.cancel();
    this.#charging = this.#options.clock.after(CHARGE_MS, () =>
      this.#list ? this.#charge() : this.#chargeLater(),
    );
  }

  #write(): void {
    if (!this.#sealed) return;
    const { kept, onFailure } = this.#options;
    try {
      kept.write(
        JSON.stringify({ sealed: this.#sealed, chargedMs: this.#chargedMs, guessesUsed: this.#guesses.used }),
      );
      this.#isBroken = false;
    } catch (error) {
      this.#isBroken = true;
      onFailure(error);
    }
  }
}

/** The list in the text that was kept, and how long with power it has served; null: there is none, or not one of ours. */
export function listIn(text: string): { readonly list: PickupList; readonly chargedMs: number } | null {
  const known = Kept.safeParse(parse(text)).data;
  const list = known && openSealedList(known.sealed);
  return known && list ? { list, chargedMs: known.chargedMs } : null;
}

/** What a typed code could hit: each holder on the list has one, and each is a resident. */
function guessOf({ screen, owner }: Typed, { holders }: PickupList): Guess {
  if (owner === undefined) return { screen, living: holders.length, owner: null };
  const name = ownerName(owner);
  const living = holders.filter(({ unitName }) => ownerName(unitName) === name).length;
  return { screen, living: holders.length, owner: { name, living, isCarrier: false } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half a file of another hand: as if there were none; the hub sends a list again.
    return null;
  }
}
