/** The two simulated PLCs of the demo, over real Modbus TCP, with the doors that hang on them. */
import { type Layout, placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { type Miswiring, miswire } from '../plc/miswired.ts';
import { Plc, type PlcEvent } from '../plc/plc.ts';
import { type PlcServer, startPlcServer } from '../plc/tcp-server.ts';
import { GARAGE, LOBBY, UNSENSED_GARAGE_DOOR } from './linden-court.ts';

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

export const BANKS: readonly PlannedBank[] = [
  { layout: LOBBY, unsensed: new Set(), reach: 'hub' },
  { layout: GARAGE, unsensed: new Set([UNSENSED_GARAGE_DOOR]), reach: 'agent' },
];

/** The board in the lobby has 32 relays and 32 inputs (Waveshare's type with inputs). */
const LOBBY_POINTS = 32;
const GARAGE_POINTS = 16;

/** The input of a bank's fire contact: the last of its PLC. Normally closed, so that a cut wire releases, too. */
export function fireContactOf({ bank }: Pick<Layout, 'bank'>): number {
  return bank === LOBBY.bank ? LOBBY_POINTS : GARAGE_POINTS;
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
  const relayBoard = layout.bank === LOBBY.bank;
  const points = relayBoard ? LOBBY_POINTS : GARAGE_POINTS;
  return new Plc({
    clock,
    units: [
      {
        unit: 1,
        device: relayBoard ? 'waveshare-relay' : 'held-coils',
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
        // Plain coils time nothing: only locks that limit themselves may hang on them (design, section 4).
        lock: { duty: relayBoard ? ('pulsed' as const) : ('hardware-limited' as const) },
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
