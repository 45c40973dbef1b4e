/**
 * PGlite that reaches the disk. As shipped it does not: it starts with `-F` and its Node filesystem has no fsync at
 * all (of 41 simulated power cuts 18 lost acknowledged commits, 14 left a folder that could not be opened).
 */
import { fsyncSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { StoreError } from '../store-error.ts';

/** What we use of Emscripten's module, which PGlite's own types do not describe. */
interface NodeFsModule {
  readonly NODEFS?: {
    readonly stream_ops: { fsync?: (stream: { readonly nfd?: number }) => number };
  };
}

/** Emscripten's EIO: what `fd_sync` answers Postgres when the disk refuses. Postgres then panics, as it should. */
const EIO = 29;

/** Counts the fsyncs that reached the operating system. */
export interface FsyncCounter {
  count: number;
}

/** PGlite's Node filesystem with the fsync that it lacks. */
class FsyncingNodeFS extends NodeFS {
  readonly fsyncs: FsyncCounter = { count: 0 };

  override async init(...[pg, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const mend = (module: unknown) => this.#mend(module as NodeFsModule);
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [mend, ...(emscriptenOpts.preRun ?? [])] } };
  }

  #mend(module: NodeFsModule): void {
    const operations = module.NODEFS?.stream_ops;
    if (!operations) {
      throw new StoreError(
        'not-durable',
        'store: this PGlite has no NODEFS to mend; install the version that package.json names',
      );
    }
    operations.fsync = (stream) => {
      if (stream.nfd === undefined) return 0;
      try {
        fsyncSync(stream.nfd);
      } catch {
        return EIO;
      }
      this.fsyncs.count += 1;
      return 0;
    };
  }
}

/**
 * Server settings. `open_sync` aborts, so `fsync`. 16 MB of buffers: 152 MB of memory instead of 285, for a building's
 * data set fits many times over. Small WAL bounds: nothing checkpoints by itself here (see upkeep.ts).
 */
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'on',
  wal_sync_method: 'fsync',
  shared_buffers: '16MB',
  max_wal_size: '64MB',
  min_wal_size: '32MB',
  wal_recycle: 'off',
};

/** The parameters that PGlite is started with: its own without `-F`, and ours. */
export function durableStartParameters(): string[] {
  return [
    ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
    ...Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** An open PGlite together with the count of its fsyncs. */
export interface DurablePGlite {
  readonly db: PGlite;
  readonly fsyncs: FsyncCounter;
}

/** Opens the PGlite in `folder` (creating it if it is empty), so that a commit is on the disk when it returns. */
export async function openDurable(folder: string): Promise<DurablePGlite> {
  const fs = new FsyncingNodeFS(folder);
  const db = await PGlite.create({ fs, startParams: durableStartParameters() });
  return { db, fsyncs: fs.fsyncs };
}
