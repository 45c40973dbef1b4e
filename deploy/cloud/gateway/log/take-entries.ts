/** A hub's batch of entries goes into the building's log and takes effect, exactly once and in order (design I5). */
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import { PROJECTION_VERSION } from '@lockerhub/protocol/log/projections/project.ts';
import type { PushEntries } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { Client } from '../database/database.ts';
import { insertEntries, readEntry } from './entry-row.ts';
import { type LogEnd, newEntries, requireChain } from './judge-push.ts';
import { beginProjections, moveProjected, type Projected, readProjected } from './projected.ts';
import { type Quarantined, quarantine } from './quarantine.ts';
import { takeEffect } from './take-effect.ts';

/** The building that is locked, and where its log ends. */
export interface LockedBuilding {
  readonly id: string;
  readonly head: Head;
}

export interface Taken {
  /** Where the cloud's log ends now. */
  readonly head: Head;
  /** Entries that take no effect; an operator has to hear of them. */
  readonly quarantined: readonly Quarantined[];
}

/**
 * Takes a push, in a transaction that sees the building (`Database.asBuilding`) and holds its lock (`lockBuilding`), for
 * the hub that speaks for it (`requireSpeaker`). What the log holds already is passed over, so a replay changes nothing.
 *
 * @param nowMs the gateway's wall clock
 * @throws GatewayError `cursor-ahead`, `fork`, `chain-broken`, with the cloud's head; then the transaction must be undone
 */
export async function takeEntries(
  client: Client,
  building: LockedBuilding,
  push: PushEntries,
  nowMs: number,
): Promise<Taken> {
  const { end, projected } = await readEnd(client, building);
  const overlaps = push.after.seq < end.head.seq;
  if (overlaps) requireChain(end, push);
  const known = overlaps ? await readHashes(client, push) : new Map([[end.head.seq, end.head.hash]]);
  const fresh = newEntries(end, push, known);
  const last = fresh.at(-1);
  if (!last) return { head: end.head, quarantined: [] };

  const follows = projected.version === PROJECTION_VERSION && projected.seq === end.head.seq;
  const writing = follows
    ? takeEffect(client, fresh, insertEntries)
    : insertEntries(client, fresh.map(readEntry)).then(() => []);
  // Postgres works meanwhile. What it wrote is undone if the chain does not hold.
  if (!overlaps) await alongside(writing, () => requireChain(end, push));
  const quarantined = await writing;
  await Promise.all([
    quarantine(client, quarantined, nowMs),
    moveHead(client, building.id, last),
    ...(follows ? [moveProjected(client, building.id, { version: PROJECTION_VERSION, seq: last.seq })] : []),
  ]);
  return { head: { seq: last.seq, hash: last.hash }, quarantined };
}

/** Where the log ends, and how far it is folded. A building without a log begins here. */
async function readEnd(
  client: Client,
  { id, head }: LockedBuilding,
): Promise<{ end: LogEnd; projected: Projected }> {
  const [projected, { rows }] = await Promise.all([
    readProjected(client, id),
    client.query<{ epoch: number }>({
      name: 'read-epoch',
      text: 'select epoch from log where seq = $1',
      values: [head.seq],
    }),
  ]);
  return {
    end: { head, epoch: rows[0]?.epoch ?? 0 },
    projected: projected.version === 0 && head.seq === 0 ? await beginProjections(client, id) : projected,
  };
}

async function readHashes(client: Client, { after, entries }: PushEntries): Promise<Map<number, string>> {
  const { rows } = await client.query<{ seq: number; hash: string }>({
    name: 'read-hashes',
    text: 'select seq, hash from log where seq between $1 and $2',
    values: [after.seq, after.seq + entries.length],
  });
  return new Map(rows.map(({ seq, hash }) => [seq, hash]));
}

/** Runs `check` while `work` is under way; if it throws, so does this, once the work has come to its end. */
async function alongside(work: Promise<unknown>, check: () => void): Promise<void> {
  try {
    check();
  } catch (error) {
    await work.catch(() => {
      // It is undone together with what it wrote, whatever became of it.
    });
    throw error;
  }
}

async function moveHead(client: Client, building: string, { seq, hash }: Head): Promise<void> {
  await client.query({
    name: 'move-head',
    text: 'update buildings set head_seq = $2, head_hash = $3 where id = $1',
    values: [building, seq, hash],
  });
}
