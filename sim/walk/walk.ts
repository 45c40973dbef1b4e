/** One parcel's whole way, in and out, as a courier and a resident would go it. */
import { KioskView, type StopView } from '@lockerhub/protocol/http/visit.ts';
import { z } from 'zod';
import { waitFor } from '../testing/wait-for.ts';
import type { HubLink } from './hub-link.ts';
import { recipientIn, Visit } from './people.ts';
import type { Surroundings } from './surroundings.ts';

/** The undo time (60 s unless the building's policy says otherwise), and some for the mail. */
const MESSAGE_WITHIN_MS = 90_000;
const DOOR_WITHIN_MS = 15_000;

export interface WalkOptions {
  /** The hub as the terminal at which all happens. */
  readonly kiosk: HubLink;
  readonly courierCode: string;
  readonly unitName: string;
  /** It fits into no compartment: it goes on a zone of a package room. */
  readonly oversize: boolean;
  /** Where the resident's messages arrive. */
  readonly email: string;
  readonly surroundings: Surroundings;
}

/** Takes one step of the walk: how it is called, and what it says when it is done. */
export type TakeStep = <T>(name: string, act: () => Promise<T>) => Promise<T>;

/**
 * Walks it. Each step goes through `step`, in order; the first that fails ends the walk.
 *
 * @throws whatever the failing step throws
 */
export async function walk(options: WalkOptions, step: TakeStep): Promise<void> {
  const { kiosk, surroundings, email } = options;
  await step('the hub answers', () => kiosk.ask('GET', '/healthz', z.unknown()));
  await step('the kiosk is paired', () => kiosk.ask('GET', '/api/v1/kiosk', KioskView));
  const before = await step("the resident's mail is looked at", () => surroundings.lastMail(email));
  const delivery = await dropOff(options, step);
  const code = await step('the message arrives with a code', () =>
    waitFor(
      () => surroundings.codeAfter(email, before),
      MESSAGE_WITHIN_MS,
      `a message to ${email} with a code`,
    ),
  );
  await pickUp(options, code, delivery, step);
}

/** Returns the delivery. */
async function dropOff(
  { kiosk, courierCode, unitName, oversize, surroundings }: WalkOptions,
  step: TakeStep,
): Promise<string> {
  const visit = await step('the courier begins a visit', () => Visit.start(kiosk, courierCode));
  const recipient = await step(`unit ${unitName} is found`, () => recipientIn(visit, unitName));
  const { unit, resident } = recipient;
  const { delivery } = oversize
    ? await step('a zone of the package room is chosen', () => placeInRoom(visit, { unit, resident }))
    : await step('a place is chosen', () => visit.addParcel({ unit, resident, size: 'S' }));
  await step('the door opens', () => doorStandsOpen(visit, delivery, surroundings));
  await step('the parcel goes in, the door is closed', async () => {
    const place = placeOf(visit, delivery);
    await surroundings.close(place.bank, place.compartment);
    if (visit.stop(delivery).step === 'attest') await visit.attestClosed(delivery);
    await visit.until(delivery, ['confirm', 'done']);
  });
  await step('"Parcel inside: yes" is acknowledged', async () => {
    await visit.confirm(delivery);
    await visit.until(delivery, ['done']);
  });
  await step('the courier leaves', () => visit.end());
  return delivery;
}

async function placeInRoom(
  visit: Visit,
  whose: { readonly unit: string; readonly resident: string | null },
): Promise<StopView> {
  const stop = await visit.addParcel({ ...whose, size: 'XL', oversize: true });
  if (stop.place?.zone) return stop;
  throw new Error('no zone for what fits into no compartment: this building has no room, or none is free');
}

async function pickUp(
  { kiosk, surroundings }: WalkOptions,
  code: string,
  delivery: string,
  step: TakeStep,
): Promise<void> {
  const visit = await step('the resident types the code', () => Visit.start(kiosk, code));
  // Others of this household may wait here too; each door is opened, emptied and closed in turn. What was taken a
  // while ago is still shown, for the grace time.
  const here = visit.stops.filter(({ step: at }) => at !== 'elsewhere' && at !== 'done');
  for (const { delivery: each, place } of here) {
    // One opening of a room is for all of theirs in it.
    if (visit.stop(each).step === 'done') continue;
    const which = each === delivery ? 'the door' : `door ${place?.compartment} (an older parcel)`;
    await step(`the code opens ${which}`, async () => {
      if (visit.stop(each).step === 'waiting') await visit.next();
      await doorStandsOpen(visit, each, surroundings);
    });
    await step('the parcel is taken, the door is closed', async () => {
      const at = placeOf(visit, each);
      await surroundings.close(at.bank, at.compartment);
      if (visit.stop(each).step === 'attest') await visit.attestClosed(each);
      await visit.until(each, ['done']);
    });
  }
  await step('the resident leaves', async () => {
    if (visit.stop(delivery).step !== 'done') throw new Error(`parcel ${delivery} was not handed out`);
    await visit.end();
  });
}

async function doorStandsOpen(visit: Visit, delivery: string, surroundings: Surroundings): Promise<void> {
  await visit.until(delivery, ['open', 'attest']);
  const { bank, compartment } = placeOf(visit, delivery);
  const isOpen = () => surroundings.isOpen(bank, compartment);
  await waitFor(isOpen, DOOR_WITHIN_MS, `door ${compartment} of ${bank} to stand open`);
}

function placeOf(visit: Visit, delivery: string) {
  const { place } = visit.stop(delivery);
  if (!place) throw new Error(`delivery ${delivery} has no place`);
  return place;
}
