/** Which profiles fit what a unit answers. A hint: many devices answer alike. Pure. */
import type { ScanSpeed } from '@lockerhub/protocol/bank/scan.ts';
import { MAILBOX_REGISTERS } from '../devices/mailbox-registers.ts';
import type { Profile } from '../devices/profile.ts';
import type { Question } from './question.ts';

/** Profiles that are named at most. */
const NAMED_MAX = 5;
/** Points in a register. */
const REGISTER_BITS = 16;

type Spot = Omit<Question, 'unit'>;

/** What a unit of a profile has to answer with values, and the spot behind its last output. */
interface Marks {
  readonly has: readonly Spot[];
  readonly behind: Spot | null;
}

/** How a profile's device can be told: its first and last points. One point at a time, which every device allows. */
function marksOf({ outputs, sensors, pulse }: Profile): Marks {
  const has: Spot[] = [];
  if (sensors) {
    const { area, address, count } = sensors;
    if (area === 'register-bits') {
      has.push(...ends('holding-registers', address, Math.ceil(count / REGISTER_BITS)));
    } else {
      has.push(...ends(area, address, count));
    }
  }
  if (pulse.method === 'mailbox') has.push(...ends('holding-registers', pulse.address, MAILBOX_REGISTERS));
  if (outputs.area === 'mailbox') return { has, behind: null };
  has.push(...ends(outputs.area, outputs.address, outputs.count));
  const address = outputs.address + outputs.count;
  return { has, behind: address > 0xffff ? null : { area: outputs.area, address, count: 1 } };
}

function ends(area: Spot['area'], address: number, count: number): Spot[] {
  const first = { area, address, count: 1 };
  return count > 1 ? [first, { area, address: address + count - 1, count: 1 }] : [first];
}

/** What a unit has to be asked to tell these profiles apart, each spot once. */
export function spotsOf(profiles: readonly Profile[]): Spot[] {
  const spots = new Map<string, Spot>();
  for (const profile of profiles) {
    const { has, behind } = marksOf(profile);
    for (const spot of behind ? [...has, behind] : has) spots.set(keyOf(spot), spot);
  }
  return [...spots.values()];
}

/** What a unit answered: the key of each spot that it gave a value of. */
export class Answered {
  readonly #spots = new Set<string>();

  add(spot: Spot): void {
    this.#spots.add(keyOf(spot));
  }

  has(spot: Spot): boolean {
    return this.#spots.has(keyOf(spot));
  }
}

/**
 * The names of the profiles that fit, the likeliest first: those that end where the device ends, then those that come
 * with this speed, then those that ask for more.
 */
export function likelyProfiles(
  profiles: readonly Profile[],
  answered: Answered,
  speed: ScanSpeed | null,
): string[] {
  return profiles
    .map((profile) => ({ profile, marks: marksOf(profile) }))
    .filter(({ profile }) => speed === null || profile.serial !== undefined)
    .filter(({ marks }) => marks.has.every((spot) => answered.has(spot)))
    .map(({ profile, marks }) => ({ name: profile.profile, rank: rankOf(profile, marks, answered, speed) }))
    .sort((a, b) => b.rank - a.rank || a.name.localeCompare(b.name))
    .slice(0, NAMED_MAX)
    .map(({ name }) => name);
}

/** Each criterion outweighs all behind it: a device has fewer marks than the weights are apart. */
function rankOf(
  { serial }: Profile,
  { has, behind }: Marks,
  answered: Answered,
  speed: ScanSpeed | null,
): number {
  const endsThere = behind !== null && !answered.has(behind);
  const speaksSo =
    speed !== null &&
    serial?.baud === speed.baud &&
    serial.parity === speed.parity &&
    serial.stopBits === speed.stopBits;
  return (endsThere ? 200 : 0) + (speaksSo ? 100 : 0) + has.length;
}

function keyOf({ area, address, count }: Spot): string {
  return `${area}/${address}/${count}`;
}
