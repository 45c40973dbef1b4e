/** What the cloud has signed that it held of this hub's log: a witness that whoever changes the store cannot call back. */
import { createPublicKey, verify } from 'node:crypto';
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import { countersignedBytes } from '@lockerhub/protocol/sync/countersign.ts';
import { Countersignature } from '@lockerhub/protocol/sync/hub-messages.ts';
import { z } from 'zod';
import type { Store } from '../store/store.ts';
import type { CloudAccount } from './cloud-account.ts';
import { CLOUD_MARK } from './sync-marks.ts';

const Kept = z.object({ countersignature: Countersignature.nullish() });

/** The newest head under which the cloud's signature stands; null: none is kept, or it is not the cloud's. @throws StoreError */
export async function countersignedHead(
  store: Pick<Store, 'query'>,
  { building, gatewayKey }: Pick<CloudAccount, 'building' | 'gatewayKey'>,
): Promise<Head | null> {
  const [mark] = await store.query<{ value: string }>('select value from sync_marks where name = $1', [
    CLOUD_MARK,
  ]);
  const kept = mark && Kept.safeParse(JSON.parse(mark.value)).data?.countersignature;
  if (!kept) return null;
  const { head, atMs, signature } = kept;
  const bytes = countersignedBytes(building, head, atMs);
  return verify(null, bytes, createPublicKey(gatewayKey), Buffer.from(signature, 'base64')) ? head : null;
}
