/**
 * `npm test`: builds the pages, runs every test, and says `N passed, N failed` as its last line.
 *
 *     npm test                      all
 *     npm test -- hub/store         only files whose path contains that
 *     npm test -- --no-skips        a skipped test fails the run (CI)
 *     npm test -- --without=FILE    all but that file, which is named at the end
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configDefaults } from 'vitest/config';
import { startVitest } from 'vitest/node';
import { buildPages } from './pages.ts';
import { shareQuickFolder } from './quick-folder.ts';
import { isGreen, linesOf, TallyReporter } from './tally.ts';

/** Most of a long test is waiting for doors and silences. More at once starve hubs and browsers of their deadlines on two cores. */
const FILES_AT_ONCE = 3;

const filters = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const without = process.argv.flatMap((word) => word.match(/^--without=(.+)$/)?.[1] ?? []);
const allowSkips = !process.argv.includes('--no-skips');

try {
  await buildPages();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
// The same 1,600 files are compiled by hundreds of processes: Node keeps what came of it, for this run alone.
const compiled = mkdtempSync(join(tmpdir(), 'lockerhub-compiled-'));
process.env.NODE_COMPILE_CACHE = compiled;
const removeQuickFolder = shareQuickFolder();
process.once('exit', () => {
  removeQuickFolder();
  rmSync(compiled, { recursive: true, force: true });
});
const reporter = new TallyReporter();
const vitest = await startVitest('test', filters, {
  watch: false,
  exclude: [...configDefaults.exclude, ...without],
  maxWorkers: FILES_AT_ONCE,
  reporters: ['default', reporter],
});
await vitest.close();

const tally = reporter.tally ?? { passed: 0, failed: 0, skipped: [] };
for (const file of without) console.log(`not run here: ${file}`);
for (const line of linesOf(tally)) console.log(line);
// Explicitly: a library that was left open by a test must not keep a finished run alive.
process.exit(isGreen(tally, allowSkips) ? 0 : 1);
