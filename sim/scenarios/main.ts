/** `node sim/scenarios/main.ts --seed 7 --deliveries 500`: one simulated building, or a failing seed once more. */
import { Command } from 'commander';
import { wholeNumber } from '../testing/numbers.ts';
import { runScenario } from './scenario.ts';

const { seed, deliveries } = new Command('scenarios')
  .description('Runs a whole building on a virtual clock and checks what it promises. Exit 1 on a violation.')
  .option('--seed <number>', 'the same seed gives the same run', wholeNumber, 1)
  .option('--deliveries <number>', 'how many parcels come', wholeNumber, 500)
  .parse()
  .opts<{ seed: number; deliveries: number }>();

const report = await runScenario({
  seed,
  deliveries,
  onProgress: ({ deliveries: so, acknowledged, simulatedMs }) =>
    process.stderr.write(
      `${Math.round(simulatedMs / 60_000)} min simulated, ${so} parcels, ${acknowledged} acknowledged\n`,
    ),
});
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
// Timers of the simulated processes are still set; they are not worth waiting for.
process.exit(report.violations.length > 0 ? 1 : 0);
