/** The three simulated PLCs of the demo, over real Modbus TCP, with the doors that hang on them. */
import { type Layout, placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { type Miswiring, miswire } from '../plc/miswired.ts';
import { Plc, type PlcEvent } from '../plc/plc.ts';
import { type PlcServer, startPlcServer } from '../plc/tcp-server.ts';
import { GARAGE, LOBBY, PACKAGE_ROOM, UNSENSED_GARAGE_DOOR } from './linden-court.ts';

/** A bank as it physically stands there. */
export interface StandingBank {
  readonly bank: string;
  readonly layout: Layout;
  readonly plc: Plc;
  readonly server: PlcServer;
  readonly unsensed: ReadonlySet<number>;
}

/** A bank to be, and who reaches its PLC: the hub itself, or an agent of its own. */
export interface PlannedBank {
  readonly layout: Layout;
  readonly unsensed: ReadonlySet<number>;
  readonly reach: 'hub' | 'agent';
  /** What is wrong with its cables; absent: nothing. */
  readonly miswiring?: Miswiring;
}

/** What `npm start -- --miswired` does to the lobby's cables. */
export const MISWIRED_LOBBY: Miswiring = {
  outputs: [[5, 6]],
  sensors: [[11, 12]],
  reversed: [16],
  dead: [20],
};

/** The banks of compartments. */
export const LOCKERS: readonly PlannedBank[] = [
  { layout: LOBBY, unsensed: new Set(), reach: 'hub' },
  { layout: GARAGE, unsensed: new Set([UNSENSED_GARAGE_DOOR]), reach: 'agent' },
];
export const BANKS: readonly PlannedBank[] = [
  ...LOCKERS,
  { layout: PACKAGE_ROOM, unsensed: new Set(), reach: 'hub' },
];

/** Which device drives a bank's doors, how many outputs and inputs it has, and what locks may hang on it. */
interface Controller {
  readonly profile: string;
  readonly device: 'waveshare-relay' | 'held-coils';
  readonly points: number;
  readonly locks: 'pulsed' | 'hardware-limited';
}

/** A relay board (Waveshare's type with inputs) times its pulses. */
function relayBoard(points: 8 | 32): Controller {
  const profile = `waveshare-relay-${points}-inputs`;
  return { profile, device: 'waveshare-relay', points, locks: 'pulsed' };
}

/** Plain coils time nothing: only locks that limit themselves may hang on them (design, section 4). */
const PLAIN_COILS: Controller = {
  profile: 'generic-coils',
  device: 'held-coils',
  points: 16,
  locks: 'hardware-limited',
};

const RELAY_BOARDS: Readonly<Record<string, Controller>> = {
  [LOBBY.bank]: relayBoard(32),
  [PACKAGE_ROOM.bank]: relayBoard(8),
};

/** What drives the doors of a bank. */
export function controllerOf({ bank }: Pick<Layout, 'bank'>): Controller {
  return RELAY_BOARDS[bank] ?? PLAIN_COILS;
}

/** The input of a bank's fire contact: the last of its PLC. Normally closed, so that a cut wire releases, too. */
export function fireContactOf(layout: Pick<Layout, 'bank'>): number {
  return controllerOf(layout).points;
}

/** Opens the fire contact of a bank (its doors are to be released), or closes it again. */
export function setFireContact(
  { plc, layout }: Pick<StandingBank, 'plc' | 'layout'>,
  isReleasing: boolean,
): void {
  plc.setInput(1, fireContactOf(layout) - 1, isReleasing ? 0 : 1);
}

/** Builds the PLC of a bank: output and input n − 1 belong to door n. */
export function plcOf(
  layout: Layout,
  unsensed: ReadonlySet<number>,
  clock: Clock,
  miswiring: Miswiring = {},
): Plc {
  const { device, points, locks } = controllerOf(layout);
  return new Plc({
    clock,
    units: [
      {
        unit: 1,
        device,
        coils: points,
        discreteInputs: points,
      },
    ],
    doors: miswire(
      placedCompartments(layout).map(({ number }) => ({
        number,
        unit: 1,
        coil: number - 1,
        sensor: unsensed.has(number)
          ? null
          : { area: 'discrete-inputs' as const, address: number - 1, closed: 1 as const },
        lock: { duty: locks },
      })),
      miswiring,
    ),
  });
}

/** Starts a bank's PLC on a port of 127.0.0.1. */
export async function standUp(
  { layout, unsensed, miswiring }: PlannedBank,
  port: number,
  clock: Clock,
  onEvent: (bank: string, event: PlcEvent) => void,
): Promise<StandingBank> {
  const plc = plcOf(layout, unsensed, clock, miswiring);
  plc.observe((event) => onEvent(layout.bank, event));
  setFireContact({ plc, layout }, false);
  const server = await startPlcServer({ plc, host: '127.0.0.1', port });
  return { bank: layout.bank, layout, plc, server, unsensed };
}
