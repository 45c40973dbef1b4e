/**
 * A building of machines on one LAN: a hub (Debian 13) and the garage's agent (Debian 12), installed from a stick; the yard's
 * agent on a machine that is only a network; a controller behind each agent, on a cable of its own.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AgentCode, BuildingView, TerminalCode } from '@lockerhub/protocol/http/staff.ts';
import { PairReply } from '@lockerhub/protocol/http/visit.ts';
import type { Stops } from '../processes/stops.ts';
import { HubLink } from '../walk/hub-link.ts';
import { DebianHost } from './debian-host.ts';
import { bankFileText } from './hub-rig.ts';
import { type Cable, type Host, Lan } from './lan.ts';
import { PlcBank } from './plc-bank.ts';
import { presentRelease, stickIn } from './present-release.ts';
import { waitFor } from './wait-for.ts';

/** Machines that boot and install beside each other on a busy one. */
const WITHIN_MS = 120_000;
export const LAN = {
  guest: '10.77.0.2',
  hub: '10.77.0.10',
  garage: '10.77.0.21',
  yard: '10.77.0.22',
} as const;
/** On the cable of each controller. */
export const MODBUS = { machine: '192.168.50.1', controller: '192.168.50.2', port: 502 } as const;
const DOORS = 4;
const STAFF = { login: 'ada-vogt', password: 'a password of the test' };
const PAGES = 8080;
const KIOSK = 8081;
const AGENT = fileURLToPath(import.meta.resolve('@lockerhub/edge-agent/main.ts'));
export type BankName = 'garage' | 'yard';

/** A bank of the building, as it physically stands there. */
export interface LanBank {
  readonly plc: PlcBank;
  readonly controller: Host;
}

export interface BuildingLan {
  readonly lan: Lan;
  readonly hub: DebianHost;
  readonly hubsCable: Cable;
  readonly garage: DebianHost;
  readonly banks: Readonly<Record<BankName, LanBank>>;
  /** The folder of the yard's agent, which has joined. */
  readonly yardFolder: string;
  /** A manager at the LAN. */
  readonly staff: HubLink;
  /** The same at the hub's own keyboard, who needs no LAN. */
  readonly staffAtHub: HubLink;
  /** The garage's terminal, at the page that its agent serves. */
  readonly kiosk: HubLink;
  /** Starts the yard's agent. */
  startYard(): void;
  /** Both banks and their lines are as they are wanted. */
  untilOnline(wanted?: Partial<Record<BankName, boolean>>): Promise<void>;
}

/**
 * Makes the machines, installs hub and agent, and lets both agents join. The yard's is not started.
 *
 * @param stops take all of it away, also when this fails
 */
export async function standUp(stops: Stops): Promise<BuildingLan> {
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-building-'));
  stops.push(() => rm(folder, { recursive: true }));
  const lan = await Lan.make(LAN.guest);
  stops.push(() => lan.end());
  const [hub, garage] = await bootFromSticks(stops);
  const yard = await lan.host();
  const hubsCable = await lan.connect(await portOf(hub, LAN.hub));
  await lan.connect(await portOf(garage, LAN.garage));
  await lan.connect({ pid: yard.pid, name: 'eth0', address: LAN.yard });
  const banks = {
    garage: await standBankUp(lan, 'garage', await garage.firstProcess(), stops),
    yard: await standBankUp(lan, 'yard', yard.pid, stops),
  };

  await installHub(hub);
  const pages = await lan.reach(lan.guest, LAN.hub, PAGES);
  const staff = await signIn(pages);
  await fillBuilding(staff);
  await installAgent(garage, await invite(staff, 'garage'));
  const kiosk = await pairedKiosk(staff, await lan.reach(lan.guest, LAN.garage, KIOSK));
  const yardFolder = await joinYard(yard, folder, await invite(staff, 'yard'));

  const own = await lan.reach({ pid: await hub.firstProcess() }, '127.0.0.1', PAGES);
  const staffAtHub = await signIn(own);
  return {
    ...{ lan, hub, hubsCable, garage, banks, yardFolder, staff, staffAtHub, kiosk },
    startYard: () => startYard(yard, yardFolder, stops),
    untilOnline: (wanted = {}) => untilOnline(staffAtHub, { garage: true, yard: true, ...wanted }),
  };
}

async function bootFromSticks(stops: Stops): Promise<[hub: DebianHost, agent: DebianHost]> {
  const release = await presentRelease();
  const boot = async (suite: string) => {
    const host = await DebianHost.make(suite);
    stops.push(() => host.end());
    await stickIn(host, release);
    await host.boot();
    return host;
  };
  return Promise.all([boot('trixie'), boot('bookworm')]);
}

const portOf = async (host: DebianHost, address: string) => ({
  pid: await host.firstProcess(),
  name: 'eth0',
  address,
});

async function standBankUp(
  lan: Lan,
  bank: BankName,
  agentPid: number | string,
  stops: Stops,
): Promise<LanBank> {
  const plc = await PlcBank.start(bank, DOORS);
  stops.push(() => plc.stop());
  const controller = await lan.host();
  const port = { pid: controller.pid, name: 'eth0', address: MODBUS.controller };
  await lan.join({ pid: agentPid, name: 'eth1', address: MODBUS.machine }, port);
  // Careless installers: the controller answers whoever reaches it, and its machine passes on what it is given.
  await controller.run('ip', 'route', 'add', 'default', 'via', MODBUS.machine);
  await lan.routes(agentPid);
  await lan.offer(controller, MODBUS.port, plc.port);
  return { plc, controller };
}

async function installHub(hub: DebianHost): Promise<void> {
  await writeFile(join(hub.folder, 'media', 'password'), STAFF.password);
  const who = ['--name', 'Linden Court', '--manager', 'Ada Vogt', '--login', STAFF.login];
  const flags = ['--password-file', '/media/password', '--modbus-interface', 'eth1'];
  await mustRun(hub, '/media/usb/install.sh', 'hub', '--yes', ...who, ...flags);
}

/** It is told nothing of where the hub is. */
async function installAgent(host: DebianHost, code: string): Promise<void> {
  await writeFile(join(host.folder, 'media', 'garage.yaml'), fileOf('garage'));
  const flags = ['--bank-file', '/media/garage.yaml', '--modbus-interface', 'eth1'];
  await mustRun(host, '/media/usb/install.sh', 'agent', '--yes', '--join', code, ...flags);
}

async function mustRun(host: DebianHost, ...words: [program: string, ...string[]]): Promise<void> {
  const { code, said } = await host.run(...words);
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${said}`);
}

const fileOf = (bank: BankName) => bankFileText(bank, DOORS, MODBUS.port, MODBUS.controller);

async function signIn(port: number): Promise<HubLink> {
  const hub = new HubLink(`http://127.0.0.1:${port}`);
  const { headers } = await hub.send('POST', '/api/v1/sign-in', STAFF);
  return hub.as(/lockerhub_staff=([^;]+)/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '');
}

async function fillBuilding(staff: HubLink): Promise<void> {
  // A parcel is announced, and with that on the agent's list, at once.
  await staff.send('PATCH', '/api/v1/policy', { undoMs: 0 });
  for (const bank of ['garage', 'yard'] as const) {
    await staff.send('POST', '/api/v1/banks', { file: fileOf(bank), reach: 'agent' });
  }
}

async function invite(staff: HubLink, bank: BankName): Promise<string> {
  return (await staff.ask('POST', `/api/v1/banks/${bank}/agents`, AgentCode)).code;
}

async function pairedKiosk(staff: HubLink, port: number): Promise<HubLink> {
  const { code } = await staff.ask('POST', '/api/v1/terminals/codes', TerminalCode, {
    name: 'Garage',
    bank: 'garage',
  });
  const kiosk = new HubLink(`http://127.0.0.1:${port}`);
  const pair = () => kiosk.ask('POST', '/api/v1/terminals/pair', PairReply, { code }).catch(() => undefined);
  return kiosk.as((await waitFor(pair, WITHIN_MS, 'the agent’s kiosk')).token);
}

async function joinYard(yard: Host, folder: string, code: string): Promise<string> {
  const own = join(folder, 'yard');
  await mkdir(own);
  await writeFile(join(own, 'bank.yaml'), fileOf('yard'));
  await writeFile(join(own, 'agent.yaml'), JSON.stringify({ bankFile: 'bank.yaml', folder: '.' }));
  await yard.run(process.execPath, AGENT, 'join', code, '--hub', LAN.hub, '--folder', own);
  return own;
}

function startYard(yard: Host, folder: string, stops: Stops): void {
  const words = ['-t', String(yard.pid), '-n', '--', process.execPath, AGENT];
  const agent = spawn('nsenter', [...words, '--config', join(folder, 'agent.yaml')], { stdio: 'ignore' });
  stops.push(async () => void agent.kill('SIGKILL'));
}

async function untilOnline(staff: HubLink, wanted: Record<BankName, boolean>): Promise<void> {
  const isSo = async () => {
    const { banks } = await staff.ask('GET', '/api/v1/building', BuildingView);
    return banks.every(
      ({ bank, online, lines }) =>
        online === wanted[bank as BankName] && (!online || lines.every(({ state }) => state === 'online')),
    );
  };
  await waitFor(isSo, WITHIN_MS, `the banks to be ${JSON.stringify(wanted)}`);
}
