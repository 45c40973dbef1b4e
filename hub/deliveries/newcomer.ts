/** The people as they are with somebody whose rows are being written. */
import type { Roster } from './roster.ts';

/** A resident who becomes one by the command that is being decided. */
export type Newcomer = NonNullable<ReturnType<Roster['resident']>>;

/** The same people, and the newcomer among them; or somebody of them as they are from now on. */
export function withNewcomer(roster: Roster, newcomer: Newcomer): Roster {
  const { id, household, unit } = newcomer;
  const joined = (home: string, others: readonly string[]) =>
    home === household && !others.includes(id) ? [...others, id] : others;
  return {
    unit: (one) => roster.unit(one),
    householdsOf: (home) => {
      const there = roster.householdsOf(home);
      const isKnown = home !== unit || there.some((one) => one.id === household);
      return isKnown ? there : [...there, { id: household, unit }];
    },
    resident: (one) => (one === id ? newcomer : roster.resident(one)),
    residentsOf: (home) => joined(home, roster.residentsOf(home)),
    everybodyOf: (home) => joined(home, roster.everybodyOf(home)),
    pins: () => roster.pins(),
    fobs: () => roster.fobs(),
    managersTold: () => roster.managersTold(),
    courierIds: () => roster.courierIds(),
    courier: (one) => roster.courier(one),
    terminal: (one) => roster.terminal(one),
    canTell: (contacts) => roster.canTell(contacts),
    layouts: () => roster.layouts(),
    keepsOwnRecords: (bank) => roster.keepsOwnRecords(bank),
    supplyOf: (door) => roster.supplyOf(door),
  };
}
