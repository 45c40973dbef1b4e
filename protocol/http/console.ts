/**
 * What the command `lockerhub` asks a hub on its own machine, by the token in the hub's folder.
 *
 * | route | answer |
 * | --- | --- |
 * | GET /api/v1/console/status | `ConsoleStatus` |
 * | GET /api/v1/console/diagnosis | `ConsoleDiagnosis`: what only a running hub knows of what may be wrong |
 * | GET /api/v1/console/log `?before&limit` | a page of `LogEntryView`, newest first, without what people typed |
 * | GET /api/v1/console/backups | `BackupsView` |
 * | POST /api/v1/console/backups | `BackupsView`, once a backup was made and looked into |
 * | POST /api/v1/console/reset `ResetAccess` | `ResetDone`: another way in for a manager
 * | POST /api/v1/console/enrol `JoinCloud` | 204 |
 */
import { z } from 'zod';
import { ToldUpdate } from '../update/files.ts';
import { LogCheckReport } from './log-check.ts';
import { RecoveryView } from './recovery.ts';
import { SyncReport } from './sync.ts';

export const ConsoleStatus = z.object({
  software: z.string(),
  /** Null: it was not set up yet. */
  building: z.string().nullable(),
  epoch: z.int(),
  fencedBy: z.int().nullable(),
  clock: z.object({ state: z.enum(['trusted', 'untrusted']), reason: z.string() }),
  disk: z.enum(['ok', 'low']),
  seq: z.int(),
  banks: z.array(z.object({ bank: z.string(), online: z.boolean() })),
  openCases: z.int(),
  waiting: z.int(),
  cloud: SyncReport.shape.state,
  /** When the newest backup was made; null: there is none. */
  backupAt: z.number().nullable(),
  backupFailure: z.string().nullable(),
});
export type ConsoleStatus = z.infer<typeof ConsoleStatus>;

/** A line of a bank that its agent tells of. */
const DiagnosedLine = z.object({
  line: z.string(),
  /** `host:port`, or the serial port; null: the bank's file cannot be read, or has no such line any more. */
  place: z.string().nullable(),
  online: z.boolean(),
  /** Why it is not, as its agent says. */
  reason: z.string().nullable(),
  /** Units on it that do not answer, though the line does. */
  silentUnits: z.array(z.int()),
});

const DiagnosedBank = z.object({
  bank: z.string(),
  /** Who drives it: the hub itself, or an agent beside it. */
  reach: z.enum(['hub', 'agent']),
  online: z.boolean(),
  /** Since when by the hub's clock; null: never heard of since this hub started. */
  sinceMs: z.number().nullable(),
  /** An agent has joined for it. */
  joined: z.boolean(),
  /** What its agent runs, as it said last, and how the last update of its machine ended; null: it never said. */
  software: z.string().nullable().default(null),
  update: ToldUpdate.nullable().default(null),
  /** When the certificate of its agent ends, by its own words; null: it has none. */
  certificateEndsAtMs: z.number().nullable(),
  /** What is wrong with its file, by line; null: nothing. */
  fileFault: z.string().nullable(),
  /** Of the lines by TCP that the hub itself reaches. */
  hosts: z.array(z.string()),
  lines: z.array(DiagnosedLine),
});

export const ConsoleDiagnosis = ConsoleStatus.omit({ cloud: true, banks: true }).extend({
  banks: z.array(DiagnosedBank),
  cloud: SyncReport.pick({ state: true, cloud: true, lastFault: true }),
  log: LogCheckReport,
  recovery: RecoveryView,
  backupFolder: z.string().nullable(),
  /** How much time the policy lets pass between two. */
  backupEveryMs: z.int(),
  /** `host:port` of the mail server; null: none is set. */
  mailServer: z.string().nullable(),
});
export type ConsoleDiagnosis = z.infer<typeof ConsoleDiagnosis>;

/** `hash`: SHA-256 of the token that is shown at the console, in hex. */
export const ResetAccess = z.object({ login: z.string().min(1).max(60), hash: z.hex().length(64) });
/** `addresses`: of the hub on its networks. */
export const ResetDone = z.object({ expiresAt: z.number(), addresses: z.array(z.string()), port: z.int() });
