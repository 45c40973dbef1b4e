import { attempt, type Scene } from './people/person.ts';
import type { VirtualBank } from './virtual/virtual-bank.ts';

const STAFF = '00000000-0000-7000-8000-00000000bbbb';
const ROUND_EVERY_MS = 60_000;
/** Nobody shuts a door in the face of a person who stands before it. */
const LEFT_OPEN_MS = 160_000;

/** Staff who walk by: close doors that stand open, free what jams, look at every case and close it truthfully. */
export async function goRounds(scene: Scene, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await scene.world.sleep(ROUND_EVERY_MS);
    await goRound(scene);
  }
}

async function goRound(scene: Scene): Promise<void> {
  const { world, witness, random } = scene;
  for (const { id, plc } of world.banks.values()) {
    const isReleased = world.hub?.building.emergency(id) != null;
    for (const { door, jammed } of plc.doors) {
      if (witness.openForMs(id, door) > LEFT_OPEN_MS) {
        // What lies behind a door that was left open goes to the desk; after an alarm it stays where it is.
        if (!isReleased) for (const delivery of witness.contentsOf(id, door)) witness.takeOut(delivery);
        plc.hand.close(door);
      }
      if (jammed && random.oneIn(3)) plc.unjam(door);
    }
  }
  for (const bank of world.banks.values()) await endEmergency(scene, bank);
  const { model } = world.hub?.building ?? {};
  for (const open of [...(model?.cases.values() ?? [])]) await settle(scene, open);
}

/** Once the alarm is over and every door is shut again, somebody has walked them all. */
async function endEmergency({ world }: Scene, { id, plc }: VirtualBank): Promise<void> {
  if (world.hub?.building.emergency(id) !== 'normal' || plc.doors.some(({ open }) => open)) return;
  await attempt(() =>
    world.execute({ type: 'end-emergency', staff: STAFF, bank: id, reason: 'walked the doors' }),
  );
}

/** What lies behind a door and is not on record there goes to the desk: nobody's code will ever open for it. */
function takeOutStrangers(
  { world, witness }: Pick<Scene, 'world' | 'witness'>,
  bank: string,
  compartment: number,
): void {
  const { deliveries } = world.hub?.building.model ?? {};
  for (const delivery of witness.contentsOf(bank, compartment)) {
    const record = deliveries?.get(delivery);
    if (record?.bank !== bank || record.compartment !== compartment) witness.takeOut(delivery);
  }
}

/** Finds out whose a parcel is, takes it over the counter, and hands it out. True: there is nothing else to look at. */
async function atDesk(
  { world, witness }: Pick<Scene, 'world' | 'witness'>,
  delivery: string,
  kind: string,
): Promise<boolean> {
  const record = world.hub?.building.model.deliveries.get(delivery);
  const addressee = world.people.residents.find(({ id }) => id === witness.addresseeOf(delivery));
  if (!record || !addressee) return false;
  const about = { staff: STAFF, delivery } as const;
  if (record.bank === null) await attempt(() => world.execute({ type: 'desk-received', ...about }));
  if (kind === 'recipient-unknown' && (record.bank === null || witness.isInside(delivery))) {
    const { unit, id: resident } = addressee;
    await attempt(() => world.execute({ type: 'match', ...about, unit, resident }));
  }
  if (record.bank === null) await attempt(() => world.execute({ type: 'handed-out', ...about }));
  return record.bank === null;
}

async function settle(
  { world, witness }: Pick<Scene, 'world' | 'witness'>,
  open: {
    readonly id: string;
    readonly kind: string;
    readonly bank: string | null;
    readonly compartment: number | null;
    readonly delivery: string | null;
  },
): Promise<void> {
  if (open.bank !== null && open.compartment !== null) {
    const { plc } = world.bank(open.bank);
    plc.unjam(open.compartment);
    takeOutStrangers({ world, witness }, open.bank, open.compartment);
  }
  const { delivery } = open;
  if (delivery !== null && (await atDesk({ world, witness }, delivery, open.kind))) return;
  if (delivery !== null && !witness.isInside(delivery)) {
    await attempt(() => world.execute({ type: 'withdraw', staff: STAFF, delivery }));
  }
  await attempt(() =>
    world.execute({ type: 'close-case', staff: STAFF, case: open.id, resolution: 'looked at it' }),
  );
}
