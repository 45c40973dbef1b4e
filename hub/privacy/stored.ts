/** What is stored about a resident, and when it goes. */
import type { StoredView } from '@lockerhub/protocol/http/privacy.ts';
import type { Addressed } from '../deliveries/stops.ts';
import type { Register } from '../log/register.ts';
import type { Rows } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { lastDeliveryMs } from './last-delivery.ts';

/** Deliveries of one answer, newest first; whoever had more is told so. */
const MOST = 200;

export interface StoredSource {
  readonly store: Pick<Store, 'query'>;
  readonly register: Register;
  readonly contactsMs: number;
  /** What is not over yet. */
  readonly living: Iterable<Addressed & { readonly id: string }>;
}

interface Row {
  readonly delivery: string;
  readonly state: StoredView['deliveries'][number]['state'];
  readonly assigned_at: number;
  readonly ended_at: number | null;
  readonly over_since: number | null;
  readonly tracking: string | null;
  readonly resident: string | null;
}

/** Undefined if there is no such resident (any more). */
export async function storedAbout(source: StoredSource, id: string): Promise<StoredView | undefined> {
  const { store, register, contactsMs } = source;
  const row = register.get('residents', id);
  const household = row && register.get('households', row.household);
  if (!row || !household) return undefined;
  // What came before they moved is found by its old unit no more; what of it waits is theirs all the same.
  const waiting = [...source.living]
    .filter((one) => (one.resident === null ? one.household === household.id : one.resident === id))
    .map((delivery) => delivery.id);
  const rows = await store.query<Row>(
    `select d.delivery, d.state, d.assigned_at, d.ended_at, d.over_since, p.tracking, d.resident
      from deliveries d left join parcels p on p.id = d.delivery
      where d.unit = $1::uuid and d.household = $2::uuid and (d.resident is null or d.resident = $3::uuid)
        or d.delivery = any($4::uuid[])
      order by d.seq desc limit ${MOST + 1}`,
    [household.unit, household.id, id, waiting],
  );
  const last = await lastDeliveryMs(store, { unit: household.unit, household: household.id });
  const deliveries = rows.slice(0, MOST).map((one) => ({
    delivery: one.delivery,
    state: one.state,
    arrivedAt: one.assigned_at,
    endedAt: one.ended_at,
    tracking: one.tracking,
    trackingGoesAt: one.tracking === null || one.over_since === null ? null : one.over_since + contactsMs,
    isForHousehold: one.resident === null,
  }));
  return {
    resident: id,
    unitName: register.get('units', household.unit)?.name ?? '',
    name: row.name,
    language: row.language,
    contacts: contactsOf(row),
    away: row.away,
    accessible: row.accessible === true,
    onlyMe: row.onlyMe === true,
    hasPin: row.pinHash !== null,
    hasFob: row.fobHash !== null,
    movedOutAt: row.movedOut ? row.movedOutAt : null,
    goesAt: goesAt(row, last, contactsMs),
    keptMs: contactsMs,
    deliveries,
    more: rows.length > MOST,
  };
}

function contactsOf({ contacts, email }: Rows['residents']): StoredView['contacts'] {
  if (contacts !== null) return contacts.map(({ channel, to }) => ({ channel, to }));
  return email === null ? [] : [{ channel: 'email', to: email }];
}

/** Null while they live here, or nobody knows since when the last of both is over: then it stays. */
function goesAt(
  { movedOut, movedOutAt }: Rows['residents'],
  lastMs: number | null,
  contactsMs: number,
): number | null {
  if (!movedOut || movedOutAt === null || lastMs === null) return null;
  return Math.max(movedOutAt, lastMs) + contactsMs;
}
