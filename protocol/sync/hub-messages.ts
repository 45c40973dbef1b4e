/**
 * What a hub and the cloud's gateway say to each other over HTTPS, below `/hub/v1`. The hub always asks; it proves who
 * it is by the token of its enrolment (`Authorization: Bearer`). Faults are problem details (`../http/problem.ts`) with
 * the codes below. What goes down comes as Electric shapes (`shapes.ts`).
 *
 * Rules for change: as for the bank's messages (`../bank/messages.ts`): a message gains fields that may be absent, and
 * readers ignore fields that they do not know.
 */
import { z } from 'zod';
import { Id, Slug } from '../ids.ts';
import { MAX_ENTRY_BYTES } from '../log/entry.ts';
import { MergedRow } from '../log/field-merge.ts';
import { FieldStamp } from '../log/stamp.ts';
import { ToldUpdate } from '../update/files.ts';
import { EpochCertificate, EpochNumber } from './epoch.ts';
import { SYNCED_TABLE_NAMES, type SyncedTableName } from './synced-tables.ts';

/** Entries of one push: some 100 kB compressed, one transaction of some 100 ms. */
export const ENTRIES_A_PUSH = 500;
/** Rows of one push. */
export const ROWS_A_PUSH = 500;
/** The largest body, inflated; beyond it a push is refused (413) and the hub halves its batch. */
export const MAX_PUSH_BYTES = 8 * 1024 * 1024;
/** How often a hub says that it is there. */
export const HEARTBEAT_EVERY_MS = 30_000;
/** Two heartbeats missed: the building counts as offline, and nothing is opened there from afar. */
export const OFFLINE_AFTER_MS = 75_000;

const Hash = z.hex().length(64);
const Pem = z.string().startsWith('-----BEGIN ').max(4_096);
/** The building's keyring, sealed to its recovery key: a text, as the hub keeps it. */
const SealedKeyring = z.string().min(1).max(16_384);
const WallMs = z.number();

export const WireHead = z.object({ seq: z.int().min(0), hash: Hash });
export const WireEntry = z.object({
  seq: z.int().min(1),
  epoch: EpochNumber,
  salt: z.hex().length(32),
  payload: z.string().max(MAX_ENTRY_BYTES),
  hash: Hash,
});

/** Which cloud answers: another `system` is another database, another `timeline` one that was restored (Postgres). */
export const CloudIdentity = z.object({ system: z.string().max(40), timeline: z.int() });
export type CloudIdentity = z.infer<typeof CloudIdentity>;

/** What every answer of the gateway carries. */
const Told = {
  gatewayMs: z.int(),
  cloud: CloudIdentity,
  /** The newest entry that the cloud holds, durably. */
  head: WireHead,
  /** The highest epoch that it has adopted. */
  epoch: EpochNumber,
};

/**
 * The gateway's Ed25519 signature (base64) over `head` of the building (`countersign.ts`): proof to anybody that the
 * cloud held this then.
 */
export const Countersignature = z.object({ head: WireHead, atMs: z.int(), signature: z.base64().max(100) });
export type Countersignature = z.infer<typeof Countersignature>;

/**
 * Where a hub's log ends, and the entry that it has where the cloud's ends, as the refusal `epoch-unproven` named that
 * (null: none): a higher epoch is adopted only from a hub that goes on with the cloud's log.
 */
export const HubLog = z.object({ head: WireHead, holds: WireHead.nullable().optional() });
export type HubLog = z.infer<typeof HubLog>;

/**
 * `envelope`: the building's keyring sealed to its recovery key (base64). `log`: of a hub that has one; a box that takes
 * the building over reads it from the cloud.
 */
export const Enrol = z.object({
  code: z.string().max(40),
  building: Slug,
  instance: Id,
  epoch: EpochCertificate,
  /** The building's CA certificate: its key signs epochs. Pinned by the first enrolment. */
  authority: Pem,
  envelope: SealedKeyring.nullable(),
  log: HubLog.optional(),
  software: z.string().max(40),
  schema: z.int(),
});
export type Enrol = z.infer<typeof Enrol>;
export const Enrolled = z.object({
  ...Told,
  building: Id,
  name: z.string().max(200),
  token: z.string().max(200),
  /** SPKI in PEM: verifies countersignatures. */
  gatewayKey: Pem,
});
export type Enrolled = z.infer<typeof Enrolled>;

/** Asked with the one-time code of a replacement, which it does not use up. */
export const AskEnvelope = z.object({ code: z.string().max(40) });
export const Envelope = z.object({ envelope: SealedKeyring, building: Slug, epoch: EpochNumber });

/** Asked by the building's key alone (`standing.ts`), by a hub that is put back from a backup: base64. */
export const AskStanding = z.object({ building: Id, signature: z.base64().max(200) });
export const Standing = z.object({ epoch: z.int().min(0), head: WireHead });

/** Agents of which a heartbeat tells: 40 kB with the longest words. A building has a few. */
export const MOST_AGENTS_TOLD = 50;
/** What a bank's agent on a machine of its own runs, and since when by the hub's clock. */
export const ToldAgent = z.object({
  bank: Slug,
  software: z.string().max(40),
  sinceMs: z.number(),
  update: ToldUpdate.nullable(),
});
export type ToldAgent = z.infer<typeof ToldAgent>;

export const Heartbeat = z.object({
  instance: Id,
  epoch: EpochNumber,
  ...HubLog.shape,
  /** Entries and rows that wait to be sent. */
  unsentEntries: z.int().min(0),
  unsentRows: z.int().min(0),
  wallMs: WallMs,
  // A state that only newer hubs know is read as the one that needs a person: better that than a hub that is not heard.
  clock: z
    .string()
    .max(40)
    .transform((state): 'trusted' | 'untrusted' => (state === 'trusted' ? state : 'untrusted')),
  disk: z
    .string()
    .max(40)
    .transform((state): 'ok' | 'low' => (state === 'ok' ? state : 'low')),
  software: z.string().max(40),
  schema: z.int(),
  /** Absent: a hub of before. */
  agents: z.array(ToldAgent).max(MOST_AGENTS_TOLD).optional(),
  /** The sealed keyring, if it is another than the cloud holds (`envelopeHash`). */
  envelope: SealedKeyring.optional(),
  /** The hub's certificate, if its epoch is higher than the gateway's: it minted one since, or the cloud was rewound. */
  certificate: EpochCertificate.optional(),
});
export type Heartbeat = z.infer<typeof Heartbeat>;
export const HeartbeatAnswer = z.object({
  ...Told,
  countersignature: Countersignature.nullable(),
  /** SHA-256 of the envelope that the cloud holds; null: none. */
  envelopeHash: Hash.nullable(),
  /** Whether opening from afar is frozen: two hubs bore one epoch, or the logs differ. */
  frozen: z.boolean(),
});
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>;

/** `after`: the entry before the first of these, as the hub has it. */
export const PushEntries = z.object({
  instance: Id,
  epoch: EpochNumber,
  after: WireHead,
  entries: z.array(WireEntry).min(1).max(ENTRIES_A_PUSH),
});
export type PushEntries = z.infer<typeof PushEntries>;
export const EntriesTaken = z.object({ ...Told, countersignature: Countersignature });
export type EntriesTaken = z.infer<typeof EntriesTaken>;

/** What a fenced hub still held: kept beside the log, never projected; a case for staff. */
export const PushOrphans = z.object({
  instance: Id,
  epoch: EpochNumber,
  /** Of that epoch: says whose they are where the hub's token went, with a copy of its folder, to the one that speaks now. */
  certificate: EpochCertificate.optional(),
  entries: z.array(WireEntry).min(1).max(ENTRIES_A_PUSH),
});
export type PushOrphans = z.infer<typeof PushOrphans>;
export const OrphansTaken = z.object(Told);

const TableName = z.enum(SYNCED_TABLE_NAMES as [SyncedTableName, ...SyncedTableName[]]);
/** A whole row as the hub now has it: merging it twice, late or in another order changes nothing. */
export const WireRow = z.object({ table: TableName, id: z.string().min(1).max(60), row: MergedRow });
export type WireRow = z.infer<typeof WireRow>;
/** A row as a hub sends it, whose software may know more tables. */
const SentRow = WireRow.extend({ table: z.string().regex(/^[a-z][a-z_]{0,39}$/) });
export const PushRows = z.object({
  instance: Id,
  epoch: EpochNumber,
  rows: z.array(SentRow).min(1).max(ROWS_A_PUSH),
});
export type PushRows = z.infer<typeof PushRows>;
/**
 * `restamped`: stamps of a clock that ran ahead, and what stands in their place from now on, here and there. `merged`: the
 * rows in which they were, as the cloud has them now: what was written there in between is later than the stamp that now
 * stands here, and does not come down again by itself. `unknownTables`: rows of these were not taken, for this gateway is
 * of an older version; all others were. The hub keeps them, and offers them again later.
 */
export const RowsTaken = z.object({
  ...Told,
  restamped: z.array(z.object({ from: FieldStamp, to: FieldStamp })),
  merged: z.array(WireRow).default([]),
  unknownTables: z.array(z.string().max(40)).default([]),
});
export type RowsTaken = z.infer<typeof RowsTaken>;

/**
 * Codes of the gateway's problems that a hub acts on.
 * - `code-unknown`: no such one-time code, or it was used.
 * - `building-mismatch`: the code was made for a building of another name.
 * - `envelope-none`: the cloud holds no sealed keyring of this building.
 * - `key-foreign`: the epoch certificate is not signed by the building's key.
 * - `epoch-fenced`: a higher epoch speaks for the building; `epoch` says which.
 * - `epoch-clash`: another instance bears this number; opening from afar is frozen until one mints a higher one.
 * - `epoch-unproven`: the cloud has not adopted this epoch yet: the hub sends its certificate with a heartbeat, and its
 *   entry with the number of `head`.
 * - `token-unknown`: the credential was revoked.
 * - `cursor-ahead`: entries are missing between the cloud's head and these; `head` says where to go on.
 * - `fork`: an entry with this `seq` and another hash is there; `head` is the cloud's.
 * - `chain-broken`: these entries do not follow from one another.
 * - `too-large`: halve the batch.
 * - `request-invalid`: a fault of the hub's software; `where` says which part.
 * - `overloaded`, `shapes-away`, `too-many-attempts`: come again after `retryAfterMs`.
 */
export const SYNC_PROBLEMS = [
  'code-unknown',
  'building-mismatch',
  'envelope-none',
  'key-foreign',
  'epoch-fenced',
  'epoch-clash',
  'epoch-unproven',
  'token-unknown',
  'cursor-ahead',
  'fork',
  'chain-broken',
  'too-large',
  'request-invalid',
  'overloaded',
  'shapes-away',
  'too-many-attempts',
] as const;
export type SyncProblemCode = (typeof SYNC_PROBLEMS)[number];
/** A problem of the gateway; `head` and `epoch` where the code says so. */
export const SyncProblem = z.object({
  code: z.string().max(60),
  detail: z.string().max(1_000).optional(),
  where: z.string().max(200).optional(),
  head: WireHead.optional(),
  epoch: EpochNumber.optional(),
  retryAfterMs: z.number().optional(),
});
export type SyncProblem = z.infer<typeof SyncProblem>;
