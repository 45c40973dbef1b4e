/** A whole hub in this process, on real sockets and a store of its own, filled by a plan. */
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@lockerhub/hub/config/config.ts';
import { createLogger } from '@lockerhub/hub/config/logging.ts';
import { openCore } from '@lockerhub/hub/core.ts';
import { type RunningHub, startHub } from '@lockerhub/hub/hub.ts';
import { Plan } from '@lockerhub/hub/provision/plan.ts';
import { type Provisioned, provision } from '@lockerhub/hub/provision/provision.ts';
import { type Clock, systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import type { z } from 'zod';
import { freshStoreFolder } from './store-folder.ts';

export const RIG_PASSWORD = 'rig password';
/** A cloud that was rewound is noticed by a heartbeat: no test waits half a minute for it. */
const HEARTBEAT_EVERY_MS = 500;

export interface HubRig extends RunningHub {
  readonly folder: string;
  /** What the plan made, secrets included; undefined for an empty building. */
  readonly made: Provisioned | undefined;
  /** All that the hub logged so far. */
  readonly logged: () => string;
  /** Asks with a JSON body (POST) or without one (GET). */
  ask(path: string, options?: AskOptions): Promise<Answer>;
  /** A session of this login of the plan, as a bearer token. */
  signIn(login: string): Promise<string>;
  /** Stops the hub and starts it again on the same folder. `between`: what is done to the folder meanwhile. */
  restart(between?: () => void | Promise<void>): Promise<HubRig>;
  end(): Promise<void>;
}

export interface AskOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; null if it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it is what it checks
  readonly json: any;
}

/** A bank file for a bank of `doors` doors whose PLC is at `port`. */
export function bankFileText(bank: string, doors: number, port: number, host = '127.0.0.1'): string {
  const numbers = Array.from({ length: doors }, (_, index) => index + 1);
  return JSON.stringify({
    layout: {
      bank,
      name: bank,
      depthMm: 500,
      columns: [{ widthMm: 450, cells: numbers.map((number) => ({ number, size: 'M', heightMm: 200 })) }],
    },
    lines: [{ id: 'plc', host, port, profile: 'waveshare-relay-32-inputs', locks: 'pulsed' }],
    wiring: numbers.map((number) => ({
      compartment: number,
      line: 'plc',
      unit: 1,
      output: number,
      sensor: { point: number },
    })),
  });
}

/** Two banks with agents of their own, two residents, a courier, two terminals, one of each role. */
export function smallPlan(): z.input<typeof Plan> {
  return {
    building: { building: 'rig-house', name: 'Rig House', timeZone: 'Europe/Berlin', language: 'en' },
    staff: (['manager', 'desk', 'auditor', 'installer'] as const).map((role) => ({
      login: role,
      name: `The ${role}`,
      role,
      password: RIG_PASSWORD,
    })),
    residents: [
      { unit: '1A', name: 'Mara Olsen', email: 'mara@example.org' },
      { unit: '1B', name: 'Jonas Weber', language: 'es' },
    ],
    couriers: [{ carrier: 'Northline', name: 'Ines Duarte' }],
    banks: [
      { file: 'hall.json', reach: 'agent' },
      { file: 'yard.json', reach: 'agent' },
    ],
    terminals: [{ name: 'kiosk', bank: 'hall' }],
  };
}

/** Starts a hub. Without a plan the building is empty. */
export async function startHubRig(
  plan?: z.input<typeof Plan>,
  config: Partial<Config> = {},
  clock: Clock = systemClock,
): Promise<HubRig> {
  const { folder, remove } = await freshStoreFolder();
  for (const bank of ['hall', 'yard'])
    await writeFile(join(folder, `${bank}.json`), bankFileText(bank, 4, 502));
  const made = plan && (await fill(folder, Plan.parse(plan)));
  return run(folder, remove, made, config, clock);
}

/** Starts a hub on a folder that is there; its end removes the folder. */
export function startHubIn(folder: string, config: Partial<Config> = {}): Promise<HubRig> {
  return run(folder, () => rm(folder, { recursive: true, force: true }), undefined, config);
}

async function fill(dataFolder: string, plan: Plan): Promise<Provisioned> {
  const core = await openCore({
    mail: false,
    isHeld: () => false,
    dataFolder,
    clock: systemClock,
    random: systemRandom,
    log: createLogger('silent'),
    perform: () => {},
    onBankChanged: () => {},
    onBroken: fail,
  });
  try {
    return await provision(core, systemRandom, plan, (path) => readFileSync(join(dataFolder, path), 'utf8'));
  } finally {
    await core.stop();
  }
}

async function run(
  folder: string,
  remove: () => Promise<void>,
  made: Provisioned | undefined,
  config: Partial<Config>,
  clock: Clock = systemClock,
): Promise<HubRig> {
  const lines: string[] = [];
  const running = await startHub({
    config: {
      dataFolder: folder,
      host: '127.0.0.1',
      http: { port: 0, askedBy: 'the rig' },
      mqttHost: '127.0.0.1',
      mqtt: { port: 0, askedBy: 'the rig' },
      mqtts: { port: 0, askedBy: 'the rig' },
      frameOrigin: undefined,
      demoUrl: undefined,
      backupFolder: undefined,
      heldWhile: undefined,
      update: undefined,
      smtp: undefined,
      logLevel: 'debug',
      ...config,
    },
    clock,
    random: systemRandom,
    heartbeatEveryMs: HEARTBEAT_EVERY_MS,
    log: createLogger('debug', { write: (line) => void lines.push(line) }),
    onBroken: fail,
  });
  const ask = (path: string, options: AskOptions = {}) => askHub(running.httpUrl + path, options);
  return {
    ...running,
    folder,
    made,
    ask,
    logged: () => lines.join(''),
    async signIn(login) {
      const { headers } = await ask('/api/v1/sign-in', { body: { login, password: RIG_PASSWORD } });
      return /lockerhub_staff=([^;]+)/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';
    },
    async restart(between) {
      await running.stop();
      await between?.();
      return run(folder, remove, made, config, clock);
    },
    async end() {
      await running.stop();
      await remove();
    },
  };
}

/** Asks whatever hub answers there. */
export async function askHub(url: string, { body, token, headers, method }: AskOptions): Promise<Answer> {
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : null };
}

function fail(error: Error): never {
  throw error;
}
