/**
 * A hub whose data folder was put back from a backup speaks again, under a new epoch. Without that it would believe a log
 * that lacks its last hours, and agents that have seen more let it open nothing.
 */
import { join } from 'node:path';
import { lockFolder } from '@lockerhub/edge-agent/identity/folder-lock.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { type Epoch, openEpoch, writeEpoch } from '../epoch/epoch-file.ts';
import { HubError } from '../error.ts';
import { authorityIn, keepKeyring } from '../keyring/keyring.ts';
import { forgetCheckState } from '../log/check/check-state.ts';
import { StoreError } from '../store/store-error.ts';
import { readAccount } from '../sync/cloud-account.ts';
import { askStanding } from './cloud-standing.ts';
import { openEnvelope } from './envelope.ts';
import { readEnvelope } from './recovery.ts';

export interface RestoreOptions {
  readonly dataFolder: string;
  /** As typed from the paper. */
  readonly recoveryKey: string;
  /** The highest epoch that an agent or the cloud has named; the folder's own, and the one that fenced it, count anyway. */
  readonly above: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** The highest epoch that the cloud of this folder has adopted; 0: it belongs to none, or that can't be asked. @throws HubError */
export async function epochInCloud(
  dataFolder: string,
  recoveryKey: string,
  onProgress: (what: string) => void,
): Promise<number> {
  const account = readAccount(join(dataFolder, 'cloud.json'));
  const envelope = readEnvelope(join(dataFolder, 'recovery.json'));
  if (account === null || envelope === null) return 0;
  const { content } = openEnvelope(envelope, recoveryKey);
  const standing = await askStanding(account, authorityIn(content), onProgress);
  if (standing === null) return 0;
  onProgress(
    `the cloud holds the log up to entry ${standing.head.seq}: if this copy ends before that, replace the hub from the cloud instead (hub replace)`,
  );
  return standing.epoch;
}

/**
 * Proves by the recovery key that this is the building's, brings its keyring back if the copy lacks it, and gives the hub
 * the next epoch: at its next start every door is unverified. Each step may be cut short and done again; done twice it
 * costs a number.
 *
 * @throws HubError `recovery-key-…`, `envelope-broken`, `recovery-broken`, `keyring-broken`, `epoch-broken`
 * @throws StoreError `folder-locked` while a hub runs on the folder
 */
export function restoreHub({ dataFolder, recoveryKey, above, clock, random }: RestoreOptions): Epoch {
  const lock = lockFolder(
    join(dataFolder, 'store.lock'),
    (code, what, cause) => new StoreError(code, `store: ${what}`, { cause }),
  );
  try {
    const envelope = readEnvelope(join(dataFolder, 'recovery.json'));
    if (envelope === null) {
      throw new HubError(
        'recovery-broken',
        `${dataFolder} holds no sealed keyring (recovery.json): it is no hub's folder, or no recovery key was ever made`,
      );
    }
    const { content } = openEnvelope(envelope, recoveryKey);
    keepKeyring(join(dataFolder, 'keyring.json'), content);
    const path = join(dataFolder, 'epoch.json');
    const { number, fencedBy = 0 } = openEpoch(path, clock, random);
    const epoch: Epoch = {
      number: Math.max(number, above, fencedBy) + 1,
      instance: newId(clock, random),
      reason: 'restored',
    };
    forgetCheckState(dataFolder);
    writeEpoch(path, epoch);
    return epoch;
  } finally {
    lock.release();
  }
}
