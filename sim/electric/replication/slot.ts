/** The replication slot: what Postgres keeps for us, and whether it is still the one that our shapes stand on. */
import { z } from 'zod';
import { SimError } from '../../error.ts';
import { parseLsn } from '../offset.ts';
import type { Database } from '../tables/database.ts';

/** What is known of the slot beside Postgres; kept with the shapes, for they are worth nothing without each other. */
export const slotState = z.object({
  /** Postgres' system identifier: another cluster has another. */
  system: z.string(),
  /** Rises when a cluster is restored to a point in time. */
  timeline: z.string(),
  database: z.string(),
  slot: z.string(),
  /** Up to where the shapes have everything, as a decimal. */
  confirmed: z.string().regex(/^\d+$/),
});
export type SlotState = z.infer<typeof slotState>;

/** What Postgres says of itself on a replication connection (`IDENTIFY_SYSTEM`). */
export const identity = z
  .object({
    systemid: z.string(),
    timeline: z.union([z.string(), z.number()]),
    xlogpos: z.string(),
    dbname: z.string(),
  })
  .transform((row) => ({
    system: row.systemid,
    timeline: String(row.timeline),
    end: parseLsn(row.xlogpos),
    database: row.dbname,
  }));
export type Identity = z.infer<typeof identity>;

const slotRow = z.object({
  is_ours: z.boolean(),
  wal_status: z.string().nullable(),
  confirmed: z.string().nullable(),
  plugin: z.string().nullable(),
});

export interface FoundSlot {
  /** Whether Postgres threw away what it should have kept (`max_slot_wal_keep_size`). */
  readonly isLost: boolean;
  readonly confirmed: bigint;
}

/**
 * Null: there is none of that name.
 *
 * @throws SimError `config-invalid` if it is another database's.
 */
export async function findSlot(database: Database, slot: string): Promise<FoundSlot | null> {
  const rows = await database.rows(
    `SELECT database = current_database() AS is_ours, wal_status, confirmed_flush_lsn::text AS confirmed,
       plugin::text FROM pg_replication_slots WHERE slot_name = $1`,
    [slot],
  );
  const row = z.array(slotRow).parse(rows)[0];
  if (!row) return null;
  if (!row.is_ours) {
    throw new SimError(
      'config-invalid',
      `another database has a slot ${slot}: give this server another name`,
    );
  }
  return {
    isLost: row.wal_status === 'lost' || row.plugin !== 'pgoutput',
    confirmed: parseLsn(row.confirmed ?? '0/0'),
  };
}

/**
 * Why the shapes can't go on with this slot; null: they can.
 *
 * @param seen The last place in Postgres' log of which anything is known here.
 */
export function whyNotResume(
  state: SlotState | null,
  slot: FoundSlot | null,
  now: Identity,
  seen: bigint,
): string | null {
  if (!state) return 'nothing is known of an earlier slot';
  if (!slot) return 'the replication slot is gone';
  if (slot.isLost) return 'Postgres threw away what the replication slot needed';
  if (state.system !== now.system || state.database !== now.database) return 'it is another database';
  if (state.timeline !== now.timeline) return 'the database was restored to a point in time';
  if (seen > now.end) return 'the database stands at an earlier point than was seen of it';
  if (slot.confirmed > BigInt(state.confirmed)) return 'the slot has moved on without these shapes';
  return null;
}

/** Drops a slot; one that a connection still holds is an error of Postgres (55006), and another try is due. */
export async function dropSlot(database: Database, slot: string): Promise<void> {
  await database.rows('SELECT pg_drop_replication_slot($1)', [slot]);
}
