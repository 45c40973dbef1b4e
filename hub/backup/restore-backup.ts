/** Puts a hub back from a backup and the recovery key on paper, on an empty box. See SPEC.md. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Epoch } from '../epoch/epoch-file.ts';
import { HubError } from '../error.ts';
import { authorityIn } from '../keyring/keyring.ts';
import { askStanding, requireNotBehind } from '../recovery/cloud-standing.ts';
import { openEnvelope } from '../recovery/envelope.ts';
import { envelopeIn } from '../recovery/recovery.ts';
import { restoreHub } from '../recovery/restore.ts';
import { addFolders } from '../store/pglite/store-files.ts';
import { type BackupHeader, keyOf, readHeader, unpackBackup } from './backup-file.ts';

export interface RestoreBackupOptions {
  readonly file: string;
  readonly dataFolder: string;
  /** Asked once the file is known to be a backup. */
  readonly recoveryKey: () => Promise<string>;
  /** The highest epoch that an agent has named; the backup's own and the cloud's count anyway. */
  readonly above: number;
  /** Put back even what the cloud holds more of. */
  readonly isBehindAccepted: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly onProgress: (what: string) => void;
}

/**
 * Unpacks beside, then gives the store its name; keyring and the next epoch follow as for any hub that was put back
 * (`restoreHub`). Cut short at any step it can be run again.
 *
 * A cloud that the building belonged to is asked first how far it has come.
 *
 * @throws HubError `backup-behind` (the cloud holds more), `backup-broken`, `backup-failed` (a hub's data is there already), `recovery-key-…`
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<Epoch> {
  const { file, dataFolder, above, clock, random, onProgress } = options;
  const { header } = await readHeader(file);
  const store = join(dataFolder, 'store');
  if (existsSync(store)) {
    throw new HubError(
      'backup-failed',
      `${dataFolder} holds a hub's data already: nothing is overwritten; name an empty folder`,
    );
  }
  const recoveryKey = await options.recoveryKey();
  const key = keyOf(header, recoveryKey);
  const adopted = await epochInCloud(options, header, recoveryKey);
  const made = new Date(header.madeAtMs).toISOString();
  onProgress(`unpacking the backup of "${header.building}", made ${made}, up to entry ${header.head.seq}`);
  const unfinished = `${store}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  await unpackBackup(file, key, unfinished);
  await addFolders(unfinished);
  await writeFile(join(dataFolder, 'recovery.json'), header.recovery, { mode: 0o600 });
  const epoch = restoreHub({
    dataFolder,
    recoveryKey,
    above: Math.max(above, header.epoch, adopted),
    clock,
    random,
  });
  await rename(unfinished, store);
  onProgress(`it speaks for the building under epoch ${epoch.number} from its next start on`);
  return epoch;
}

/** 0 where no cloud can say. @throws HubError `backup-behind` */
async function epochInCloud(
  { isBehindAccepted, onProgress }: RestoreBackupOptions,
  { cloud, recovery, head }: BackupHeader,
  recoveryKey: string,
): Promise<number> {
  if (cloud === undefined) return 0;
  const { content } = openEnvelope(envelopeIn(recovery), recoveryKey);
  const standing = await askStanding(cloud, authorityIn(content), onProgress);
  if (standing === null) return 0;
  if (!isBehindAccepted) requireNotBehind(cloud, standing, head);
  return standing.epoch;
}
