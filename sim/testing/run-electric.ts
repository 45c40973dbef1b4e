/**
 * `npm run test:electric`: the end-to-end tests of sync, unchanged, against a real Electric and the Postgres that it follows
 * (`ELECTRIC_URL`, `DATABASE_URL`, and `ELECTRIC_SECRET` where it has one). Without them it says what is missing and fails.
 */
import { startVitest } from 'vitest/node';
import { missingFor } from './real-electric.ts';
import { isGreen, linesOf, TallyReporter } from './tally.ts';

/** Those that run a whole cloud (`CloudWorld`). */
const FILES = ['hub/sync/sync.test.ts', 'hub/replace/replace-hub.test.ts'];
/** BSD sysexits: EX_CONFIG. */
const EXIT_CONFIG = 78;

const missing = await missingFor(process.env);
if (missing.length > 0) {
  for (const what of missing) console.error(what);
  process.exit(EXIT_CONFIG);
}
const reporter = new TallyReporter();
const vitest = await startVitest('test', FILES, {
  watch: false,
  maxWorkers: 1,
  reporters: ['default', reporter],
});
await vitest.close();
const tally = reporter.tally ?? { passed: 0, failed: 0, skipped: [] };
for (const line of linesOf(tally)) console.log(line);
process.exit(isGreen(tally, false) ? 0 : 1);
