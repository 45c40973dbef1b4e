/**
 * Updates of the hub, from its page.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/updates | `UpdatesView` |
 * | POST /api/v1/updates/file `NewReleaseFile` | `UpdatesView`: its bytes may come |
 * | PUT  /api/v1/updates/file/{file}?at=N | `UpdatesView`: a piece of the file; `received` says where to go on |
 * | POST /api/v1/updates `BeginUpdate` | `UpdatesView`: it is asked for, or waits for its hour |
 * | POST /api/v1/updates/call-off | `UpdatesView`: it no longer waits |
 */
import { z } from 'zod';
import { Id, Slug } from '../ids.ts';
import { CheckedRelease, LastUpdate, MAX_RELEASE_BYTES, ToldUpdate, UpdatePhase } from '../update/files.ts';

/** The largest piece of a file: within the time that the hub gives a request, also by a slow Wi-Fi. */
export const RELEASE_PIECE_BYTES = 4 * 1024 * 1024;

export const NewReleaseFile = z.object({ bytes: z.int().min(1).max(MAX_RELEASE_BYTES) });
export type NewReleaseFile = z.infer<typeof NewReleaseFile>;

export const BeginUpdate = z.object({
  file: Id,
  /** From when on, ms since 1970; null: at once. */
  at: z.int().nullable(),
  /** Also a release that is older than the one in use. */
  mayBeOlder: z.boolean().default(false),
});
export type BeginUpdate = z.infer<typeof BeginUpdate>;

/** What an agent on a machine of its own runs. */
export const AgentVersion = z.object({
  bank: Slug,
  /** Of the bank. */
  name: z.string(),
  online: z.boolean(),
  /** As it said last; null: it never has. */
  software: z.string().nullable(),
  /** Since when by the hub's log; null with `software`. */
  sinceMs: z.number().nullable(),
  /** Beside the hub's own version. */
  standing: z.enum(['same', 'older', 'newer', 'unknown']),
  /** Null: it told of none. */
  update: ToldUpdate.nullable(),
});
export type AgentVersion = z.infer<typeof AgentVersion>;

export const UpdatesView = z.object({
  /** Whether there is an updater beside this hub: `install.sh` puts it there. */
  isPossible: z.boolean(),
  /** What runs. */
  software: z.string(),
  /** The release that lies ready, or is on its way. */
  file: z
    .object({
      file: Id,
      bytes: z.int(),
      received: z.int(),
      /** Null: not looked at yet. */
      checked: CheckedRelease.omit({ file: true }).nullable(),
    })
    .nullable(),
  /** An update that is wanted and did not begin. `at`: its hour; null: at once. `isFetched`: by the cloud's wish, from there. */
  wanted: z.object({ update: Id, at: z.number().nullable(), isFetched: z.boolean() }).nullable(),
  /** An update that is under way. */
  running: z.object({ phase: UpdatePhase, to: z.string() }).nullable(),
  last: LastUpdate.omit({ update: true }).nullable(),
  /** By the names of their banks. None: a hub of before, to which an update went back. */
  agents: z.array(AgentVersion).default([]),
});
export type UpdatesView = z.infer<typeof UpdatesView>;
