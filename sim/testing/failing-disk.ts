/**
 * Preloaded into a process (`node --import`), with all its threads: from the moment a file named by
 * `FAILING_DISK_FROM` is there, no fsync reaches the disk any more, as with a disk that dies.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const from = process.env.FAILING_DISK_FROM;
const { fsyncSync } = fs;

if (from !== undefined) {
  fs.fsyncSync = (file) => {
    if (fs.existsSync(from)) throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
    fsyncSync(file);
  };
  syncBuiltinESMExports();
}
