/**
 * `npm test`: builds the pages, runs every test, and says `N passed, N failed` as its last line.
 *
 *     npm test                      all
 *     npm test -- hub/store         only files whose path contains that
 *     npm test -- --no-skips        a skipped test fails the run (CI)
 */
import { startVitest } from 'vitest/node';
import { buildPages } from './pages.ts';
import { isGreen, linesOf, TallyReporter } from './tally.ts';

/** Tests start hubs, agents and browsers; more files at once starve them of their deadlines on two cores. */
const FILES_AT_ONCE = 2;

const filters = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const allowSkips = !process.argv.includes('--no-skips');

try {
  await buildPages();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const reporter = new TallyReporter();
const vitest = await startVitest('test', filters, {
  watch: false,
  maxWorkers: FILES_AT_ONCE,
  reporters: ['default', reporter],
});
await vitest.close();

const tally = reporter.tally ?? { passed: 0, failed: 0, skipped: [] };
for (const line of linesOf(tally)) console.log(line);
// Explicitly: a library that was left open by a test must not keep a finished run alive.
process.exit(isGreen(tally, allowSkips) ? 0 : 1);
