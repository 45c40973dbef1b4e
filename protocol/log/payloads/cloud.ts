/** The building's cloud: joining it, rows and commands that came from it, entries that came back by it. */
import { z } from 'zod';
import { Id } from '../../ids.ts';
import { CommandOutcome } from '../../sync/commands.ts';
import { EpochNumber } from '../../sync/epoch.ts';
import { SYNCED_TABLE_NAMES, type SyncedTableName } from '../../sync/synced-tables.ts';
import { MAX_DETAIL_CHARACTERS } from './fields.ts';

/** Rows of one entry: 38 bytes each, well below the largest payload. */
export const ARRIVED_ROWS = 300;

export const CLOUD_PAYLOADS = {
  /** `building`: its id there. */
  'cloud.joined': z.object({ building: Id }),
  'cloud.left': z.object({ building: Id, reason: z.string().max(200) }),
  /** The cloud was restored to an earlier point: what it had up to `seq` is there, the rest is sent again. */
  'cloud.rewound': z.object({ seq: z.int().min(0) }),
  /** Entries of a hub that no longer speaks for the building, as they came back by the cloud. */
  'entries.orphaned': z.object({ epoch: EpochNumber, from: z.int(), to: z.int(), case: Id }),
  /** Rows that a list of residents wrote, or that came back as they were before it. */
  'rows.imported': z.object({
    import: Id,
    table: z.enum(['units', 'households', 'residents']),
    rows: z.array(Id).min(1).max(ARRIVED_ROWS),
    undone: z.boolean(),
  }),
  /** Rows that were changed elsewhere, as they arrived. */
  'rows.arrived': z.object({
    table: z.enum(SYNCED_TABLE_NAMES as [SyncedTableName, ...SyncedTableName[]]),
    rows: z.array(z.string().max(60)).min(1).max(ARRIVED_ROWS),
  }),
  /** An operator's command, before it is carried out: it is taken once. */
  'command.taken': z.object({
    command: Id,
    kind: z.string().max(60),
    operator: Id,
    approvedBy: Id.nullable(),
  }),
  'command.ended': z.object({
    command: Id,
    outcome: CommandOutcome,
    detail: z.string().max(MAX_DETAIL_CHARACTERS).optional(),
    grant: Id.nullable(),
  }),
} as const;
