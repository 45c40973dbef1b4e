/** Couriers and residents who come while processes are killed: they act by HTTP and give up when nothing goes on. */
import type { Size } from '@lockerhub/protocol/bank/layout.ts';
import { delay, systemClock } from '@lockerhub/protocol/time/clock.ts';
import type { SeededRandom } from '../clock/seeded-random.ts';
import { NEIGHBOURS } from '../demo/linden-court.ts';
import { codeIn } from '../walk/code-in-message.ts';
import { HubRefusal } from '../walk/hub-link.ts';
import { type Hands, putIn, recipientIn, takeAll, Visit } from '../walk/people.ts';
import type { BankName, KillBuilding } from './kill-building.ts';
import { type KillWitness, WitnessedKiosk } from './kill-witness.ts';

/** Few, so that one who comes finds several parcels. */
const RECIPIENTS = NEIGHBOURS.slice(0, 8);
const SIZES: readonly Size[] = ['S', 'S', 'S', 'M', 'M', 'L'];
/** How long somebody stands at an open door. */
const AT_THE_DOOR_MS = { from: 10, to: 300 } as const;
/** A lock that is under current lets no door latch; a pulse has a second at most (FINDINGS 4). */
const PUSHES = 60;
const BETWEEN_PUSHES_MS = 50;

export interface Street {
  readonly building: KillBuilding;
  readonly witness: KillWitness;
  /** Where the messages for each unit go: one person lives in each. */
  readonly addresses: ReadonlyMap<string, string>;
}

export type Terminal = 'lobby' | 'garage' | 'walk';

/** One person's turn. */
interface Turn {
  readonly street: Street;
  readonly kiosk: WitnessedKiosk;
  readonly random: SeededRandom;
  /** Whether this person goes on to the next parcel. */
  readonly goesOn: () => boolean;
}

/** Somebody steps up to a terminal. */
export function stepUp(
  street: Street,
  terminal: Terminal,
  random: SeededRandom,
  goesOn: () => boolean,
): Turn {
  const { hub, terminals } = street.building.access;
  const kiosk = new WitnessedKiosk(hub, terminals[terminal].token, street.witness);
  return { street, kiosk, random, goesOn };
}

/** A courier brings parcels. Resolves when the courier has left. */
export async function bringParcels(turn: Turn, parcels: number): Promise<void> {
  const { street, random } = turn;
  const { code } = random.pick(street.building.access.couriers);
  await inVisit(turn, code, async (visit) => {
    for (let parcel = 0; parcel < parcels && turn.goesOn(); parcel += 1) {
      const { unit, resident } = await recipientIn(visit, random.pick(RECIPIENTS).unitName);
      await putIn(visit, { unit, resident, size: random.pick(SIZES) }, handsOf(turn));
    }
  });
}

/** A resident for whom something waits here takes it, if a message with a code has come. */
export async function fetchParcels(turn: Turn, bank: BankName): Promise<void> {
  const code = codeOfSomebody(turn, bank);
  if (code === undefined) return;
  await inVisit(turn, code, async (visit) => {
    await takeAll(visit, handsOf(turn));
  });
}

function codeOfSomebody({ street, random }: Turn, bank: BankName): string | undefined {
  const { building, witness, addresses } = street;
  const codes = [...witness.record.deliveries.values()].flatMap((delivery) => {
    if (delivery.bank !== bank || delivery.state !== 'deposited') return [];
    const mail = building.mailbox.mailsTo(addresses.get(delivery.unit ?? '') ?? '').at(-1);
    return mail ? (codeIn(mail.text) ?? []) : [];
  });
  return codes.length === 0 ? undefined : random.pick(codes);
}

/** A visit from its code to its end. Whoever gets no further closes the doors they opened, and goes. */
async function inVisit(turn: Turn, code: string, act: (visit: Visit) => Promise<void>): Promise<void> {
  let visit: Visit | undefined;
  try {
    visit = await Visit.start(turn.kiosk, code);
    await act(visit);
    await visit.end();
  } catch (error) {
    if (!isGivingUp(error)) throw error;
    await leave(turn, visit);
  }
}

async function leave(turn: Turn, visit: Visit | undefined): Promise<void> {
  for (const { place } of visit?.stops ?? []) {
    if (place) await closeDoor(turn, place.bank, place.compartment);
  }
  try {
    await visit?.end();
  } catch (error) {
    if (!isGivingUp(error)) throw error;
  }
}

/** The hub said no, or did not get on: a person's own reasons to go. Anything else is a mistake in this program. */
function isGivingUp(error: unknown): boolean {
  return error instanceof HubRefusal || (error instanceof Error && error.constructor === Error);
}

function handsOf(turn: Turn): Hands {
  return {
    async close(bank, compartment) {
      await delay(systemClock, turn.random.between(AT_THE_DOOR_MS.from, AT_THE_DOOR_MS.to));
      await closeDoor(turn, bank, compartment);
    },
  };
}

async function closeDoor({ street }: Turn, bank: string, compartment: number): Promise<void> {
  const { plc } = street.building.bank(bank);
  for (let push = 0; push < PUSHES && !plc.hand.close(compartment); push += 1) {
    await delay(systemClock, BETWEEN_PUSHES_MS);
  }
}
