/**
 * Cuts the power of a disk under a writing store, again and again: `node sim/torture/power-cut.ts --rounds 50`.
 *
 * Beside the product's store runs PGlite as it is shipped, which must lose: a rig in which that does not fail proves
 * nothing. Ends with 1 if the product lost anything or the rig proved nothing; skips by name where it cannot run.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fraction, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Command } from 'commander';
import { wholeNumber } from '../testing/numbers.ts';
import { CuttableDisk, whyNoPowerCut } from './power-cut-disk.ts';
import { type Acknowledged, type CrashVerdict, compare, killHard, writeUntil } from './store-crash.ts';
import type { WriterKind } from './store-writer.ts';

/** Room for a store, its reserve and the log of some hundred rounds. */
const DISK_MEGABYTES = 1_024;
/** The longest that a writer writes before the cut. */
const WRITE_UP_TO_MS = 800;

/** What all rounds of one kind of store came to. */
export interface PowerCutTotals {
  rounds: number;
  acknowledged: number;
  roundsWithLoss: number;
  unopened: number;
}

/** One kind of store on a disk of its own, over all rounds. */
class Victim {
  readonly kind: WriterKind;
  readonly totals: PowerCutTotals = { rounds: 0, acknowledged: 0, roundsWithLoss: 0, unopened: 0 };
  readonly #disk: CuttableDisk;
  #told: Acknowledged = new Map();
  /** What the store had acknowledged when it was whole: the state that every new start begins from. */
  #whole: Acknowledged | null = null;
  #fresh = true;

  constructor(kind: WriterKind, folder: string) {
    this.kind = kind;
    this.#disk = new CuttableDisk(join(folder, `${kind}.img`), join(folder, kind));
  }

  /** One cut. A store that has lost starts on a new disk; one that has not goes on with all it has. */
  async round(): Promise<CrashVerdict> {
    if (this.#fresh) await this.#start();
    const told = await writeUntil(
      this.kind,
      this.#disk.folder,
      WRITE_UP_TO_MS * fraction(systemRandom),
      async (writer) => {
        await this.#disk.cutPower();
        await killHard(writer);
      },
    );
    for (const [entry, hash] of told) this.#told.set(entry, hash);
    await this.#disk.unmount();
    await this.#disk.mount();
    const verdict = await compare(this.kind, this.#disk.folder, this.#told);
    this.#count(verdict, told.size);
    return verdict;
  }

  end(): Promise<void> {
    return this.#disk.unmount();
  }

  /** Creation is not what is tested: both stores begin whole and on the disk. */
  async #start(): Promise<void> {
    if (this.#whole) await this.#disk.restore();
    else {
      await this.#disk.format(DISK_MEGABYTES);
      this.#whole = await writeUntil(this.kind, this.#disk.folder, 0, killHard);
      await this.#disk.settle();
      await this.#disk.keep();
    }
    this.#told = new Map(this.#whole);
    this.#fresh = false;
  }

  #count({ lost, unopened }: CrashVerdict, acknowledged: number): void {
    this.totals.rounds += 1;
    this.totals.acknowledged += acknowledged;
    if (lost > 0) this.totals.roundsWithLoss += 1;
    if (unopened !== null) this.totals.unopened += 1;
    this.#fresh = lost > 0 || unopened !== null;
  }
}

/** Runs the rounds of both stores in turn; `report` gets a line for each. */
export async function runPowerCuts(
  rounds: number,
  report: (line: string) => void,
): Promise<{ readonly product: PowerCutTotals; readonly asShipped: PowerCutTotals }> {
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-power-cut-'));
  const product = new Victim('product', folder);
  const asShipped = new Victim('as-shipped', folder);
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const victim of [product, asShipped]) {
        const { acknowledged, lost, unopened } = await victim.round();
        report(
          `round ${round}/${rounds} ${victim.kind}: ${acknowledged} acknowledged, ${lost} lost${unopened ? `, not opened (${unopened})` : ''}`,
        );
      }
    }
  } finally {
    await product.end();
    await asShipped.end();
    await rm(folder, { recursive: true, force: true });
  }
  return { product: product.totals, asShipped: asShipped.totals };
}

async function main(): Promise<void> {
  const { rounds } = new Command('power-cut')
    .description('Power cuts under the store, and under PGlite as shipped beside it. Needs root on Linux.')
    .option('--rounds <number>', 'how many', wholeNumber, 50)
    .parse()
    .opts<{ rounds: number }>();
  const why = await whyNoPowerCut();
  if (why) {
    console.log(`1 skipped: power cuts (${why})`);
    return;
  }
  const { product, asShipped } = await runPowerCuts(rounds, (line) => console.log(line));
  console.table({ product, 'as shipped': asShipped });
  if (product.roundsWithLoss + product.unopened > 0) {
    console.error('FAILED: the product lost what it had acknowledged');
    process.exitCode = 1;
  } else if (asShipped.roundsWithLoss + asShipped.unopened === 0) {
    console.error('PROVES NOTHING: PGlite as shipped lost nothing either; use more rounds');
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
