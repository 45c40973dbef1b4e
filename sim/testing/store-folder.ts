/** A data folder with an empty store in it, for tests: copied from one that is made once, for making takes seconds. */
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createStore, storeExists } from '@lockerhub/hub/store/pglite/create.ts';
import { SCHEMA_VERSION } from '@lockerhub/hub/store/pglite/migrations.ts';
import { ROW_STAMPS_DDL } from '@lockerhub/hub/store/pglite/row-stamps.ts';
import {
  LOG_DEFINITION,
  PROJECTION_DEFINITIONS,
  PROJECTION_VERSION,
} from '@lockerhub/protocol/log/projections/project.ts';
import { SYNCED_TABLES } from '@lockerhub/protocol/sync/synced-tables.ts';
import { quickFolder } from './quick-folder.ts';

/** A folder that a test may fill and must remove. */
export interface StoreFolder {
  readonly folder: string;
  remove(): Promise<void>;
}

/** A fresh data folder whose store was created and never written to. */
export async function freshStoreFolder(): Promise<StoreFolder> {
  const folder = await quickFolder('lockerhub-store-');
  await emptyStoreIn(folder);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Puts a store that was never written to into a data folder, which is made if it is missing. */
export async function emptyStoreIn(folder: string): Promise<void> {
  await cp(await template(), join(folder, 'store'), { recursive: true });
}

/** Made once for each shape that a store can have; test processes that make it at once settle it by rename. */
async function template(): Promise<string> {
  const cache = fileURLToPath(new URL('../../node_modules/.cache/lockerhub/', import.meta.url));
  const finished = join(cache, `store-${await shape()}`);
  if (storeExists(finished)) return finished;
  await mkdir(cache, { recursive: true });
  const own = await mkdtemp(join(cache, 'unfinished-'));
  try {
    await createStore(join(own, 'store'));
    await rename(join(own, 'store'), finished).catch((error: unknown) => {
      if (!storeExists(finished)) throw error;
    });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
  return finished;
}

async function shape(): Promise<string> {
  const pglite = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest = await readFile(join(dirname(pglite), '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { readonly version: string };
  const migrations = await readFile(new URL('../../hub/store/pglite/migrations.ts', import.meta.url), 'utf8');
  const parts = [
    version,
    migrations,
    SCHEMA_VERSION,
    ROW_STAMPS_DDL,
    SYNCED_TABLES,
    PROJECTION_VERSION,
    LOG_DEFINITION,
    PROJECTION_DEFINITIONS,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
