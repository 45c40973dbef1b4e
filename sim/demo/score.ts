/**
 * Keeps the score that the demo shows: acknowledged, lost, opened twice. It trusts nobody's own account: what was
 * acknowledged is what the hub said over its API, what opened is what the simulated locks felt.
 */

/** Energisings and grants remembered per run; older ones were judged long ago. */
const REMEMBERED = 20_000;

/** A lock felt current. `atMs` is the wall clock. */
export interface Energising {
  readonly bank: string;
  readonly compartment: number;
  readonly atMs: number;
}

/** A permission for one opening, as the log tells it. */
export interface GrantSeen {
  readonly grant: string;
  readonly bank: string;
  readonly compartment: number;
  readonly atMs: number;
}

/** What the hub now says of a delivery that it once acknowledged; undefined if it knows none such. */
export type DeliveryNow = { readonly depositedAt: number | null; readonly state: string } | undefined;

/** Whether an acknowledged deposit is still on record. One that was undone afterwards is on record too. */
export function isLost(now: DeliveryNow): boolean {
  return now === undefined || (now.depositedAt === null && now.state === 'assigned');
}

/**
 * Energisings beyond one per grant. The grant of an energising is the newest one for that door that was issued before
 * it: an agent opens a door for one grant at a time. An energising without any grant counts as well.
 *
 * @param readFromMs grants issued before this are not known; earlier energisings are not judged.
 * @param readUpToMs when the last complete reading of the log began; later energisings are not judged yet.
 */
export function openedTwice(
  energisings: readonly Energising[],
  grants: readonly GrantSeen[],
  readFromMs: number,
  readUpToMs: number,
): number {
  const used = new Set<string>();
  let extra = 0;
  for (const { bank, compartment, atMs } of energisings) {
    if (atMs < readFromMs || atMs > readUpToMs) continue;
    const grant = grants.findLast(
      (seen) => seen.bank === bank && seen.compartment === compartment && seen.atMs <= atMs,
    );
    if (grant && !used.has(grant.grant)) used.add(grant.grant);
    else extra += 1;
  }
  return extra;
}

/** The score as it is kept while the demo runs. */
export class Score {
  readonly #acknowledged = new Set<string>();
  readonly #lost = new Set<string>();
  #energisings: Energising[] = [];
  #grants: GrantSeen[] = [];
  #readUpToMs = 0;
  readonly #readFromMs: number;

  /** @param readFromMs see `openedTwice` */
  constructor(readFromMs: number) {
    this.#readFromMs = readFromMs;
  }

  /** The hub said that this delivery is deposited. */
  acknowledge(delivery: string): void {
    this.#acknowledged.add(delivery);
  }

  get acknowledged(): ReadonlySet<string> {
    return this.#acknowledged;
  }

  /** What the hub now says of an acknowledged delivery. */
  check(delivery: string, now: DeliveryNow): void {
    if (isLost(now)) this.#lost.add(delivery);
    else this.#lost.delete(delivery);
  }

  energised(energising: Energising): void {
    this.#energisings = [...this.#energisings, energising].slice(-REMEMBERED);
  }

  granted(grant: GrantSeen): void {
    this.#grants = [...this.#grants, grant].slice(-REMEMBERED);
  }

  /** The log was read to its end, by a reading that began at `atMs`. */
  logRead(atMs: number): void {
    this.#readUpToMs = atMs;
  }

  get totals(): { readonly acknowledged: number; readonly lost: number; readonly openedTwice: number } {
    return {
      acknowledged: this.#acknowledged.size,
      lost: this.#lost.size,
      openedTwice: openedTwice(this.#energisings, this.#grants, this.#readFromMs, this.#readUpToMs),
    };
  }
}
