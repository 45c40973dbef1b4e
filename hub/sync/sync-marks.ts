/** What the hub keeps of its talk with the cloud, beside the log: a value a name. */
import type { CloudIdentity, Countersignature } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Store } from '../store/store.ts';

/** The mark under which the hub keeps which cloud it has spoken with, and what that had acknowledged. */
export const CLOUD_MARK = 'cloud';
/** The mark of the versions whose rows have to be sent again. */
export const RESEND_MARK = 'resend';

export interface Acknowledged {
  readonly cloud: CloudIdentity;
  readonly seq: number;
  /** The cloud's signature under what it held then (`countersigned.ts`). */
  readonly countersignature?: Countersignature | null;
}

/** Versions of rows, the first one left out. */
export interface Range {
  readonly after: number;
  readonly upTo: number;
}

/** What was kept under a name, as JSON; null: nothing. @throws StoreError */
export async function readMark<Value>(store: Pick<Store, 'query'>, name: string): Promise<Value | null> {
  const [mark] = await store.query<{ value: string }>('select value from sync_marks where name = $1', [name]);
  return mark ? (JSON.parse(mark.value) as Value) : null;
}

/** @throws StoreError */
export async function keepMark(
  log: Pick<BuildingLog, 'append'>,
  name: string,
  value: unknown,
): Promise<void> {
  await log.append({ payloads: [], marks: [{ name, value: JSON.stringify(value) }] });
}
