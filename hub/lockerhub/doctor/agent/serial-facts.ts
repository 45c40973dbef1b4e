/** Are the serial ports of a bank's file there, and may the agent's user open them? Nobody opens one to find out. */
import { readFileSync, type Stats, statSync } from 'node:fs';
import type { BankFile } from '@lockerhub/edge-agent/bank/bank-file.ts';
import type { OwnFacts } from './facts.ts';

/** The agent's unit has it as `SupplementaryGroups=`; whoever runs the doctor need not be in it. */
const SERIAL_GROUP = 'dialout';
/** Read and write, for owner, group and others (stat(2)). */
const [OWNER, GROUP, OTHERS] = [0o600, 0o060, 0o006];

/** @param folder the agent's: whose it is, is the agent's user */
export function serialFaults({ lines }: BankFile, folder: string): OwnFacts['serial'] {
  const paths = new Set(lines.flatMap(({ serial }) => serial?.path ?? []));
  const user = statSync(folder, { throwIfNoEntry: false });
  return [...paths].flatMap((path): OwnFacts['serial'] => {
    const port = statSync(path, { throwIfNoEntry: false });
    if (!port) return [{ path, fault: 'missing' }];
    return user && !mayOpen(port, user) ? [{ path, fault: 'forbidden' }] : [];
  });
}

function mayOpen({ mode, uid, gid }: Stats, user: Stats): boolean {
  const has = (rights: number) => (mode & rights) === rights;
  if (user.uid === 0 || has(OTHERS)) return true;
  if (uid === user.uid) return has(OWNER);
  return has(GROUP) && (gid === user.gid || gid === serialGroup());
}

/** group(5). Null: this system has no such group. */
function serialGroup(): number | null {
  try {
    const [, id] =
      new RegExp(`^${SERIAL_GROUP}:[^:]*:(\\d+):`, 'm').exec(readFileSync('/etc/group', 'utf8')) ?? [];
    return id === undefined ? null : Number(id);
  } catch {
    return null;
  }
}
