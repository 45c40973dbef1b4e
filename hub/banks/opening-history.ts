/** What the log says of the openings that an agent's ledger tells of: by index, whatever the log's length. */
import type { DoorRecord } from '@lockerhub/protocol/bank/messages.ts';
import type { ComparedRecord } from '../deliveries/bank-command.ts';
import type { Store } from '../store/store.ts';

export interface OpeningHistory {
  /** Puts beside each record what the log says of its door. @throws StoreError */
  beside(bank: string, records: readonly DoorRecord[]): Promise<ComparedRecord[]>;
}

/** A grant that surely led to no pulse says nothing of what a door did. */
export const NEVER_PULSED = ['refused', 'expired', 'burned'] as const;

const KNOWN = 'select grant_id as "grant", seq from grants where grant_id = any($1::uuid[])';
const NEWEST = `select door.compartment, newest.seq
  from unnest($2::text[]::integer[]) as door(compartment), lateral (
    select seq from grants
      where bank = $1 and compartment = door.compartment and ended is not null and not ended = any($3::text[])
      order by seq desc limit 1
  ) as newest`;

/** The history as the projection `grants` keeps it. */
export function openingHistory(store: Pick<Store, 'query'>): OpeningHistory {
  return {
    async beside(bank, records) {
      const grants = records.flatMap(({ grant }) => grant ?? []);
      const doors = records.map(({ compartment }) => String(compartment));
      const known = await store.query<{ grant: string; seq: number }>(KNOWN, [grants]);
      const newest = await store.query<{ compartment: number; seq: number }>(NEWEST, [
        bank,
        doors,
        NEVER_PULSED,
      ]);
      const seqOf = new Map(known.map(({ grant, seq }) => [grant, seq]));
      const newestAt = new Map(newest.map(({ compartment, seq }) => [compartment, seq]));
      return records.map((record) => ({
        ...record,
        grantSeq: record.grant === null ? null : (seqOf.get(record.grant) ?? null),
        newestSeq: newestAt.get(record.compartment) ?? null,
      }));
    },
  };
}
