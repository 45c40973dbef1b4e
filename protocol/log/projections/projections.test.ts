/** The projections as a hub runs them: one building, in an in-memory PGlite. */
import { createHash } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import { type ProjectedTables, projectionSuite } from '@lockerhub/sim/conformance/projection-suite.ts';
import { accepted } from '@lockerhub/sim/testing/schema-arbitrary.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Entry } from '../entry.ts';
import { PAYLOADS, type Payload, type PayloadType } from '../payload.ts';
import {
  EFFECT_TEXTS,
  effects,
  LOG_DEFINITION,
  PROJECTION_DEFINITIONS,
  PROJECTION_TABLES,
  PROJECTION_VERSION,
  project,
  reproject,
} from './project.ts';
import type { Statement } from './statement.ts';

let db: PGlite;

beforeAll(async () => {
  db = await PGlite.create();
});
afterAll(() => db.close());

projectionSuite(async () => {
  await db.exec('drop table if exists log');
  await createProjections();
  for (const definition of LOG_DEFINITION) await db.exec(definition);
  return tables;
});

const tables: ProjectedTables = {
  append: (entries) => run(entries.flatMap(project)),
  async foldAnew(entries: readonly Entry[]) {
    await createProjections();
    await run(entries.flatMap(reproject));
  },
  rows: async (table) => (await db.query<Record<string, unknown>>(`select * from ${table}`)).rows,
};

async function createProjections(): Promise<void> {
  for (const table of PROJECTION_TABLES) await db.exec(`drop table if exists ${table}`);
  for (const definition of PROJECTION_DEFINITIONS) await db.exec(definition);
}

async function run(statements: readonly Statement[]): Promise<void> {
  for (const { sql, parameters } of statements) await db.query(sql, [...parameters]);
}

it('use texts from a fixed set, in which each parameter says its type', () => {
  const types = Object.keys(PAYLOADS) as PayloadType[];
  const used = new Set<string>();
  fc.assert(
    fc.property(
      fc.oneof(...types.map((type) => accepted(PAYLOADS[type]).map((data) => ({ type, data })))),
      (payload) => {
        const stamp = { at: 1, clock: 'trusted', by: { kind: 'hub' } };
        for (const { sql } of effects({ ...payload, ...stamp } as Payload, { seq: 1 })) used.add(sql);
      },
    ),
    { numRuns: 1_000 },
  );
  expect(EFFECT_TEXTS).toEqual(expect.arrayContaining([...used]));
  for (const text of EFFECT_TEXTS) expect(text).not.toMatch(/\$\d+(?!\d|::)/);
});

it('raise their version when tables or entry types change', () => {
  const shape = createHash('sha256')
    .update(JSON.stringify([PROJECTION_DEFINITIONS, Object.keys(PAYLOADS)]))
    .digest('hex')
    .slice(0, 8);
  // If this fails: raise PROJECTION_VERSION, then write both down here.
  expect([PROJECTION_VERSION, shape]).toEqual([14, '6ee83719']);
});
