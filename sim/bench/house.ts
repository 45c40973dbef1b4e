/** A building of the bench: hub, agent and PLC as processes, with one bank whose doors are quick and whose power is ample. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { joinByCode } from '../demo/joining.ts';
import { ENVIRONMENT, NODE_FLAGS } from '../demo/programs.ts';
import { HubLink } from '../walk/hub-link.ts';
import { asJson, type RunningProgram, startProgram } from './program.ts';

/** As many as the simulated board has relays. */
export const DOORS = 32;
const COLUMN_DOORS = 8;
const BUILDING = 'bench-house';
export const BANK = 'wall';
const STAFF = { login: 'manager', password: 'bench password' } as const;
/** Who lives there: enough units for lists and searches to have something to tell apart. */
const UNITS = 120;
/** The shortest that a Waveshare board times. Doors fall shut after it. */
const PULSE_MS = 100;

const PlcReady = z.object({ port: z.number() });
const HubReady = z.object({ event: z.literal('ready'), http: z.string(), mqtts: z.number() });
const AgentReady = z.object({ msg: z.literal('connected to the hub') });
const Provisioned = z.object({ banks: z.array(z.object({ bank: z.string() })).length(1) });

/** Who reaches the bank's PLC: the hub's own bridge, or an agent in a process of its own. */
export type Reach = 'hub' | 'agent';
export type PlcProgram = RunningProgram<z.infer<typeof PlcReady>>;

export interface House {
  readonly hub: RunningProgram<z.infer<typeof HubReady>>;
  /** Undefined if the hub reaches the PLC itself. */
  readonly agent: RunningProgram<unknown> | undefined;
  readonly plc: PlcProgram;
  /** How long the hub took from its start until it answered. */
  readonly readyAfterMs: number;
  /** How long its agent took from its start until it was connected to the hub; undefined without one. */
  readonly agentReadyAfterMs: number | undefined;
  /** A session of a manager. */
  readonly token: string;
  readonly staff: HubLink;
  stop(): Promise<void>;
}

/** Starts a PLC whose doors open at once and fall shut by themselves. */
export function startDoorPlc(): Promise<PlcProgram> {
  return startProgram({
    script: 'sim/bench/door-plc.ts',
    arguments: [String(DOORS)],
    ipc: true,
    ready: (line) => PlcReady.safeParse(asJson(line)).data,
  });
}

/** Fills an empty folder that already holds an empty store in `hub/`.*/
export async function furnish(folder: string, reach: Reach, plcPort: number): Promise<void> {
  await mkdir(join(folder, 'agent'), { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'bank.yaml'), bankFile(plcPort));
  const plan = join(folder, 'plan.yaml');
  await writeFile(plan, stringify(planOf(reach)));
  const provision = await startProgram({
    script: 'hub/main.ts',
    arguments: ['provision', '--file', plan, '--data', join(folder, 'hub')],
    ready: (line) => Provisioned.safeParse(asJson(line)).data,
  });
  await provision.ended;
}

/** Starts hub and agent on a furnished folder. */
export async function openHouse(folder: string, reach: Reach, plc: PlcProgram): Promise<House> {
  const begunMs = performance.now();
  const hub = await startProgram({
    script: 'hub/main.ts',
    flags: NODE_FLAGS,
    environment: ENVIRONMENT,
    arguments: [
      '--data',
      join(folder, 'hub'),
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--mqtt-port',
      '0',
      '--mqtts-port',
      '0',
    ],
    ready: (line) => HubReady.safeParse(asJson(line)).data,
  });
  const readyAfterMs = performance.now() - begunMs;
  const token = await signIn(hub.ready.http);
  const staff = new HubLink(hub.ready.http, token);
  const agent = reach === 'agent' ? await startAgent(folder, staff, hub.ready.mqtts) : undefined;
  return {
    hub,
    agent: agent?.program,
    plc,
    readyAfterMs,
    agentReadyAfterMs: agent?.readyAfterMs,
    token,
    staff,
    async stop() {
      await agent?.program.stop();
      await hub.stop();
    },
  };
}

/** By a code, over TLS, with a kiosk and nothing else on its command line: as an installer's. */
async function startAgent(
  folder: string,
  staff: HubLink,
  mqttsPort: number,
): Promise<{ readonly program: RunningProgram<unknown>; readonly readyAfterMs: number }> {
  const own = join(folder, 'agent', 'ledger');
  await joinByCode({ staff, hub: staff.address, bank: BANK, folder: own });
  const config = join(folder, 'agent', 'agent.yaml');
  await writeFile(
    config,
    stringify({
      hub: `127.0.0.1:${mqttsPort}`,
      bankFile: '../bank.yaml',
      folder: own,
      kiosk: { port: 0 },
    }),
  );
  const begunMs = performance.now();
  const program = await startProgram({
    script: 'edge-agent/main.ts',
    arguments: ['--config', config],
    ready: (line) => AgentReady.safeParse(asJson(line)).data,
  });
  return { program, readyAfterMs: performance.now() - begunMs };
}

async function signIn(address: string): Promise<string> {
  const response = await new HubLink(address).send('POST', '/api/v1/sign-in', STAFF);
  const token = /lockerhub_staff=([^;,]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1];
  if (!token) throw new Error('the sign-in set no session');
  return token;
}

function planOf(reach: Reach): object {
  return {
    building: { building: BUILDING, name: 'Bench House', timeZone: 'Europe/Berlin', language: 'en' },
    staff: [{ name: 'Manager', role: 'manager', ...STAFF }],
    residents: Array.from({ length: UNITS }, (_, index) => ({
      unit: unitName(index),
      name: `Resident ${unitName(index)}`,
    })),
    couriers: [{ carrier: 'Northline Parcel', name: 'Ines Duarte' }],
    banks: [{ file: 'bank.yaml', reach }],
    terminals: [{ name: 'Kiosk', bank: BANK }],
  };
}

/** "1A" to "30D". */
export function unitName(index: number): string {
  const perFloor = 4;
  return `${Math.floor(index / perFloor) + 1}${String.fromCharCode('A'.charCodeAt(0) + (index % perFloor))}`;
}

/** Wired to a PLC at this port. */
export function bankFile(port: number): string {
  const numbers = Array.from({ length: DOORS }, (_, index) => index + 1);
  const columns = Array.from({ length: DOORS / COLUMN_DOORS }, (_, column) => ({
    widthMm: 450,
    cells: numbers
      .slice(column * COLUMN_DOORS, (column + 1) * COLUMN_DOORS)
      .map((number) => ({ number, size: 'M', heightMm: 200 })),
  }));
  return stringify({
    layout: { bank: BANK, name: 'Wall', depthMm: 500, columns },
    // No door may wait for power here: that is a matter of the supply, not of the program.
    supplies: { ample: { solenoidsAtOnce: DOORS, pauseBetweenPulsesMs: 0 } },
    lines: [
      {
        id: 'plc',
        host: '127.0.0.1',
        port,
        profile: 'waveshare-relay-32-inputs',
        // As those of `door-plc.ts`: opened many times a second.
        locks: 'hardware-limited',
        pulseMs: PULSE_MS,
        supply: 'ample',
      },
    ],
    wiring: numbers.map((number) => ({
      compartment: number,
      line: 'plc',
      unit: 1,
      output: number,
      sensor: { point: number },
    })),
  });
}
