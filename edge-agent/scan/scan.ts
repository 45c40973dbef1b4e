/** A read-only scan of a line: who answers, and what seems to be wrong with the wires. See SPEC.md. */
import type {
  ScannedUnit,
  ScanPass,
  ScanProgress,
  ScanReport,
  ScanSpeed,
} from '@lockerhub/protocol/bank/scan.ts';
import type { Profile } from '../devices/profile.ts';
import { AgentError } from '../error.ts';
import type { Asker } from './asker.ts';
import { likelyProfiles } from './likely-profiles.ts';
import { PassHearings } from './pass-hearings.ts';
import { wavesOf } from './scan-plan.ts';
import { hintsOf, judgeTogether } from './verdict.ts';

/** What a scan needs. */
export interface ScanOptions {
  /** How the line is opened: at each speed that is tried (null: TCP). One is open at a time. */
  readonly ways: readonly ScanWay[];
  readonly units: readonly number[];
  /** How long a unit may take to begin its answer, in ms. */
  readonly withinMs: number;
  /** To name likely ones. */
  readonly profiles: readonly Profile[];
  readonly onProgress: (progress: ScanProgress) => void;
  /** Ends it after the question that is being asked; what was found is reported. */
  readonly signal: AbortSignal;
}

interface ScanWay {
  readonly speed: ScanSpeed | null;
  readonly open: () => Promise<Asker>;
}

/** How many ids have to answer, and all that were asked, for their ids to mean nothing. */
const ANY_UNIT_AT_LEAST = 8;

interface Pass extends ScanWay {
  readonly hearings: PassHearings;
}

/**
 * Scans. Sends nothing but reads.
 *
 * @throws AgentError `scan-failed`: the line can't be opened, or was lost
 */
export async function scan(options: ScanOptions): Promise<ScanReport> {
  return await new Scan(options).run();
}

class Scan {
  readonly #options: ScanOptions;
  readonly #passes: Pass[] = [];
  #done = 0;
  #of: number;
  #isAnyUnit = false;

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#of = wavesOf(options.units)[0].length * options.ways.length;
  }

  async run(): Promise<ScanReport> {
    const { units, ways, signal } = this.#options;
    const [usual, rest] = wavesOf(units);
    for (const way of ways) {
      const pass = { ...way, hearings: new PassHearings() };
      this.#passes.push(pass);
      await this.#ask(pass, usual);
    }
    for (const pass of this.#worthwhile(rest)) await this.#ask(pass, rest);
    const passes = judgeTogether(
      this.#passes.map((pass) => this.#judged(pass)),
      (at, unit) =>
        this.#passes.some(({ speed, hearings }) => speed === at.speed && hearings.isUnderstood(unit)),
    );
    return { passes, hints: hintsOf(passes, this.#isAnyUnit), complete: !signal.aborted };
  }

  /** Where the rest of the ids is worth asking: where somebody speaks; if nobody does, everywhere. */
  #worthwhile(rest: readonly number[]): readonly Pass[] {
    if (rest.length === 0 || this.#isAnyUnit) return [];
    const alive = this.#passes.filter(({ hearings }) => hearings.isAnyoneThere);
    const worthwhile = alive.length > 0 ? alive : this.#passes;
    this.#of += rest.length * worthwhile.length;
    return worthwhile;
  }

  async #ask(pass: Pass, units: readonly number[]): Promise<void> {
    const { signal, withinMs } = this.#options;
    if (signal.aborted || units.length === 0) return;
    let asker: Asker | undefined;
    try {
      asker = await pass.open();
      pass.hearings.heardUnasked(asker.unasked);
      for (const unit of units) {
        if (signal.aborted) return;
        this.#tell(pass, unit);
        await pass.hearings.askFirst(asker, unit, withinMs);
        this.#done += 1;
      }
      this.#isAnyUnit =
        pass.speed === null && pass.hearings.answering >= Math.max(ANY_UNIT_AT_LEAST, units.length);
      for (const unit of pass.hearings.toAskMore(this.#isAnyUnit)) {
        if (signal.aborted) return;
        this.#tell(pass, unit);
        await pass.hearings.askMore(asker, unit, this.#options);
      }
    } catch (error) {
      if (!(error instanceof AgentError && error.code === 'scan-noise')) throw error;
      pass.hearings.heardUnasked('noise');
    } finally {
      await asker?.close();
    }
  }

  #tell({ speed }: Pass, unit: number): void {
    const found = this.#passes.reduce((sum, { hearings }) => sum + hearings.found, 0);
    this.#options.onProgress({ done: this.#done, of: this.#of, speed, unit, found });
  }

  #judged({ speed, hearings }: Pass): ScanPass {
    const { sound, verdicts } = hearings.judge();
    const units = [...verdicts].map(
      ([unit, verdict]): ScannedUnit => ({
        unit,
        verdict,
        areas: hearings.areasOf(unit),
        profiles:
          verdict === 'answers' ? likelyProfiles(this.#options.profiles, hearings.answered(unit), speed) : [],
      }),
    );
    units.sort((a, b) => a.unit - b.unit);
    return { speed, asked: hearings.asked, sound, units };
  }
}
