/**
 * What managers are told by mail: the queue is what the log says of them and has not ended (`deliveries/telling-staff.ts`).
 */
import type { Contact } from '@lockerhub/protocol/http/messages.ts';
import type { Model, Notice } from '../deliveries/model.ts';
import type { Register } from '../log/register.ts';
import type { BuildingInfo } from '../setup/building-settings.ts';
import { writeNotice } from './notice-letter.ts';
import type { LetterSource } from './waiting.ts';

export interface StaffNoticesOptions {
  readonly model: () => Pick<Model, 'notices' | 'cases'>;
  readonly register: Pick<Register, 'get'>;
  readonly building: () => BuildingInfo | undefined;
  /** The staff page, as the building's network knows it; undefined: nowhere. */
  readonly page: () => string | undefined;
}

export function staffNotices(options: StaffNoticesOptions): LetterSource {
  return {
    async queued(limit) {
      const waiting = [...options.model().notices.values()].slice(0, limit);
      return waiting.map((notice) => ({
        message: notice.id,
        whom: notice.staff,
        without: [],
        channel: null,
        reason: null,
        contacts: () => contactsOf(options, notice),
        write: async () =>
          isOver(options, notice) ? null : { letter: await letterOf(options, notice), qr: undefined },
      }));
    },
  };
}

/** As it is now: whoever was disabled meanwhile, or is no manager any more, is told nothing. */
function contactsOf({ register }: StaffNoticesOptions, { staff }: Notice): readonly Contact[] {
  const row = register.get('staff', staff);
  if (!row || row.disabled || row.role !== 'manager' || row.email === null) return [];
  return [{ channel: 'email', to: row.email }];
}

/** Nobody is told that backups fail once one was made. The rest stays true. */
function isOver({ model }: StaffNoticesOptions, { kind, about }: Notice): boolean {
  return kind === 'backup-failing' && !model().cases.has(about);
}

function letterOf({ register, building, page }: StaffNoticesOptions, notice: Notice) {
  const { kind, staff, about, code, atMs } = notice;
  const info = building();
  const row = register.get('staff', staff);
  const account = kind === 'access-reset' ? register.get('staff', about) : undefined;
  return writeNotice({
    kind,
    language: row?.language ?? info?.language ?? 'en',
    building: info?.name ?? '',
    timeZone: info?.timeZone ?? 'UTC',
    name: row?.name ?? '',
    account: account ? `${account.name} (${account.login})` : '',
    code,
    atMs,
    page: page(),
  });
}
