/** When a household had to do with a parcel last: from then on counts how long names and contacts are kept. */
import type { Store } from '../store/store.ts';

/**
 * ms since 1970 by a clock that was trusted; 0: it never had a parcel. Null where nobody can say: one is not over, or ended
 * while the clock was not trusted and has not been since.
 *
 * @throws StoreError
 */
export async function lastDeliveryMs(
  store: Pick<Store, 'query'>,
  home: { readonly unit: string; readonly household: string },
): Promise<number | null> {
  const [last] = await store.query<{ at: number | null; open: boolean | null }>(
    `select max(over_since) as at, bool_or(over_since is null) as open from deliveries
      where unit = $1::uuid and household = $2::uuid`,
    [home.unit, home.household],
  );
  return last?.open ? null : (last?.at ?? 0);
}
