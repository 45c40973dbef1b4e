/** Sets Linden Court up, once: the hub's store with people, banks and terminals, and the file with its sign-ins. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { PolicyChanges } from '@lockerhub/protocol/http/policy.ts';
import { z } from 'zod';
import { type Access, accessFile, plcPortOf, writeAccess } from './access.ts';
import { bankFileOf } from './bank-files.ts';
import { BUILDING, CARRIERS, NEIGHBOURS, POLICY } from './linden-court.ts';
import { BANKS, type PlannedBank } from './plcs.ts';
import { HUB, hubFolder } from './programs.ts';

/** Everybody may know it: it opens doors that are simulated, in a demo that only this machine reaches. */
export const KNOWN_PASSWORD = 'linden-court';
const LOGIN = 'manager';
const TERMINALS = {
  kiosk: { name: 'Kiosk in the lobby', bank: 'lobby' },
  lobby: { name: 'Simulated people in the lobby', bank: 'lobby' },
  garage: { name: 'Simulated people in the garage', bank: 'garage' },
  room: { name: 'Simulated people at the package room', bank: 'room' },
  walk: { name: 'The walk', bank: 'lobby' },
  walkRoom: { name: 'The walk to the package room', bank: 'room' },
} as const;

/** What `hub provision` prints (hub/provision/provision.ts), as far as the demo needs it. */
const Provisioned = z.object({
  recoveryKey: z.string(),
  staff: z.array(z.object({ login: z.string(), password: z.string() })).min(1),
  couriers: z.array(z.object({ carrier: z.string(), name: z.string(), code: z.string() })),
  terminals: z.array(z.object({ terminal: z.string(), name: z.string(), token: z.string() })),
});

export interface SetUpOptions {
  /** The demo's folder; it holds no demo yet. */
  readonly folder: string;
  readonly plcPorts: Access['plcPorts'];
  /** The banks of the building; default: all of the demo's. */
  readonly banks?: readonly PlannedBank[];
  /** Makes a password by chance instead of the known one. */
  readonly secret: boolean;
  /** An empty store to begin with, instead of creating one, which takes some 10 s. */
  readonly emptyStore?: string | undefined;
  /** The building's times, where they differ from the demo's. */
  readonly policy?: PolicyChanges;
}

/**
 * Fills an empty folder. What a set-up that was cut short left behind is thrown away first.
 *
 * @returns the access file's content but for the addresses, which each start decides
 * @throws Error if the folder holds a hub whose sign-ins nobody knows any more, or the hub refuses
 */
export async function setUp(options: SetUpOptions): Promise<void> {
  const { folder, plcPorts } = options;
  if (existsSync(hubFolder(folder))) {
    throw new Error(
      `${hubFolder(folder)} holds a hub, and ${accessFile(folder)} with its sign-ins is missing; move the folder away or choose another by --data`,
    );
  }
  const fresh = freshHub(folder);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  if (options.emptyStore) await cp(options.emptyStore, join(fresh, 'store'), { recursive: true });
  const plan = join(fresh, 'plan');
  await mkdir(plan);
  const provisioned = await provision(fresh, await writePlan(plan, options));
  // It holds a password.
  await rm(plan, { recursive: true });
  await writeAccess(folder, accessOf(provisioned, plcPorts));
  await settle(folder);
}

/** Ends a set-up that was cut short at its last step. */
export async function settle(folder: string): Promise<void> {
  if (!existsSync(hubFolder(folder)) && existsSync(freshHub(folder))) {
    await rename(freshHub(folder), hubFolder(folder));
  }
}

function freshHub(folder: string): string {
  return `${hubFolder(folder)}.new`;
}

/** Writes the plan and the bank files that it names; returns where the plan is. */
async function writePlan(
  folder: string,
  { plcPorts, secret, policy = POLICY, banks: planned = BANKS }: SetUpOptions,
): Promise<string> {
  const banks = await Promise.all(
    planned.map(async ({ layout, unsensed, reach }) => {
      const name = `${layout.bank}.yaml`;
      const port = plcPortOf(plcPorts, layout.bank);
      await writeFile(join(folder, name), bankFileOf(layout, unsensed, port), { mode: 0o600 });
      return { file: name, reach };
    }),
  );
  const { slug, name, timeZone, language } = BUILDING;
  const plan = {
    building: { building: slug, name, timeZone, language },
    policy,
    staff: [
      { login: LOGIN, name: 'Manager', role: 'manager', ...(secret ? {} : { password: KNOWN_PASSWORD }) },
    ],
    residents: NEIGHBOURS.map(({ unitName, phone, ...resident }) => ({
      unit: unitName,
      ...resident,
      ...(phone === undefined ? {} : { contacts: waysTo(phone, resident.email) }),
    })),
    couriers: CARRIERS,
    banks,
    terminals: Object.values(TERMINALS),
  };
  const file = join(folder, 'plan.json');
  await writeFile(file, JSON.stringify(plan, null, 2), { mode: 0o600 });
  return file;
}

/** By text message first, and what does not arrive by mail. */
function waysTo(phone: string, email: string) {
  return [
    { channel: 'sms', to: phone },
    { channel: 'email', to: email },
  ];
}

async function provision(folder: string, plan: string): Promise<z.infer<typeof Provisioned>> {
  const child = spawn(process.execPath, [HUB, 'provision', '--file', plan, '--data', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [printed, complaint, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (exitCode !== 0) {
    throw new Error(`the hub could not be set up (exit ${exitCode}):\n${complaint.trim() || printed.trim()}`);
  }
  return Provisioned.parse(JSON.parse(printed.trimEnd().split('\n').at(-1) ?? ''));
}

function accessOf(
  { recoveryKey, staff, couriers, terminals }: z.infer<typeof Provisioned>,
  plcPorts: Access['plcPorts'],
) {
  const terminal = ({ name }: { readonly name: string }) => found(terminals, (each) => each.name === name);
  const { login, password } = found(staff, () => true);
  const resident = found(NEIGHBOURS, () => true);
  return {
    hub: '',
    control: '',
    controlKey: null,
    staff: { login, password },
    couriers,
    terminals: {
      kiosk: terminal(TERMINALS.kiosk),
      lobby: terminal(TERMINALS.lobby),
      garage: terminal(TERMINALS.garage),
      room: terminal(TERMINALS.room),
      walk: terminal(TERMINALS.walk),
      walkRoom: terminal(TERMINALS.walkRoom),
    },
    resident: { unitName: resident.unitName, email: resident.email },
    plcPorts,
    cloudPort: null,
    recoveryKey,
  };
}

function found<T>(items: readonly T[], is: (item: T) => boolean): T {
  const item = items.find(is);
  if (item === undefined) throw new Error('the hub left out something that it was asked to set up');
  return item;
}
