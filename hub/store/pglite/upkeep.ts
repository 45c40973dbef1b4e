/**
 * What PGlite does not do by itself: 1 M inserts and 1 M updates left 753 MB of WAL and 1 M dead rows. A pure
 * schedule; `open.ts` asks it while nobody else needs the store.
 */
import { PROJECTION_TABLES } from '@lockerhub/protocol/log/projections/project.ts';

/** One piece of upkeep. Each holds the store up once, for as long as it runs. */
export type UpkeepTask =
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'vacuum'; readonly table: string; readonly thorough: boolean };

/** How far the write-ahead log has run since the last checkpoint. */
export interface WalState {
  readonly walBytes: number;
}

/** A checkpoint once this much WAL is there and the store is quiet (177 ms after a million rows). */
const CHECKPOINT_AT_BYTES = 16 * 1024 * 1024;
/** A checkpoint even while doors open: WAL is disk, and a restart has to read it. */
const CHECKPOINT_MUST_AT_BYTES = 96 * 1024 * 1024;
/** Whatever was written is checkpointed after so long at the latest, so that a restart is quick. */
const CHECKPOINT_EVERY_MS = 5 * 60_000;
/** Quick vacuums of the tables that change most: they give dead row versions back, and touch changed pages only. */
const VACUUM_EVERY_MS = 10 * 60_000;
/** Thorough ones also clean the indexes and renew the planner's statistics. */
const THOROUGH_EVERY_MS = 24 * 3_600_000;
/** Upkeep waits until nothing was written for so long. */
const QUIET_MS = 5_000;
/** Thorough vacuums read whole indexes, and so wait for a real lull. */
const LULL_MS = 10 * 60_000;

/** Tables whose rows change after they were written. */
const CHANGING = [...PROJECTION_TABLES, 'store', 'staff_sessions', 'settings', 'terminals'];

/** What the schedule remembers. Times are monotonic ms. */
export interface UpkeepState {
  readonly checkpointedAtMs: number;
  readonly vacuumedAtMs: Readonly<Record<string, number>>;
  readonly thoroughAtMs: Readonly<Record<string, number>>;
}

/** What is known of the store now. */
export interface StoreActivity extends WalState {
  readonly lastWriteMs: number;
  readonly nowMs: number;
}

/** The state right after opening: everything counts as just done, for opening checkpoints. */
export function freshUpkeep(nowMs: number): UpkeepState {
  const all = Object.fromEntries(CHANGING.map((table) => [table, nowMs]));
  return { checkpointedAtMs: nowMs, vacuumedAtMs: all, thoroughAtMs: all };
}

/** The next task, or null while there is none to do. */
export function dueTask(state: UpkeepState, activity: StoreActivity): UpkeepTask | null {
  const { nowMs, walBytes, lastWriteMs } = activity;
  if (walBytes >= CHECKPOINT_MUST_AT_BYTES) return { kind: 'checkpoint' };
  const quietMs = nowMs - lastWriteMs;
  if (quietMs < QUIET_MS) return null;
  const written = lastWriteMs > state.checkpointedAtMs;
  if (walBytes >= CHECKPOINT_AT_BYTES || (written && nowMs - state.checkpointedAtMs >= CHECKPOINT_EVERY_MS)) {
    return { kind: 'checkpoint' };
  }
  for (const table of CHANGING) {
    if (quietMs >= LULL_MS && nowMs - (state.thoroughAtMs[table] ?? 0) >= THOROUGH_EVERY_MS) {
      return { kind: 'vacuum', table, thorough: true };
    }
    const vacuumedAtMs = state.vacuumedAtMs[table] ?? 0;
    if (lastWriteMs > vacuumedAtMs && nowMs - vacuumedAtMs >= VACUUM_EVERY_MS) {
      return { kind: 'vacuum', table, thorough: false };
    }
  }
  return null;
}

/** The state once a task is done. */
export function afterTask(state: UpkeepState, task: UpkeepTask, nowMs: number): UpkeepState {
  if (task.kind === 'checkpoint') return { ...state, checkpointedAtMs: nowMs };
  return {
    ...state,
    vacuumedAtMs: { ...state.vacuumedAtMs, [task.table]: nowMs },
    thoroughAtMs: task.thorough ? { ...state.thoroughAtMs, [task.table]: nowMs } : state.thoroughAtMs,
  };
}

/** The SQL of a task. Quick vacuums leave the indexes alone, whose reading takes long with a million rows. */
export function taskSql(task: UpkeepTask): string {
  if (task.kind === 'checkpoint') return 'checkpoint';
  return task.thorough
    ? `vacuum (analyze, truncate off) ${task.table}`
    : `vacuum (index_cleanup off, truncate off) ${task.table}`;
}
