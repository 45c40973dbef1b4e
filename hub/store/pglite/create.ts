/**
 * Makes a new store. A release brings one along that was never written to, to be copied; without it `initdb` makes one
 * in a process of its own, for that takes some 600 MB that are never given back. Run as `node create.ts <folder>`.
 */

import { spawn } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
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

/** Where a release keeps its store (`deploy/release`): made by this very software, so of its schema. */
const TEMPLATE = fileURLToPath(new URL('../../../store-template', import.meta.url));

/** Whether a store is there. It gets its name only once it is complete and on the disk. */
export function storeExists(folder: string): boolean {
  return existsSync(join(folder, 'PG_VERSION'));
}

/**
 * Makes a store in `folder`, which must not exist.
 *
 * @throws StoreError `folder-unusable` with what went wrong.
 */
export async function createStore(folder: string): Promise<void> {
  if (!storeExists(TEMPLATE)) return createByProcess(folder);
  await putInPlace(folder, (unfinished) => cp(TEMPLATE, unfinished, { recursive: true })).catch(
    (cause: unknown) => {
      throw new StoreError('folder-unusable', `store: cannot be copied to ${folder}: ${String(cause)}`, {
        cause,
      });
    },
  );
}

function createByProcess(folder: string): Promise<void> {
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

function createHere(folder: string): Promise<void> {
  return putInPlace(folder, async (unfinished) => {
    const { db } = await openDurable(unfinished);
    await migrate(db);
    await ensureProjections(db, new Pipeline(db));
    await db.exec('checkpoint');
    await db.close();
  });
}

/** Has it made beside `folder`, brings all of it to the disk, and only then gives it its name. */
async function putInPlace(folder: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  await make(unfinished);
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
