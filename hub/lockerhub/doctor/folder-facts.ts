/** Looks at the hub's folder and changes nothing in it. */
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { lockHolder } from '@lockerhub/edge-agent/identity/folder-lock.ts';
import { readEpoch } from '../../epoch/epoch-file.ts';
import { lookAtKeyring } from '../../keyring/keyring.ts';
import { checkStatePath, faultsOf, readCheckState } from '../../log/check/check-state.ts';
import { readRecoveryView } from '../../recovery/recovery.ts';
import { isUnfinished } from '../../replace/replace-hub.ts';
import { storeExists } from '../../store/pglite/create.ts';
import { readAccount } from '../../sync/cloud-account.ts';
import type { FileFact, FolderFacts } from './facts.ts';

/** What the hub writes there as itself. */
const OWN = [
  'keyring.json',
  'epoch.json',
  'recovery.json',
  'cloud.json',
  'log-check.json',
  'store',
  'bridge',
];

export function folderFacts(path: string): FolderFacts {
  const state = stateOf(path);
  const at = (name: string) => join(path, name);
  if (state !== 'there') return { ...NOTHING, path, state };
  const epoch = look(() => readEpoch(at('epoch.json')));
  const recovery = look(() => readRecoveryView(at('recovery.json')).current ?? undefined);
  return {
    path,
    state,
    hasStore: storeExists(at('store')),
    lockedBy: lockHolder(at('store.lock')),
    foreign: foreignIn(path, OWN),
    keyring: look(() => lookAtKeyring(at('keyring.json')) || undefined).fact,
    epoch: epoch.fact,
    fencedBy: epoch.value?.fencedBy ?? null,
    recovery: recovery.value?.confirmed === false ? 'unconfirmed' : recovery.fact,
    cloudAccount: look(() => readAccount(at('cloud.json')) ?? undefined).fact,
    log: logFact(path),
    isReplaceUnfinished: isUnfinished(path),
  };
}

const NOTHING: Omit<FolderFacts, 'path' | 'state'> = {
  hasStore: false,
  lockedBy: null,
  foreign: [],
  keyring: 'missing',
  epoch: 'missing',
  fencedBy: null,
  recovery: 'missing',
  cloudAccount: 'missing',
  log: { count: 0, seq: null },
  isReplaceUnfinished: false,
};

/** Whether it is there, for whoever asks. */
export function stateOf(path: string): FolderFacts['state'] {
  try {
    if (!statSync(path).isDirectory()) return 'missing';
    accessSync(path, constants.R_OK | constants.X_OK);
    return 'there';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? 'unreadable' : 'missing';
  }
}

/** Of these names those that belong to another user than the folder. */
export function foreignIn(path: string, names: readonly string[]): string[] {
  const { uid } = statSync(path);
  return names.filter((name) => {
    const found = statSync(join(path, name), { throwIfNoEntry: false });
    return found !== undefined && found.uid !== uid;
  });
}

/** By the file's own reader: what it has to say is what is wrong. */
export function look<Value>(read: () => Value | undefined): {
  readonly fact: FileFact;
  readonly value?: Value;
} {
  try {
    const value = read();
    return value === undefined ? { fact: 'missing' } : { fact: 'sound', value };
  } catch (error) {
    return { fact: { fault: error instanceof Error ? error.message : String(error) } };
  }
}

function logFact(folder: string): FolderFacts['log'] {
  const path = checkStatePath(folder);
  let fault: string | undefined;
  const { count, first } = faultsOf(
    readCheckState(path, () => {
      fault = `${path} is not what a hub writes`;
    }),
  );
  return fault === undefined ? { count, seq: first?.seq ?? null } : { fault };
}
