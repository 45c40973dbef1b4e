/** What a round does to the building, drawn from its seed and told in words. */
import { delay, systemClock } from '@lockerhub/protocol/time/clock.ts';
import type { SeededRandom } from '../clock/seeded-random.ts';
import { BANK_NAMES, type BankName, type KillBuilding } from './kill-building.ts';
import { type KillWitness, MOMENTS, type Moment } from './kill-witness.ts';

/** A process that is killed, or a PLC that loses its power. */
export type Victim = 'hub' | 'agent' | BankName;

/** Taken in turn, so that few rounds meet each process and both at once. */
const VICTIMS: readonly (readonly Victim[])[] = [
  ['hub', 'agent'],
  ['hub'],
  ['agent'],
  ['hub', 'lobby'],
  ['agent', 'garage'],
  // A brown-out: whatever was plugged in comes back when it likes, in any order.
  ['hub', 'agent', 'lobby', 'garage'],
  ['hub'],
  ['lobby', 'garage'],
];
/** Pauses between moment and strike: at once, within a commit, within a pulse, within a visit. */
const PAUSES_MS = [0, 0, 3, 12, 60, 600] as const;
const NTH_AT_MOST = 5;
/** A process starts within seconds: a second strike so soon meets it in the middle. */
const AGAIN_UP_TO_MS = 2_500;
/** Shorter and longer than a process takes to start, so that each is back before and after each other. */
const DARK_MS = { least: 50, most: 5_000 } as const;

export interface Strike {
  /** Who is struck, and how long each stays dark before it starts again. */
  readonly victims: readonly { readonly who: Victim; readonly darkMs: number }[];
  readonly moment: Moment;
  readonly nth: number;
  readonly pauseMs: number;
  /** The same processes are killed once more so long after the first time; null: they are not. */
  readonly againMs: number | null;
}

export function drawStrike(round: number, random: SeededRandom): Strike {
  const victims = VICTIMS[(round - 1) % VICTIMS.length] ?? ['hub'];
  return {
    victims: victims.map((who) => ({ who, darkMs: random.between(DARK_MS.least, DARK_MS.most) })),
    moment: random.pick(MOMENTS),
    nth: random.between(1, NTH_AT_MOST),
    pauseMs: random.between(0, random.pick(PAUSES_MS)),
    againMs: random.oneIn(4) ? random.between(0, AGAIN_UP_TO_MS) : null,
  };
}

export function inWords({ victims, moment, nth, pauseMs, againMs }: Strike): string {
  const names = victims.map(({ who, darkMs }) => `${isBank(who) ? `the ${who}'s PLC` : who} (${darkMs} ms)`);
  const again = againMs === null ? '' : `, again after ${againMs} ms`;
  return `${names.join(' + ')}, ${pauseMs} ms after "${moment}" ${nth}${again}`;
}

/** Resolves at the strike's moment: in that very event if it has no pause. Resolves as well once `tooLate` does. */
export async function atMoment(
  strike: Strike,
  witness: KillWitness,
  act: () => void,
  tooLate: Promise<unknown>,
) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  let isDone = false;
  const strikeOnce = () => {
    if (isDone) return;
    isDone = true;
    witness.onMoment = () => {};
    act();
    resolve();
  };
  witness.onMoment = (moment) => {
    if (moment !== strike.moment) return;
    seen += 1;
    if (seen !== strike.nth) return;
    if (strike.pauseMs === 0) strikeOnce();
    else systemClock.after(strike.pauseMs, strikeOnce);
  };
  tooLate.then(strikeOnce, strikeOnce);
  await promise;
}

/** Strikes at once; resolves when everything that was struck is on its way back. */
export function strikeNow({ victims, againMs }: Strike, building: KillBuilding): Promise<unknown> {
  const kill = () =>
    Promise.all(
      victims.map(({ who, darkMs }) =>
        isBank(who) ? cutPower(building, who, darkMs) : building[who].kill(darkMs),
      ),
    );
  const killed = kill();
  return againMs === null ? killed : Promise.all([killed, delay(systemClock, againMs).then(kill)]);
}

async function cutPower(building: KillBuilding, bank: BankName, darkMs: number): Promise<void> {
  const { plc } = building.bank(bank);
  plc.cutPower();
  await delay(systemClock, darkMs);
  plc.restorePower();
}

function isBank(victim: Victim): victim is BankName {
  return BANK_NAMES.some((bank) => bank === victim);
}
