/**
 * Makes a new store, as a process of its own: `initdb` takes some 600 MB that are never given back, and so never
 * enter the hub. Run as `node create.ts <folder>`.
 */

import { spawn } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../store-error.ts';
import { BASELINE_CODE } from './baseline-code.ts';
import { openDurable } from './durable.ts';
import { migrate } from './migrations.ts';
import { Pipeline } from './pipeline.ts';
import { ensureProjections } from './rebuild.ts';

/** 4 s on a fast machine; a small ARM board with a slow card may take a minute. */
const CREATE_WITHIN_MS = 180_000;

/** Whether a store is there. It gets its name only once it is complete and on the disk. */
export function storeExists(folder: string): boolean {
  return existsSync(join(folder, 'PG_VERSION'));
}

/**
 * Makes a store in `folder`, which must not exist, by a process of its own.
 *
 * @throws StoreError `folder-unusable` with what that process said.
 */
export function createStore(folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...BASELINE_CODE, fileURLToPath(import.meta.url), folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: CREATE_WITHIN_MS,
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2_000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else {
        reject(
          new StoreError(
            'folder-unusable',
            `store: cannot be created in ${folder} (${signal ?? code}): ${said}`,
          ),
        );
      }
    });
  });
}

/** Creates beside `folder`, brings all of it to the disk, and only then gives it its name. */
async function createHere(folder: string): Promise<void> {
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  const { db } = await openDurable(unfinished);
  await migrate(db);
  await ensureProjections(db, new Pipeline(db));
  await db.exec('checkpoint');
  await db.close();
  fsyncTree(unfinished);
  renameSync(unfinished, folder);
  fsyncPath(dirname(folder));
}

function fsyncTree(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) fsyncTree(child);
    else if (entry.isFile()) fsyncPath(child);
  }
  fsyncPath(path);
}

function fsyncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (!folder) throw new StoreError('folder-unusable', 'store: name the folder to create');
  await createHere(folder);
}
