/** What the demo hands to whoever plays in it (and `npm run walk`): addresses and sign-ins, in one file. */
import { existsSync } from 'node:fs';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Terminal = z.object({ terminal: z.string(), token: z.string() });

export const Access = z.object({
  /** Where the hub's pages and API are, and where the demo's own control is. Written anew at each start. */
  hub: z.string(),
  control: z.string(),
  /** Opens the control from other machines; null while only this machine reaches it. */
  controlKey: z.string().nullable(),
  staff: z.object({ login: z.string(), password: z.string() }),
  couriers: z.array(z.object({ carrier: z.string(), name: z.string(), code: z.string() })).min(1),
  /** Paired terminals: the one on the screen, one for simulated people at each bank, and two for the walk. */
  terminals: z.object({
    kiosk: Terminal,
    lobby: Terminal,
    garage: Terminal,
    room: Terminal,
    walk: Terminal,
    walkRoom: Terminal,
  }),
  /** For whom the walk brings its parcel. */
  resident: z.object({ unitName: z.string(), email: z.string() }),
  /** The simulated PLCs keep their ports: they stand in the bank files. */
  plcPorts: z.object({ lobby: z.int(), garage: z.int(), room: z.int() }),
  /** Of the internet before the demo's cloud: it stands in what the hub keeps. Null until there was a cloud. */
  cloudPort: z.int().nullable().default(null),
  /** The paper in the drawer: opens the building's keyring on another box. Null in a demo of before there was one. */
  recoveryKey: z.string().nullable().default(null),
});
export type Access = z.infer<typeof Access>;

/** The port of a bank's simulated PLC. @throws RangeError */
export function plcPortOf(ports: Access['plcPorts'], bank: string): number {
  const port = new Map<string, number>(Object.entries(ports)).get(bank);
  if (port === undefined) throw new RangeError(`the demo has no bank "${bank}"`);
  return port;
}

/** Where the access file of a demo's folder is. */
export function accessFile(folder: string): string {
  return join(folder, 'demo.json');
}

/** Reads it; undefined if this folder holds no demo yet. @throws Error if it is there and does not fit. */
export async function readAccess(folder: string): Promise<Access | undefined> {
  const file = accessFile(folder);
  if (!existsSync(file)) return undefined;
  const parsed = Access.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(
    `${file}: ${issue?.path.join('.')}: ${issue?.message}. Remove the folder ${folder} to set the demo up anew.`,
    { cause: parsed.error },
  );
}

/** Writes it in one go, readable by its owner only. */
export async function writeAccess(folder: string, access: Access): Promise<void> {
  const file = accessFile(folder);
  await writeFile(`${file}.new`, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 });
  await chmod(`${file}.new`, 0o600);
  await rename(`${file}.new`, file);
}
