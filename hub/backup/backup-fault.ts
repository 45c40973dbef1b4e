/** Why a backup was not made, as staff are told it: each reason has words of its own on their page. */
import type { BackupReason } from '@lockerhub/protocol/http/backup.ts';
import { HubError } from '../error.ts';

/** Where it failed: while it was written into the folder, or while it was opened on the hub's own disk. */
export type BackupStep = 'writing' | 'opening';

/** Why it was refused before anything was written. */
export class BackupRefused extends HubError {
  readonly reason: BackupReason;

  constructor(reason: BackupReason, message: string) {
    super('backup-failed', message);
    this.reason = reason;
  }
}

const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const NOT_WRITABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);
/** What a disk says that was pulled out or dies. */
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'EIO', 'ENODEV', 'ENXIO', 'ENOTDIR']);

/** The reason of an error that stopped a backup in this step. */
export function reasonOf(error: unknown, step: BackupStep): BackupReason {
  if (error instanceof BackupRefused) return error.reason;
  const code = systemCode(error);
  if (code !== undefined && NO_ROOM.has(code)) return step === 'writing' ? 'no-room' : 'no-room-here';
  if (step === 'writing' && code !== undefined) {
    if (NOT_WRITABLE.has(code)) return 'not-writable';
    if (GONE.has(code)) return 'folder-missing';
  }
  return error instanceof HubError && error.code === 'backup-broken' ? 'broken' : 'other';
}

/** The system's word for it, of the error or of what caused it. */
function systemCode(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as NodeJS.ErrnoException;
    if (code !== undefined && /^E[A-Z0-9]+$/.test(code) && !code.startsWith('ERR')) return code;
  }
  return undefined;
}
