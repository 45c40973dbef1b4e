/** Is what the hub keeps there, whole, and its own? */
import { type Check, check, type Finding } from './check.ts';
import type { Facts, FileFact } from './facts.ts';

export const FOLDER_CHECKS = {
  'settings-invalid': check('broken', ({ settings: { file, fault } }) => {
    if (!fault) return null;
    return {
      what: `${placeOf(file, fault.line)}${fault.message}`,
      act: `correct it${file === null ? '' : ` in ${file}`}, then start the hub again`,
    };
  }),
  'settings-unknown': check('care', ({ settings: { file, unknown } }) => {
    if (unknown.length === 0) return null;
    return {
      what: `${placeOf(file, null)}there is no setting ${unknown.join(', ')}; it is ignored`,
      act: 'correct its spelling or remove it; hub/main.ts --help lists all settings',
    };
  }),
  'port-taken': {
    weight: 'broken',
    judge: ({ outside: { takenPorts } }) =>
      takenPorts.map(({ what, port }) => ({
        what: `port ${port} (${what}) is taken by another program`,
        act: `ss -ltnp "sport = :${port}" names it; stop that one, or give the hub another port`,
      })),
  },
  'folder-missing': check('broken', ({ folder: { path, state } }) => {
    if (state !== 'missing') return null;
    return {
      what: `the hub’s folder ${path} is not there`,
      act: 'name the right one by --data, mount the disk that it lies on, or install and set up the hub',
    };
  }),
  'folder-unreadable': check('broken', ({ folder: { path, state } }) => {
    if (state !== 'unreadable') return null;
    return {
      what: `the hub’s folder ${path} can’t be read by you`,
      act: 'be root or the hub’s user (sudo lockerhub doctor)',
    };
  }),
  'folder-foreign': check('broken', ({ folder: { path, foreign } }) => {
    if (foreign.length === 0) return null;
    return {
      what: `in ${path} something belongs to another user than the folder: ${foreign.join(', ')}. The hub can’t use it`,
      act: `give it back to the folder’s owner: chown -R --reference="${path}" "${path}"`,
    };
  }),
  'store-locked': check('broken', ({ folder: { path, lockedBy }, hub }) => {
    if (lockedBy === null || hub) return null;
    return {
      what: `process ${lockedBy} holds the store in ${path}, and answers nothing at the console`,
      act: `ps -p ${lockedBy} names it: wait if it starts or restores, else stop it; a second hub never starts beside it`,
    };
  }),
  'store-missing': check('broken', ({ folder }) => {
    if (folder.hasStore || folder.epoch === 'missing' || folder.isReplaceUnfinished) return null;
    return {
      what: `a hub was here (${folder.path}/epoch.json), and its store is gone`,
      act: 'do not start it: it would begin an empty building. Restore a backup into an empty folder, or take the building over from the cloud',
    };
  }),
  'keyring-missing': check('broken', ({ folder: { path, keyring, hasStore } }) => {
    if (keyring !== 'missing' || !hasStore) return null;
    return {
      what: `the building’s keys (${path}/keyring.json) are gone, and its store is there`,
      act: 'do not start the hub: it would make new keys, and no code would work. Bring the file back, or restore a backup with the recovery key',
    };
  }),
  'keyring-broken': check('broken', ({ folder }) =>
    faultOf(
      folder.keyring,
      'mend its rights, or bring it back by restoring a backup with the recovery key; the hub does not start until then',
    ),
  ),
  'epoch-broken': check('broken', ({ folder }) =>
    faultOf(folder.epoch, 'restore a backup into an empty folder; the hub does not start until then'),
  ),
  fenced: check('broken', ({ folder, hub }) => {
    const by = hub?.fencedBy ?? folder.fencedBy;
    if (by === null) return null;
    return {
      what: `another hub speaks for the building, under epoch ${by}: this one opens nothing`,
      act: 'switch this one off; if it is the one that should speak: hub/main.ts restore, with the recovery key',
    };
  }),
  'replace-unfinished': check('broken', ({ folder: { path, isReplaceUnfinished } }) => {
    if (!isReplaceUnfinished) return null;
    return {
      what: `this hub has begun to take the building over into ${path}, and has not finished`,
      act: 'run "hub replace" again: it goes on where it was',
    };
  }),
  'recovery-unprinted': check('care', ({ folder, hub }) => {
    if (!hasBuilding({ folder, hub })) return null;
    if (folder.recovery === 'unconfirmed')
      return {
        what: 'nobody has said that the recovery key is on paper',
        act: 'on the staff page, Recovery: confirm it if you have it, else make a new one and write it down twice',
      };
    if (folder.recovery !== 'missing') return null;
    return {
      what: 'there is no recovery key: no backup can be made, and no other box could take this building over',
      act: 'make one on the staff page, Recovery, and write it down twice',
    };
  }),
  'recovery-broken': check('broken', ({ folder }) =>
    faultOf(
      folder.recovery,
      'look at the disk; then move that file away, start the hub, and make a new recovery key',
    ),
  ),
  'log-changed': check('broken', ({ folder, hub }) => {
    const { count, seq } = hub
      ? { count: hub.log.faults.count, seq: hub.log.faults.first?.seq ?? null }
      : 'count' in folder.log
        ? folder.log
        : { count: 0, seq: null };
    if (count === 0) return null;
    return {
      what: `the building’s log is not as it was written in ${count === 1 ? 'one place' : `${count} places`}${seq === null ? '' : `, first at entry ${seq}`}`,
      act: 'look at the case on the staff page; keep this disk as it is, and compare with the cloud or a backup (lockerhub verify)',
    };
  }),
  'log-check-broken': check('care', ({ folder: { log } }) => {
    if (!('fault' in log)) return null;
    return {
      what: `what the check of the log remembers can’t be read: ${log.fault}`,
      act: 'nothing is lost: the next start follows the whole log once; if it comes again, look at the disk',
    };
  }),
  'cloud-account-broken': check('broken', ({ folder }) =>
    faultOf(
      folder.cloudAccount,
      'remove that file, start the hub, and join the cloud again by a code: lockerhub enrol',
    ),
  ),
} as const satisfies Record<string, Check>;

function placeOf(file: string | null, line: number | null): string {
  if (file === null) return '';
  return `${file}${line === null ? '' : `, line ${line}`}: `;
}

/** The words of the file's own reader: they name the file and what is wrong with it. */
function faultOf(fact: FileFact | 'unconfirmed', act: string): Finding | null {
  return typeof fact === 'object' ? { what: fact.fault, act } : null;
}

/** Before the set-up nobody needs a recovery key. */
function hasBuilding({ folder, hub }: Pick<Facts, 'folder' | 'hub'>): boolean {
  return hub ? hub.building !== null : folder.hasStore;
}
