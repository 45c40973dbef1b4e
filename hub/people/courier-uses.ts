/** When a courier's code was used: from the log, where a carrier's many visits have an index of their own. */
import type { CourierUse } from '@lockerhub/protocol/http/staff.ts';
import type { Store } from '../store/store.ts';

interface UseRow extends CourierUse {
  readonly seq: number;
}

/** A page of the visits that began with the courier's code before entry `before`, the newest first. */
export async function courierUses(
  store: Pick<Store, 'query'>,
  courier: string,
  before: number,
  limit: number,
): Promise<{ items: CourierUse[]; before: string | null }> {
  // A visit takes minutes: what came in between its two entries is a short stretch of the deliveries.
  const rows = await store.query<UseRow>(
    `select began.seq, began.at, began.data->>'visit' as visit, began.data->>'terminal' as terminal,
        began.data->>'bank' as bank, ended.at as "endedAt",
        began.clock = 'trusted' and coalesce(ended.clock, 'trusted') = 'trusted' as "isTimed",
        (select count(*)::int from deliveries d where d.seq > began.seq and d.seq < coalesce(ended.seq, $4::bigint)
          and d.visit = (began.data->>'visit')::uuid) as parcels
      from log began
        left join log ended on ended.subject = began.data->>'visit' and ended.type = 'visit.ended'
      where began.type = 'visit.started' and began.data->>'kind' = 'courier' and began.data->>'holder' = $1
        and began.seq < $2::bigint
      order by began.seq desc limit $3::bigint`,
    [courier, before, limit, Number.MAX_SAFE_INTEGER],
  );
  const last = rows.at(-1);
  return {
    items: rows.map(({ seq: _, ...use }) => use),
    before: last && rows.length === limit ? String(last.seq) : null,
  };
}
