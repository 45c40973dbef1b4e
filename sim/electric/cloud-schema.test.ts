/** The cloud's own tables by shapes: what a hub would fold out of them is what the gateway put in. */
import { takeRows } from '@lockerhub/deploy/cloud/gateway/rows/take-rows.ts';
import { EMPTY_HEAD, type Entry, verifyChain } from '@lockerhub/protocol/log/entry.ts';
import { fieldChange, mergeRows, switchOn } from '@lockerhub/protocol/log/field-merge.ts';
import type { WireRow } from '@lockerhub/protocol/sync/hub-messages.ts';
import { RowStamps, toMerged } from '@lockerhub/protocol/sync/merged-row.ts';
import { type ShapeName, shapeColumns } from '@lockerhub/protocol/sync/shapes.ts';
import { SYNCED_TABLES } from '@lockerhub/protocol/sync/synced-tables.ts';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../clock/seeded-random.ts';
import { temporaryPostgres } from '../postgres/local-postgres.ts';
import { type CloudDatabase, cloudDatabase } from '../testing/cloud-database.ts';
import { logHistory } from '../testing/log-history.ts';
import { waitFor } from '../testing/wait-for.ts';
import { type ShapeServer, startShapeServer } from './shape-server.ts';
import { Mirror } from './testing.ts';

const DEADLINE_MS = 30_000;
const NAME = 'cloud';
const INSTANCE = '00000000-0000-4000-8000-00000000000a';

describe("the cloud's tables as shapes", () => {
  let rig: Awaited<ReturnType<typeof temporaryPostgres>>;
  let cloud: CloudDatabase;
  let server: ShapeServer;
  const mirrors: Mirror[] = [];

  beforeAll(async () => {
    rig = await temporaryPostgres();
    cloud = await cloudDatabase(rig.postgres, NAME);
    server = await startShapeServer({
      databaseUrl: rig.postgres.url(NAME),
      log: pino({ level: 'silent' }),
    });
  });
  afterAll(async () => {
    for (const mirror of mirrors) mirror.stop();
    await server.stop();
    await cloud.close();
    await rig.remove();
  });

  /** As the gateway asks for a hub of this building. */
  function follow(table: ShapeName, building: string): Mirror {
    const mirror = new Mirror(server.url, {
      table,
      where: 'building = $1',
      params: { 1: building },
      columns: [...shapeColumns(table)],
    });
    mirrors.push(mirror);
    return mirror;
  }

  it('bring a log down whole, and what is pushed later after it', async () => {
    const [own, other] = [await cloud.addBuilding(), await cloud.addBuilding()];
    const entries = logHistory(new SeededRandom(41), 300, EMPTY_HEAD);
    const push = (building: string, from: number, to: number) => {
      const { seq, hash } = entries[from - 2] ?? EMPTY_HEAD;
      const batch = entries.slice(from - 1, to);
      return cloud.push(building, { instance: INSTANCE, epoch: 1, after: { seq, hash }, entries: batch });
    };
    await push(own, 1, 200);
    const log = follow('log', own);
    await waitFor(() => log.rows.size === 200, DEADLINE_MS, 'the log');
    await push(other, 1, 250);
    await push(own, 201, 300);
    await waitFor(() => log.rows.size === 300, DEADLINE_MS, 'what was pushed since');
    const came = [...log.rows.values()]
      .map(({ seq, epoch, salt, payload, hash }) => ({ seq, epoch, salt, payload, hash: String(hash) }))
      .map(
        (row): Entry => ({
          ...row,
          seq: Number(row.seq),
          epoch: Number(row.epoch),
          salt: String(row.salt),
          payload: String(row.payload),
        }),
      )
      .toSorted((a, b) => a.seq - b.seq);
    expect(verifyChain(EMPTY_HEAD, came)).toEqual({ seq: 300, hash: entries[299]?.hash });
    expect(log.contradictions).toEqual([]);
  });

  it('bring rows down with all that their merge needs', async () => {
    const building = await cloud.addBuilding();
    const id = '00000000-0000-4000-8000-000000000001';
    const stamp = (atMs: number) => ({ atMs, count: 0, node: 'h-1' });
    const push = (row: WireRow['row']) =>
      cloud.database.asBuilding(building, (client) =>
        takeRows(client, building, [{ table: 'staff', id, row }], 1_000),
      );
    const staff = follow('staff', building);
    const first = mergeRows(
      fieldChange('name', 'Ada', stamp(1)),
      fieldChange('pronoun', 'she', stamp(1)),
      [],
    );
    await push(first);
    await waitFor(() => staff.rows.size === 1, DEADLINE_MS, 'the row');
    const second = mergeRows(fieldChange('role', 'admin', stamp(2)), switchOn('disabled', stamp(2)), []);
    await push(second);
    const merged = () => {
      const [row] = [...staff.rows.values()];
      const { password_hash: passwordHash, stamps, building: _, id: __, ...values } = row ?? {};
      const kept = { ...values, passwordHash } as Parameters<typeof toMerged>[1]['values'];
      return toMerged(SYNCED_TABLES.staff, { values: kept, stamps: RowStamps.parse(stamps) });
    };
    await waitFor(() => 'role' in merged().fields, DEADLINE_MS, 'the change');
    expect(merged()).toEqual(mergeRows(first, second, []));
  });
});
