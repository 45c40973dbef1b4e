import { SIZES } from '@lockerhub/protocol/bank/layout.ts';
import { attempt, closeDoor, lookUntil, type Scene, type Stop, standsOpen, startVisit } from './person.ts';

/** What a courier does with a parcel that is not in: so often at most. */
const TRIES = 4;

interface Turn extends Scene {
  readonly terminal: string;
  readonly visit: string;
}

/** A courier steps up with some parcels and leaves when all are in, or when nothing goes on. */
export async function bringParcels(
  scene: Scene,
  courierCode: string,
  bank: string,
  parcels: number,
): Promise<void> {
  const { world, random } = scene;
  const terminal = world.people.terminals.get(bank);
  if (terminal === undefined) throw new RangeError(`no terminal at ${bank}`);
  const visit = await startVisit(scene, terminal, courierCode);
  if (visit?.kind !== 'courier') return;
  const turn = { ...scene, terminal, visit: visit.visit };
  for (let parcel = 0; parcel < parcels; parcel++) {
    if (!(await bringParcel(turn))) break;
  }
  // Some just walk away.
  if (random.oneIn(5)) return;
  await attempt(() => world.execute({ type: 'end-visit', terminal, visit: turn.visit }));
}

/** False: no use going on. */
async function bringParcel(turn: Turn): Promise<boolean> {
  const { world, random, terminal, visit, witness } = turn;
  const resident = random.pick(world.people.residents);
  const before = new Set(world.visit(visit)?.stops.map(({ delivery }) => delivery));
  const size = random.oneIn(8) ? random.pick(SIZES) : 'S';
  const toHome = random.oneIn(3);
  const view = await attempt(() =>
    world.execute({
      type: 'add-parcel',
      terminal,
      visit,
      unit: resident.unit,
      // Some labels name the home rather than a person, or somebody whom the list does not have.
      resident: toHome ? null : resident.id,
      unknown: toHome,
      oversize: random.oneIn(40),
      size,
      tracking: null,
    }),
  );
  const stop = view?.stops.find(({ delivery }) => !before.has(delivery));
  if (!stop) return false;
  const isForDesk = stop.step === 'desk';
  witness.parcelArrived(stop.delivery, resident, toHome, isForDesk);
  if (isForDesk) return false;
  return handle(turn, stop.delivery);
}

async function handle(turn: Turn, delivery: string): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stop = await lookUntil(turn, turn.visit, delivery, ({ step }) => step !== 'opening');
    if (!stop) return false;
    const next = await actOn(turn, stop);
    if (next !== 'again') return next === 'next';
  }
  return true;
}

async function actOn(turn: Turn, stop: Stop): Promise<'again' | 'next' | 'leave'> {
  const { world, terminal, visit, random } = turn;
  const { delivery } = stop;
  switch (stop.step) {
    case 'attest':
      if (!standsOpen(turn, stop)) {
        await attempt(() => world.execute({ type: 'did-not-open', terminal, visit, delivery }));
        return 'again';
      }
      return (await putIn(turn, stop)) ? 'again' : 'leave';
    case 'open':
      return (await putIn(turn, stop)) ? 'again' : 'leave';
    case 'confirm':
      return (await answer(turn, delivery)) ? 'again' : 'leave';
    case 'jammed':
    case 'unknown': {
      if (stop.canOtherDoor && !random.oneIn(4)) {
        await attempt(() =>
          world.execute({ type: 'other-door', terminal, visit, delivery, reason: 'jammed' }),
        );
        return 'again';
      }
      if (stop.canOpen) {
        await attempt(() => world.execute({ type: 'open-again', terminal, visit, delivery }));
        return 'again';
      }
      await world.sleep(5_000);
      return 'again';
    }
    default:
      return 'next';
  }
}

/** Puts the parcel in and closes; sometimes forgets either. False: walked away. */
async function putIn(turn: Turn, { delivery, place, step }: Stop): Promise<boolean> {
  const { world, witness, random, terminal, visit } = turn;
  if (!place) return false;
  const door = world.bank(place.bank).plc.door(place.compartment);
  await world.sleep(random.between(1_000, 4_000));
  if (door.open && !random.oneIn(25)) witness.putIn(delivery, place.bank, place.compartment);
  if (random.oneIn(60)) return false;
  if (random.oneIn(80)) await world.sleep(150_000);
  await closeDoor(turn, place.bank, place.compartment);
  if (step === 'attest') {
    await attempt(() => world.execute({ type: 'closed-by-hand', terminal, visit, delivery }));
  }
  await lookUntil(turn, visit, delivery, (stop) => stop.step !== step);
  return true;
}

/** "Parcel inside?" False: walked away without a word. */
async function answer(turn: Turn, delivery: string): Promise<boolean> {
  const { world, witness, random, terminal, visit } = turn;
  if (random.oneIn(12)) return false;
  const inside = witness.isInside(delivery);
  await world.sleep(random.between(300, 3_000));
  const view = await attempt(() => world.execute({ type: 'confirm', terminal, visit, delivery, inside }));
  const stop = view?.stops.find((one) => one.delivery === delivery);
  if (inside && stop?.step === 'done') witness.acknowledged(delivery);
  return true;
}
