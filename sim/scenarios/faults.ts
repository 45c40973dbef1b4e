/** What goes wrong in a building, and is put right again. */
import type { SeededRandom } from '../clock/seeded-random.ts';
import type { VirtualBank } from './virtual/virtual-bank.ts';
import type { World } from './virtual/virtual-building.ts';
import type { Witness } from './witness.ts';

export interface FaultScene {
  readonly world: World;
  readonly witness: Witness;
  readonly random: SeededRandom;
}

/** Does one fault and mends it. False: it had nothing to act on. */
type Fault = (scene: FaultScene, bank: VirtualBank) => Promise<boolean>;

const WALL_1970_MS = 1_000;
/** Entries of a minute, and of a night. */
const LOST_TO_CLOUD = 40;
const LOST_SINCE_BACKUP = 400;
/** Entries within which couriers have their codes: a copy from before would keep them out for good. */
const SET_UP = 100;
const WALL_2031_MS = Date.UTC(2031, 0, 1);
/** An agent believes a fire contact after five polls of 250 ms; a pulse may be under way then. */
const SEEN_CLOSED_MS = 2_500;
const LOOK_EVERY_MS = 250;

export const FAULTS = {
  'hub killed': async ({ world, random }) => {
    if (!world.hub) return false;
    world.killHub();
    await world.sleep(random.between(500, 15_000));
    if (!world.hub) await world.startHub();
    return true;
  },
  'hub replaced': async ({ world, witness, random }) => {
    if (!world.hub) return false;
    const { seq } = world.disk.head;
    // What had not reached the cloud: mostly little; a backup of last night lacks more.
    const lost = random.between(0, random.oneIn(3) ? LOST_SINCE_BACKUP : LOST_TO_CLOUD);
    const kept = Math.max(1, seq - lost);
    witness.logEndsAt(kept);
    await world.replaceHub(kept);
    return true;
  },
  'hub put back': async ({ world, witness, random }) => {
    const kept = world.disk.head.seq - random.between(LOST_TO_CLOUD, LOST_SINCE_BACKUP);
    if (!world.hub || kept < SET_UP) return false;
    witness.logEndsAt(kept);
    await world.putBackHub(kept);
    await world.sleep(random.between(10_000, 120_000));
    // A manager has read the case, and restores it with the recovery key: a new epoch, with all that it has.
    while (!world.hub) await world.sleep(LOOK_EVERY_MS);
    await world.replaceHub(world.disk.head.seq);
    return true;
  },
  'agent killed': async ({ world, witness, random }, bank) => {
    if (!bank.line) return false;
    world.killAgent(bank);
    witness.releaseBeginsAnew(bank.id);
    await world.sleep(random.between(200, 15_000));
    if (!bank.line) world.startAgent(bank);
    return true;
  },
  'PLC without power': async ({ world, random }, bank) => {
    if (!bank.plc.powered) return false;
    bank.plc.cutPower();
    await world.sleep(random.between(500, 20_000));
    bank.plc.restorePower();
    return true;
  },
  'PLC stands still': async ({ world, witness, random }, bank) => {
    if (bank.plc.frozen || !bank.plc.powered) return false;
    bank.plc.freeze();
    await world.sleep(random.between(800, 12_000));
    witness.thawed(bank.id);
    bank.plc.thaw();
    return true;
  },
  'line cut': async ({ world, random }, bank) => {
    const { line } = bank;
    if (!line?.online) return false;
    line.cut();
    await world.sleep(random.between(500, 25_000));
    line.mend();
    return true;
  },
  'sensors cut': async ({ world, random }, bank) => {
    const { inputs } = bank;
    if (!inputs?.online) return false;
    inputs.cut();
    await world.sleep(random.between(500, 25_000));
    inputs.mend();
    return true;
  },
  'answers lost': async (_scene, bank) => {
    if (!bank.line?.online) return false;
    bank.line.loseAnswers(1);
    return true;
  },
  'network cut': async ({ world, random }, bank) => {
    world.network.cut(bank.id);
    await world.sleep(random.between(1_000, 40_000));
    world.network.mend(bank.id);
    return true;
  },
  'network stalls': async ({ world, random }, bank) => {
    world.network.stall(bank.id, random.between(500, 20_000));
    return true;
  },
  'door jams': async ({ world, random }, bank) => {
    const { door } = random.pick(bank.plc.doors);
    bank.plc.jam(door);
    await world.sleep(random.between(20_000, 90_000));
    bank.plc.unjam(door);
    return true;
  },
  'door forced': async ({ world, random }, bank) => {
    const { door, open } = random.pick(bank.plc.doors);
    if (open) return false;
    bank.plc.hand.open(door);
    await world.sleep(random.between(500, 30_000));
    bank.plc.hand.close(door);
    return true;
  },
  'clock wrong': async ({ world, random }) => {
    const rightMs = world.clock.wallMs();
    const sinceMs = world.clock.monotonicMs();
    world.setWall(random.pick([WALL_1970_MS, WALL_2031_MS]), false);
    await world.sleep(random.between(10_000, 120_000));
    world.setWall(rightMs + world.clock.monotonicMs() - sinceMs, true);
    return true;
  },
  'fire alarm': async ({ world, witness, random }, bank) => {
    if (bank.isFireContactOpen) return false;
    bank.setFireContact(true);
    witness.fireContactOpened(bank.id);
    await world.sleep(random.between(1_000, 60_000));
    bank.setFireContact(false);
    // The agent can only know once it reads the contact; until then a release that was begun goes on.
    for (let seenMs = 0; seenMs < SEEN_CLOSED_MS; ) {
      await world.sleep(LOOK_EVERY_MS);
      const isSeen = bank.line?.online === true && bank.plc.powered && !bank.plc.frozen;
      seenMs = isSeen ? seenMs + LOOK_EVERY_MS : 0;
    }
    witness.releaseOver(bank.id);
    return true;
  },
  'power cut': async ({ world, witness, random }) => {
    world.killHub();
    for (const bank of world.banks.values()) {
      world.killAgent(bank);
      witness.releaseBeginsAnew(bank.id);
      bank.plc.cutPower();
    }
    await world.sleep(random.between(500, 10_000));
    const back = [
      async () => {
        if (!world.hub) await world.startHub();
      },
      ...[...world.banks.values()].flatMap((bank) => [
        async () => bank.plc.restorePower(),
        async () => {
          if (!bank.line) world.startAgent(bank);
        },
      ]),
    ];
    await Promise.all(
      back.map(async (comesBack) => {
        await world.sleep(random.between(0, 20_000));
        await comesBack();
      }),
    );
    return true;
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

/** What stops everybody, or a whole bank until staff have walked it, comes less often than the rest. */
const RARE: Partial<Record<FaultName, number>> = {
  'power cut': 4,
  'clock wrong': 3,
  'fire alarm': 6,
  'hub replaced': 6,
  'hub put back': 6,
};

/** Which fault comes next. */
export function pickFault(random: SeededRandom): FaultName {
  const names = Object.keys(FAULTS) as FaultName[];
  for (;;) {
    const name = random.pick(names);
    if (random.oneIn(RARE[name] ?? 1)) return name;
  }
}
