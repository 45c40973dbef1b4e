import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Collector } from '../witness.ts';
import { attempt, closeDoor, lookUntil, type Scene, type Stop, standsOpen, startVisit } from './person.ts';

const TRIES = 6;

interface Turn extends Scene {
  readonly collector: Collector;
  readonly terminal: string;
  readonly visit: string;
}

/** A resident, or whom they named, comes with a code and takes what waits at this bank. */
export async function fetchParcels(
  scene: Scene,
  collector: Collector,
  code: string,
  bank: string,
): Promise<void> {
  const { world } = scene;
  const terminal = world.people.terminals.get(bank);
  if (terminal === undefined) throw new RangeError(`no terminal at ${bank}`);
  const visit = await startVisit(scene, terminal, code);
  if (visit?.kind !== 'resident') return;
  const turn = { ...scene, collector, terminal, visit: visit.visit };
  const seen = new Set<string>();
  for (;;) {
    const stop = nextOf(world.visit(turn.visit), seen);
    if (!stop) break;
    seen.add(stop.delivery);
    const goesOn = await take(turn, stop.delivery);
    await takeWhatIsInReach(turn, stop.delivery);
    if (!goesOn) return;
  }
  await attempt(() => world.execute({ type: 'end-visit', terminal, visit: turn.visit }));
}

function nextOf(view: VisitView | undefined, seen: ReadonlySet<string>): Stop | undefined {
  return view?.stops.find(({ delivery, step }) => step !== 'elsewhere' && !seen.has(delivery));
}

/** Nobody leaves their parcel behind an open door, whatever the screen says. */
async function takeWhatIsInReach(turn: Turn, delivery: string): Promise<void> {
  const { world, witness } = turn;
  const place = witness.placeOf(delivery);
  if (!place || !world.bank(place.bank).plc.door(place.compartment).open) return;
  takeAll(turn, place.bank, place.compartment);
  await closeDoor(turn, place.bank, place.compartment);
}

/** Whoever finds several parcels behind a door takes them all: they were put together for the same people. */
function takeAll({ witness }: Turn, bank: string, compartment: number): void {
  for (const delivery of witness.contentsOf(bank, compartment)) witness.takeOut(delivery);
}

/** Deals with one door. False: walked away. */
async function take(turn: Turn, delivery: string): Promise<boolean> {
  const { world, witness, random, terminal, visit } = turn;
  for (let tries = 0; tries < TRIES; tries++) {
    const stop = await lookUntil(turn, visit, delivery, ({ step }) => step !== 'opening');
    if (!stop) return false;
    switch (stop.step) {
      case 'attest':
        if (!standsOpen(turn, stop)) {
          await attempt(() => world.execute({ type: 'did-not-open', terminal, visit, delivery }));
          break;
        }
        if (!(await takeOut(turn, stop))) return false;
        break;
      case 'open':
        if (!(await takeOut(turn, stop))) return false;
        break;
      case 'waiting':
        await attempt(() => world.execute({ type: 'next-door', terminal, visit }));
        await world.sleep(1_000);
        break;
      case 'jammed':
      case 'unknown':
        if (stop.canOpen)
          await attempt(() => world.execute({ type: 'open-again', terminal, visit, delivery }));
        await world.sleep(2_000);
        break;
      case 'done':
        // It closed too early, or something was forgotten.
        if (stop.canOpen && (witness.isInside(delivery) || random.oneIn(15))) {
          await attempt(() => world.execute({ type: 'open-again', terminal, visit, delivery }));
          break;
        }
        return true;
      default:
        return true;
    }
  }
  return true;
}

async function takeOut(turn: Turn, { delivery, place, step, canReportMissing }: Stop): Promise<boolean> {
  const { world, witness, random, terminal, visit } = turn;
  if (!place) return false;
  await world.sleep(random.between(1_000, 4_000));
  const door = world.bank(place.bank).plc.door(place.compartment);
  if (step === 'attest' && !door.open) {
    // Somebody shut it before a hand was in: to the resident it is a door that did not open.
    await attempt(() => world.execute({ type: 'did-not-open', terminal, visit, delivery }));
    return true;
  }
  if (door.open) witness.lookedInto(place.bank, place.compartment, turn.collector);
  const found = door.open && witness.takeOut(delivery);
  if (door.open) takeAll(turn, place.bank, place.compartment);
  if (door.open && !found && canReportMissing) {
    await attempt(() => world.execute({ type: 'missing', terminal, visit, delivery }));
  }
  if (random.oneIn(80)) return false;
  if (random.oneIn(80)) await world.sleep(150_000);
  await closeDoor(turn, place.bank, place.compartment);
  if (step === 'attest') {
    await attempt(() => world.execute({ type: 'closed-by-hand', terminal, visit, delivery }));
  }
  await lookUntil(turn, visit, delivery, (stop) => stop.step !== step);
  return true;
}
