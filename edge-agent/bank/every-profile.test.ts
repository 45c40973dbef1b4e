/**
 * A door opened through each profile that comes with the agent, by the bank's own code over Modbus TCP, against a
 * simulated device that is described here by hand, as its papers describe it. Devices with a serial port alone are
 * reached as through a gateway, by unit id.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { PlcDevice } from '../../sim/plc/devices/new-device.ts';
import { Plc, type PlcDoorOptions } from '../../sim/plc/plc.ts';
import { startPlcServer } from '../../sim/plc/tcp-server.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { builtInProfiles } from '../devices/built-in-profiles.ts';
import { FileJournal } from '../ledger/file-journal.ts';
import { Ledger } from '../ledger/ledger.ts';
import { createLine } from '../lines/create-line.ts';
import type { Happening } from '../link/outbox-record.ts';
import { Bank } from './bank.ts';
import { parseBankFile } from './bank-file.ts';
import { wireBank } from './wire-bank.ts';

const DEADLINE_MS = 30_000;
const UNIT = 3;

interface Described {
  readonly device: PlcDevice;
  readonly coils?: number;
  readonly discreteInputs?: number;
  readonly holdingRegisters?: number;
  /** What an installer reads on the device. */
  readonly output: number;
  /** What that is on the wire. */
  readonly coil: number;
  /** The contact's number on the device and where it is on the wire; null: it senses no doors. */
  readonly sensor: { readonly point: number; readonly at: NonNullable<PlcDoorOptions['sensor']> } | null;
  /** Held outputs without a watchdog, which may not drive a lock that burns. */
  readonly holds?: true;
  readonly oneConnection?: true;
}

const input = (point: number, address: number) => ({
  point,
  at: { area: 'discrete-inputs', address, closed: 1 } as const,
});
const waveshare = (relays: number, sensor: Described['sensor']): Described => ({
  device: 'waveshare-relay',
  coils: relays,
  discreteInputs: sensor ? relays : 0,
  output: relays,
  coil: relays - 1,
  sensor,
});
const kerong = (on: number): Described => ({
  device: { kind: 'trigger-coil', on, pulseMs: 500 },
  coils: 48,
  output: 47,
  coil: 47,
  sensor: { point: 47, at: { area: 'coils', address: 47, closed: 1 } },
});
const program: Described = {
  device: { kind: 'mailbox', compartments: 20, heartbeatTimeoutMs: 1_000 },
  coils: 0,
  holdingRegisters: 34,
  output: 18,
  coil: 18,
  sensor: { point: 18, at: { area: 'program', address: 18, closed: 1 } },
};
/** A flag of a PLC whose program pulses for 300 ms when the flag rises. */
const flag = { kind: 'trigger-coil', on: 0xff00, rearm: 0, pulseMs: 300 } as const;

const DEVICES: Readonly<Record<string, Described>> = {
  'waveshare-relay-8': waveshare(8, null),
  'waveshare-relay-16': waveshare(16, null),
  'waveshare-relay-32': waveshare(32, null),
  'waveshare-relay-8-inputs': waveshare(8, input(8, 7)),
  'waveshare-relay-16-inputs': waveshare(16, input(16, 15)),
  'waveshare-relay-32-inputs': waveshare(32, input(32, 31)),
  'eletechsup-r4d-8': {
    device: 'timed-register',
    coils: 0,
    holdingRegisters: 9,
    output: 8,
    coil: 8,
    sensor: null,
  },
  'eletechsup-ryn4': {
    device: 'timed-register',
    coils: 0,
    holdingRegisters: 5,
    output: 4,
    coil: 4,
    sensor: null,
  },
  'kerong-cu48': kerong(0xff00),
  'kerong-cu48-zero-opens': kerong(0),
  // Y016 is shown as 8208; C64 as 16448; X016 is input 15.
  'automationdirect-click': {
    device: 'held-coils',
    coils: 8_208,
    output: 16,
    coil: 8_207,
    sensor: input(16, 15),
    holds: true,
  },
  'automationdirect-click-c': {
    device: flag,
    coils: 16_448,
    output: 64,
    coil: 16_447,
    sensor: input(16, 15),
  },
  // Q20, M64 and I24.
  'siemens-logo8': {
    device: 'held-coils',
    coils: 8_212,
    output: 20,
    coil: 8_211,
    sensor: input(24, 23),
    holds: true,
  },
  'siemens-logo8-m': { device: flag, coils: 8_320, output: 64, coil: 8_319, sensor: input(24, 23) },
  // Q1.1 and I1.1 are the tenth each, counted from 0.
  'siemens-s7-1200': {
    device: 'held-coils',
    coils: 16,
    output: 9,
    coil: 9,
    sensor: input(9, 9),
    holds: true,
    oneConnection: true,
  },
  'siemens-s7-1200-mailbox': { ...program, oneConnection: true },
  'schneider-m221': program,
  'generic-mailbox': program,
  'generic-coils': { device: 'held-coils', output: 5, coil: 4, sensor: input(7, 6), holds: true },
  'wago-750': { device: 'watchdog-coils', holdingRegisters: 0x100b, output: 5, coil: 4, sensor: input(7, 6) },
};

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** The device with its door 1, behind a Modbus TCP server. */
async function install({ device, coil, sensor, holds, oneConnection, ...points }: Described) {
  const { coils, discreteInputs, holdingRegisters } = points;
  const plc = new Plc({
    clock: systemClock,
    units: [
      {
        unit: UNIT,
        device,
        ...(coils === undefined ? {} : { coils }),
        ...(discreteInputs === undefined ? {} : { discreteInputs }),
        ...(holdingRegisters === undefined ? {} : { holdingRegisters }),
      },
    ],
    doors: [
      {
        number: 1,
        unit: UNIT,
        coil,
        sensor: sensor?.at ?? null,
        lock: { duty: holds ? 'continuous-duty' : 'pulsed', latencyMs: 5 },
      },
    ],
  });
  const server = await startPlcServer({ plc, connections: oneConnection ? 'one-refuse' : 'many' });
  stops.push(() => server.stop());
  return { plc, port: server.port };
}

/** A bank of that one door, as a bank file with the profile's name makes it. */
async function connect(profile: string, { output, sensor, holds }: Described, port: number) {
  const file = parseBankFile(
    JSON.stringify({
      layout: {
        bank: 'b',
        name: 'B',
        depthMm: 1,
        columns: [{ widthMm: 1, cells: [{ number: 1, size: 'S', heightMm: 1 }] }],
      },
      lines: [{ id: 'plc', host: '127.0.0.1', port, profile, locks: holds ? 'continuous-duty' : 'pulsed' }],
      wiring: [
        {
          compartment: 1,
          line: 'plc',
          unit: UNIT,
          output,
          sensor: sensor ? { point: sensor.point } : 'none',
        },
      ],
    }),
  );
  const { wires, lines } = await wireBank(file);
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-profile-'));
  stops.push(() => rm(folder, { recursive: true }));
  const ledger = await Ledger.open(new FileJournal(join(folder, 'ledger.journal')), () => {});
  stops.push(() => ledger.close());
  const happened: Happening[] = [];
  const bank = new Bank({
    wires,
    lines: lines.map((line) => createLine(line, { clock: systemClock, random: systemRandom })),
    ledger,
    clock: systemClock,
    listener: {
      happened: (happening) => happened.push(happening),
      compartmentChanged: () => {},
      linesChanged: () => {},
    },
  });
  bank.start();
  stops.push(() => bank.stop());
  return { bank, happened };
}

describe('a door behind each device that the agent knows', () => {
  it('is described for every profile', async () => {
    expect(Object.keys(DEVICES).sort()).toEqual(await builtInProfiles());
  });

  it.each(Object.keys(DEVICES))('%s opens by one pulse, which ends', async (profile) => {
    const described = DEVICES[profile] as Described;
    const { plc, port } = await install(described);
    const { bank, happened } = await connect(profile, described, port);
    const grant = await waitFor(
      async () => {
        const id = newId(systemClock, systemRandom);
        const opening = { grant: id, compartment: 1, delivery: null, purpose: 'staff' } as const;
        return (await bank.open({ ...opening, refusal: () => null, onBegun: () => {} })) === null && id;
      },
      DEADLINE_MS,
      'the door to be opened',
    );
    await waitFor(() => plc.door(1).open && !plc.door(1).energised, DEADLINE_MS, 'the end of the pulse');
    const kind = described.sensor ? 'opened' : 'pulsed';
    await waitFor(
      () => happened.some((happening) => happening.kind === kind && happening.grant === grant),
      DEADLINE_MS,
      `"${kind}" to be told`,
    );
    expect(plc.record.filter((event) => event.kind === 'energised')).toHaveLength(1);
    expect(plc.door(1).burnt).toBe(false);
    if (!described.sensor) return;
    await waitFor(() => plc.hand.close(1), DEADLINE_MS, 'the latch to hold');
    await waitFor(() => happened.at(-1)?.kind === 'closed', DEADLINE_MS, '"closed" to be told');
  });
});
