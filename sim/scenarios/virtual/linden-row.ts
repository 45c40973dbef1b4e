/** The building that simulations run: four banks of different making, forty units, some of them shared. */
import type { Roster } from '@lockerhub/hub/deliveries/roster.ts';
import type { Layout, Size } from '@lockerhub/protocol/bank/layout.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';
import type { SeededRandom } from '../../clock/seeded-random.ts';
import type { BankPlan } from './virtual-bank.ts';

const UNITS = 40;
/** Each so many units are shared by two households: strangers to each other. */
const SHARED_EVERY = 8;
const COURIERS = 5;
const SIZES_OF_A_COLUMN: readonly Size[] = ['S', 'S', 'S', 'S', 'M', 'M', 'L', 'XL'];
const HEIGHT_MM: Record<Size, number> = { S: 120, M: 240, L: 400, XL: 600 };

export const PLANS: readonly BankPlan[] = [
  { layout: layoutOf('lobby', 3), device: 'timed', sensed: true },
  { layout: layoutOf('garage', 2), device: 'held', sensed: true },
  { layout: layoutOf('annex', 2), device: 'timed', sensed: true, sensorsApart: true },
  { layout: layoutOf('yard', 1), device: 'timed', sensed: false },
];

function layoutOf(bank: string, columns: number): Layout {
  return {
    bank,
    name: bank,
    depthMm: 500,
    bottomMm: 100,
    columns: Array.from({ length: columns }, (_, column) => ({
      widthMm: 450,
      cells: SIZES_OF_A_COLUMN.map((size, row) => ({
        number: column * SIZES_OF_A_COLUMN.length + row + 1,
        size,
        heightMm: HEIGHT_MM[size],
      })),
    })),
  };
}

export interface Resident {
  readonly id: string;
  readonly household: string;
  readonly unit: string;
  readonly language: string;
  readonly away: null;
  readonly accessible: boolean;
  readonly onlyMe: boolean;
  readonly reachable: boolean;
  readonly lacksChannel: boolean;
}

/** Who lives and works there; a roster that never changes. */
export interface People {
  readonly roster: Roster;
  readonly residents: readonly Resident[];
  readonly couriers: readonly string[];
  /** Bank → the terminal that stands at it. */
  readonly terminals: ReadonlyMap<string, string>;
}

/** Draws the people of the building. */
export function settle(clock: Clock, random: SeededRandom): People {
  const id = () => newId(clock, random);
  const residents: Resident[] = [];
  const units = Array.from({ length: UNITS }, (_, number) => ({ id: id(), name: String(101 + number) }));
  const households = units.flatMap((unit, number) =>
    Array.from({ length: number % SHARED_EVERY === 0 ? 2 : 1 }, () => ({ id: id(), unit: unit.id })),
  );
  for (const household of households) {
    for (let person = random.between(1, 3); person > 0; person--) {
      const wishes = { accessible: random.oneIn(6), onlyMe: random.oneIn(3) };
      residents.push({
        id: id(),
        household: household.id,
        unit: household.unit,
        language: 'en',
        away: null,
        reachable: true,
        lacksChannel: false,
        ...wishes,
      });
    }
  }
  const couriers = Array.from({ length: COURIERS }, id);
  const carrier = id();
  const terminals = new Map(PLANS.map(({ layout }) => [layout.bank, id()]));
  const bankOf = new Map([...terminals].map(([bank, terminal]) => [terminal, bank]));
  const livingIn = (household: string) =>
    residents.filter((one) => one.household === household).map((one) => one.id);
  const roster: Roster = {
    unit: (unit) => units.find((one) => one.id === unit),
    householdsOf: (unit) => households.filter((household) => household.unit === unit),
    resident: (resident) => residents.find((one) => one.id === resident),
    residentsOf: livingIn,
    everybodyOf: livingIn,
    pins: () => [],
    fobs: () => [],
    managersTold: () => [],
    courierIds: () => couriers,
    courier: (courier) =>
      couriers.includes(courier)
        ? { id: courier, carrier, carrierName: 'Parcel Co', hours: null }
        : undefined,
    terminal: (terminal) => {
      const bank = bankOf.get(terminal);
      return bank === undefined ? undefined : { id: terminal, bank };
    },
    canTell: (contacts) => contacts.length > 0,
    layouts: () => PLANS.map(({ layout }) => layout),
    keepsOwnRecords: () => true,
    supplyOf: ({ bank }) => `line/${bank}`,
  };
  return { roster, residents, couriers, terminals };
}
