/** A courier and a resident as they act at a kiosk, by the kiosk's own requests. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Size } from '@lockerhub/protocol/bank/layout.ts';
import { Recipient, type StopStep, type StopView, VisitView } from '@lockerhub/protocol/http/visit.ts';
import { z } from 'zod';
import { waitFor } from '../testing/wait-for.ts';
import { type HubLink, HubRefusal } from './hub-link.ts';

/** What people do with a door, where it really stands. */
export interface Hands {
  /** Pushes a door shut; puts nothing in and takes nothing out that the hub would know of. */
  close(bank: string, compartment: number): Promise<void>;
}

/** A jam verdict takes 5 to 10 s (FINDINGS 4); a hub that comes back, some more. */
const STEP_WITHIN_MS = 30_000;
/** How many doors a courier tries for one parcel before giving up. */
const DOORS_AT_MOST = 4;
const OPENINGS_AT_MOST = 4;
/** Before a person asks for the same door once more. */
const BEFORE_ANOTHER_OPENING_MS = 1_500;
const OPENED_OR_NOT: readonly StopStep[] = ['open', 'attest', 'done', 'jammed', 'unknown', 'waiting'];

/** One turn at a kiosk. */
export class Visit {
  readonly #kiosk: HubLink;
  #view: VisitView;

  private constructor(kiosk: HubLink, view: VisitView) {
    this.#kiosk = kiosk;
    this.#view = view;
  }

  /** Types or scans a code at a kiosk. `kiosk` carries the terminal's token. */
  static async start(kiosk: HubLink, code: string): Promise<Visit> {
    return new Visit(kiosk, await kiosk.ask('POST', '/api/v1/visits', VisitView, { code }));
  }

  get view(): VisitView {
    return this.#view;
  }

  get stops(): readonly StopView[] {
    return this.#view.stops;
  }

  stop(delivery: string): StopView {
    const stop = this.#view.stops.find((candidate) => candidate.delivery === delivery);
    if (!stop) throw new Error(`delivery ${delivery} is no part of visit ${this.#view.visit}`);
    return stop;
  }

  recipients(query: string): Promise<Recipient[]> {
    const path = `${this.#path}/recipients?q=${encodeURIComponent(query)}`;
    return this.#kiosk.ask('GET', path, z.array(Recipient));
  }

  /** Names and sizes a parcel; a place is chosen and its door asked to open. Returns the new stop. */
  async addParcel(parcel: {
    readonly unit: string;
    readonly resident: string | null;
    readonly size: Size;
    /** It fits into no compartment. */
    readonly oversize?: boolean;
    readonly tracking?: string;
  }): Promise<StopView> {
    const before = new Set(this.stops.map((stop) => stop.delivery));
    await this.#act('/parcels', parcel);
    const added = this.stops.find((stop) => !before.has(stop.delivery));
    if (!added) throw new Error(`visit ${this.#view.visit} took the parcel and shows no stop for it`);
    return added;
  }

  confirm(delivery: string, inside = true): Promise<void> {
    return this.#act(`/parcels/${delivery}/confirm`, { inside });
  }

  otherDoor(delivery: string, reason: 'jammed' | 'wrong-size' | 'occupied' | 'dirty'): Promise<void> {
    return this.#act(`/parcels/${delivery}/other-door`, { reason });
  }

  openAgain(delivery: string): Promise<void> {
    return this.#act(`/parcels/${delivery}/open`);
  }

  /** "I closed it" at a door without sensor. */
  attestClosed(delivery: string): Promise<void> {
    return this.#act(`/parcels/${delivery}/closed`);
  }

  next(): Promise<void> {
    return this.#act('/next');
  }

  end(): Promise<void> {
    return this.#act('/end');
  }

  /** Reads the visit anew. */
  async look(): Promise<void> {
    this.#view = await this.#kiosk.ask('GET', this.#path, VisitView);
  }

  /**
   * Waits until a stop stands at one of `steps`, and returns it.
   *
   * @throws HubRefusal `visit-ended` if the visit ends before that
   */
  async until(delivery: string, steps: readonly StopStep[]): Promise<StopView> {
    const { place, step } = this.stop(delivery);
    const stop = await waitFor(
      async () => {
        await this.look();
        const now = this.stop(delivery);
        if (steps.includes(now.step) || this.#view.state === 'ended') return now;
        throw new Error(`it is ${now.step}`);
      },
      STEP_WITHIN_MS,
      `the parcel in door ${place?.compartment ?? '?'} to be ${steps.join(' or ')} (it was ${step})`,
    );
    if (!steps.includes(stop.step)) throw visitEnded(this);
    return stop;
  }

  get #path(): string {
    return `/api/v1/visits/${this.#view.visit}`;
  }

  async #act(path: string, body: unknown = {}): Promise<void> {
    this.#view = await this.#kiosk.ask('POST', this.#path + path, VisitView, body);
  }
}

/**
 * Finds whom a parcel is for.
 *
 * @throws HubRefusal `visit-ended` if the hub finds nobody because the visit is over
 */
export async function recipientIn(visit: Visit, unitName: string): Promise<Recipient> {
  const [found] = await visit.recipients(unitName);
  if (found) return found;
  await visit.look();
  if (visit.view.state === 'ended') throw visitEnded(visit);
  throw new Error(`nobody is found in unit ${unitName}`);
}

/** Steps of a drop-off at which the courier has something to do. */
const TO_ACT_ON: StopView['step'][] = ['open', 'attest', 'confirm', 'jammed', 'unknown', 'desk'];

/**
 * Puts one parcel in as a courier does: the door opens, the parcel goes in, the door is closed, "Yes, inside".
 * A door that jams is reported and the next one taken. Returns the stop, which is `done`.
 */
export async function putIn(
  visit: Visit,
  parcel: Parameters<Visit['addParcel']>[0],
  hands: Hands,
): Promise<StopView> {
  const { delivery } = await visit.addParcel(parcel);
  for (let door = 1; ; door += 1) {
    const stop = await visit.until(delivery, TO_ACT_ON);
    if (stop.step === 'desk') return stop;
    if (stop.step !== 'jammed' && stop.step !== 'unknown') break;
    if (!stop.canOtherDoor || door === DOORS_AT_MOST) {
      throw new Error(`door ${stop.place?.compartment} did not open, and no other is offered`);
    }
    await visit.otherDoor(delivery, 'jammed');
  }
  await shut(visit, delivery, hands);
  if (visit.stop(delivery).step === 'confirm') await visit.confirm(delivery);
  return visit.until(delivery, ['done']);
}

/** Takes everything out that waits here, door after door. Returns the stops that are done. */
export async function takeAll(visit: Visit, hands: Hands): Promise<StopView[]> {
  const taken: StopView[] = [];
  for (;;) {
    const stop = visit.stops.find(
      ({ step }) => step !== 'done' && step !== 'elsewhere' && step !== 'withdrawn',
    );
    if (!stop) return taken;
    if (stop.step === 'waiting') await visit.next();
    await openIn(visit, stop.delivery);
    await shut(visit, stop.delivery, hands);
    taken.push(await visit.until(stop.delivery, ['done']));
  }
}

/**
 * Waits at a door; as people do, has one opened again that jams, of which nothing is heard, or that was refused: a lock
 * that was opened a moment ago has to cool first (edge-agent/bank/lock-heat.ts).
 */
async function openIn(visit: Visit, delivery: string): Promise<void> {
  for (let opening = 1; ; opening += 1) {
    const { step, canOpen } = await visit.until(delivery, OPENED_OR_NOT);
    if (step !== 'jammed' && step !== 'unknown' && step !== 'waiting') return;
    const mayTry = step === 'waiting' || canOpen;
    if (!mayTry || opening === OPENINGS_AT_MOST)
      throw new Error(`the parcel’s door does not open: it is ${step}`);
    await pause(BEFORE_ANOTHER_OPENING_MS);
    if (step === 'waiting') await visit.next();
    else await visit.openAgain(delivery);
  }
}

/** Closes the door of a stop; where there is no sensor, says so too. */
async function shut(visit: Visit, delivery: string, hands: Hands): Promise<void> {
  const { place, step } = visit.stop(delivery);
  if (!place) throw new Error(`delivery ${delivery} has no place`);
  await hands.close(place.bank, place.compartment);
  if (step === 'attest') await visit.attestClosed(delivery);
  if (step === 'open') await visit.until(delivery, ['confirm', 'done']);
}

function visitEnded({ view }: Visit): HubRefusal {
  return new HubRefusal('visit-ended', 200, `the visit ended (${view.endReason}) before the person was done`);
}
