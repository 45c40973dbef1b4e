import { timingSafeEqual } from 'node:crypto';
import type { TypedCode } from '@lockerhub/protocol/codes/read-code.ts';
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import { deriveCode, deriveQr } from './derive.ts';
import { fobHash, readFob } from './fob.ts';
import { pinHash } from './pin.ts';

interface Issued {
  readonly holder: string;
  readonly generation: number;
  readonly digits: string;
  readonly revoked: boolean;
}

/**
 * Whose code is whose: made from the code key and the log's `code.issued` and `code.revoked`, nothing else.
 * Two living codes never have the same digits.
 */
export class CodeBook {
  readonly #codeKey: Uint8Array;
  readonly #byHolder = new Map<string, Issued>();
  readonly #byDigits = new Map<string, Issued>();

  /** @param codeKey from the building's keyring; at least 16 bytes. */
  constructor(codeKey: Uint8Array) {
    if (codeKey.length < 16) throw new RangeError(`the code key has ${codeKey.length} bytes; at least 16`);
    this.#codeKey = codeKey;
  }

  /** Follows the log. */
  apply(payload: Payload): void {
    if (payload.type === 'code.issued') this.#issue(payload.data.holder, payload.data.generation);
    if (payload.type === 'code.revoked') this.#revoke(payload.data.holder);
  }

  /** The holder's code, or undefined if none was issued or it was revoked. */
  digitsOf(holder: string): string | undefined {
    const issued = this.#byHolder.get(holder);
    return issued && !issued.revoked ? issued.digits : undefined;
  }

  /** What the QR code of the holder's code holds. */
  qrOf(holder: string): string | undefined {
    const issued = this.#byHolder.get(holder);
    return issued && !issued.revoked ? deriveQr(this.#codeKey, holder, issued.generation) : undefined;
  }

  /** Whose code this is; `revoked` if it was once. A scanned code counts only with its right tag. */
  find(typed: TypedCode): { readonly holder: string; readonly revoked: boolean } | undefined {
    const issued = this.#byDigits.get(typed.digits);
    if (!issued) return undefined;
    if (typed.tag !== null && !this.#isTag(issued, typed.tag)) return undefined;
    return { holder: issued.holder, revoked: issued.revoked };
  }

  /**
   * The generation of a holder's next code: above all former ones, and with digits that no other code has.
   *
   * @param taken digits that are being given out right now; the new ones are added.
   */
  nextGeneration(holder: string, taken: Set<string>): number {
    let generation = (this.#byHolder.get(holder)?.generation ?? -1) + 1;
    let digits = deriveCode(this.#codeKey, holder, generation);
    while (this.#byDigits.has(digits) || taken.has(digits)) {
      generation += 1;
      digits = deriveCode(this.#codeKey, holder, generation);
    }
    taken.add(digits);
    return generation;
  }

  /** What a resident's row keeps of a PIN. */
  pinHash(resident: string, pin: string): string {
    return pinHash(this.#codeKey, resident, pin);
  }

  /** What is kept of a fob's number as it was read; undefined if it can be none. */
  fobHash(read: string): string | undefined {
    const number = readFob(read);
    return number === undefined ? undefined : fobHash(this.#codeKey, number);
  }

  /** The digits that a generation has: to show a code that is being issued. */
  digitsAt(holder: string, generation: number): string {
    return deriveCode(this.#codeKey, holder, generation);
  }

  #issue(holder: string, generation: number): void {
    const former = this.#byHolder.get(holder);
    if (former) this.#byDigits.delete(former.digits);
    const digits = deriveCode(this.#codeKey, holder, generation);
    this.#set({ holder, generation, digits, revoked: false });
  }

  #revoke(holder: string): void {
    const issued = this.#byHolder.get(holder);
    if (issued) this.#set({ ...issued, revoked: true });
  }

  #set(issued: Issued): void {
    this.#byHolder.set(issued.holder, issued);
    this.#byDigits.set(issued.digits, issued);
  }

  #isTag(issued: Issued, tag: string): boolean {
    const right = deriveQr(this.#codeKey, issued.holder, issued.generation).slice(-tag.length);
    return timingSafeEqual(Buffer.from(right), Buffer.from(tag));
  }
}
