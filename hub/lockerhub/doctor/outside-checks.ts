/** Does what the hub leans on outside answer: mail, cloud, the disk for backups? */
import { type Check, check, type Finding } from './check.ts';
import type { Facts } from './facts.ts';

const DAY_MS = 24 * 3600_000;
/** One that failed is tried again each hour: a day beyond its time is no bad hour. */
const LATE_MS = DAY_MS;

type CloudState = NonNullable<Facts['hub']>['cloud']['state'];
const REFUSED: Partial<Record<CloudState, Finding>> = {
  'shut-out': {
    what: 'the cloud does not know this hub any more: nothing goes up, nothing comes down',
    act: 'ask the cloud’s operator for a one-time code, leave the cloud on the staff page, and join again: lockerhub enrol',
  },
  forked: {
    what: 'the cloud’s copy of the building’s log is another one than this hub’s: it takes nothing',
    act: 'ask the cloud’s operator before anything else; doors and parcels work on',
  },
  clashed: {
    what: 'another hub speaks to the cloud under the same number: opening from afar is frozen',
    act: 'find the second hub and switch it off (a copy of this one’s disk?), or restore this one under a new number',
  },
};

export const OUTSIDE_CHECKS = {
  'mail-unreachable': check('broken', ({ outside: { mail } }) => {
    if (!mail || mail.fault === null) return null;
    return {
      what: `the mail server ${mail.server} does not answer: ${mail.fault}. Residents are not told by e-mail`,
      act: 'is the internet there, the name right, the port open? Staff page, Messages, sends a test mail; what waits goes out by itself',
    };
  }),
  'cloud-unreachable': check('broken', ({ outside: { cloud } }) => {
    if (!cloud || cloud.fault === null) return null;
    return {
      what: `the cloud at ${cloud.url} does not answer: ${cloud.fault}. Everything works without it, and what happens waits here`,
      act: 'is the internet there, the clock right, the address still the cloud’s? It is tried again by itself',
    };
  }),
  'cloud-refused': check('broken', ({ hub }) => (hub && REFUSED[hub.cloud.state]) ?? null),
  'backup-none': check('care', ({ outside: { backups }, hub, folder }) => {
    const isSetUp = hub ? hub.building !== null : folder.hasStore;
    if (backups !== null || !isSetUp) return null;
    return {
      what: 'no folder for backups is set: with this disk everything would be lost that is not in a cloud',
      act: 'plug in a disk, and set LOCKERHUB_BACKUP_FOLDER in hub.env to a folder on it',
    };
  }),
  'backup-folder-missing': check('broken', ({ outside: { backups } }) => {
    if (!backups || backups.isThere) return null;
    return {
      what: `the folder for backups ${backups.folder} is not there, or not the hub’s to write in: no backup is made`,
      act: 'plug the disk in and mount it there, with a folder that belongs to the hub’s user',
    };
  }),
  'backup-failing': check('broken', ({ hub, outside: { backups } }) => {
    if (!hub || hub.backupFailure === null || !backups?.isThere) return null;
    return {
      what: `the last backup failed: ${hub.backupFailure}`,
      act: 'mend that, then try it at once: lockerhub backup make',
    };
  }),
  'backup-old': check('broken', ({ hub, outside: { backups }, machine: { wallMs } }) => {
    if (!backups?.isThere) return null;
    if (backups.newestAtMs === null)
      return {
        what: `there is no backup in ${backups.folder} yet`,
        act: 'make the first one: lockerhub backup make',
      };
    const days = Math.floor((wallMs - backups.newestAtMs) / DAY_MS);
    // What a hub's policy asks for only it can say.
    if (wallMs - backups.newestAtMs <= (hub?.backupEveryMs ?? DAY_MS) + LATE_MS) return null;
    return {
      what: `the newest backup is ${days} days old`,
      act: 'try it at once and see why: lockerhub backup make',
    };
  }),
  'backup-same-disk': check('care', ({ outside: { backups } }) => {
    if (!backups?.isThere || !backups.isSameDisk) return null;
    return {
      what: `the folder for backups ${backups.folder} lies on the hub’s own disk: both are lost together`,
      act: 'set LOCKERHUB_BACKUP_FOLDER to a folder on another disk',
    };
  }),
} as const satisfies Record<string, Check>;
