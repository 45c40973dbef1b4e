/**
 * Releases a bank's doors while its emergency input says so: one after another on each power supply, within its
 * budget and the heat of the locks, without the hub. Life safety never depends on it: see INSTALLING.md.
 */
import type { CompartmentReport, EmergencyState, OpenRefusal } from '@lockerhub/protocol/bank/messages.ts';
import { type Clock, delay } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { BankEmergency } from '../bank/bank.ts';
import type { Opening } from '../bank/opening.ts';
import type { EmergencyWires } from '../bank/wires.ts';
import { DOOR_STEP, type DoorStep, EMERGENCY, type EmergencyEvent } from './release-table.ts';

/** How often a supply whose doors all have to be waited for looks again: twice as often as a person would. */
const LOOK_AGAIN_MS = 250;

/** The doors, as the release needs them. */
export interface ReleasedDoors {
  readonly compartments: readonly Pick<CompartmentReport, 'compartment' | 'door'>[];
  /** The compartments of each power supply. */
  readonly supplies: readonly (readonly number[])[];
  /** Why a compartment could not be opened now, or null. */
  refusal(compartment: number): OpenRefusal | null;
  open(opening: Opening): Promise<OpenRefusal | null>;
}

export interface EmergencyReleaseOptions {
  readonly wires: EmergencyWires;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly doors: () => ReleasedDoors;
  /** Where it stood when the last process wrote it down. */
  readonly state: EmergencyState;
  readonly onState: (state: EmergencyState) => void;
}

interface Progress {
  pulses: number;
  over: boolean;
}

export class EmergencyRelease implements BankEmergency {
  readonly #options: EmergencyReleaseOptions;
  #state: EmergencyState;
  /** What the last polls said, and how many of them in a row. */
  #said: { readonly release: boolean; readonly times: number } | null = null;
  /** Compartment → how far this release has come with it. A new process begins anew: what is open stays open. */
  #progress = new Map<number, Progress>();
  /** Raised with each release, so that what an ended one left running stops. */
  #run = 0;
  #isRunning = false;

  constructor(options: EmergencyReleaseOptions) {
    this.#options = options;
    this.#state = options.state;
  }

  get state(): EmergencyState {
    return this.#state;
  }

  get active(): boolean {
    return this.#state !== 'normal';
  }

  /** A poll of the input. A line that is lost says nothing, and what was said before it counts no more. */
  read(saysRelease: boolean | null): void {
    if (saysRelease === null) {
      this.#said = null;
      return;
    }
    const { polls } = this.#options.wires;
    const times = this.#said?.release === saysRelease ? Math.min(polls, this.#said.times + 1) : 1;
    this.#said = { release: saysRelease, times };
    if (times >= polls) this.#apply(saysRelease ? 'input-release' : 'input-normal');
  }

  /** Opens nothing more. The state on record stays, and with it what the next process goes on with. */
  stop(): void {
    this.#run += 1;
    this.#isRunning = false;
  }

  #apply(event: EmergencyEvent): void {
    const before = this.#state;
    this.#state = EMERGENCY[before][event];
    if (this.#state !== before) {
      this.#options.log.warn({ state: this.#state }, 'emergency release');
      this.#options.onState(this.#state);
    }
    if (this.#state !== 'releasing') this.stop();
    else if (!this.#isRunning) this.#begin();
  }

  #begin(): void {
    const { wires, doors, log } = this.#options;
    this.#run += 1;
    this.#isRunning = true;
    this.#progress = new Map(
      wires.compartments.map((compartment) => [compartment, { pulses: 0, over: false }]),
    );
    const run = this.#run;
    const groups = doors()
      .supplies.map((supply) => supply.filter((compartment) => this.#progress.has(compartment)))
      .filter((supply) => supply.length > 0);
    void Promise.all(groups.map((supply) => this.#release(run, supply))).then(
      () => run === this.#run && this.#apply('doors-done'),
      // A fault of ours in the middle: the input still says release, and its next poll begins anew.
      (error: unknown) => {
        log.error({ err: error }, 'the emergency release failed; it begins anew');
        this.#isRunning = false;
      },
    );
  }

  /** One door of the supply after another, those first that were tried least. Resolves when none is left. */
  async #release(run: number, supply: readonly number[]): Promise<void> {
    while (run === this.#run) {
      const steps = this.#stepsOf(supply);
      const left = steps.filter(({ step }) => step === 'pulse' || step === 'wait');
      if (left.length === 0) return;
      const [next] = left
        .filter(
          ({ compartment, step }) => step === 'pulse' && this.#options.doors().refusal(compartment) === null,
        )
        .sort((a, b) => a.pulses - b.pulses || a.compartment - b.compartment);
      if (next) await this.#pulse(run, next.compartment);
      else await delay(this.#options.clock, LOOK_AGAIN_MS);
    }
  }

  #stepsOf(supply: readonly number[]): { compartment: number; step: DoorStep; pulses: number }[] {
    const now = new Map(this.#options.doors().compartments.map((each) => [each.compartment, each.door]));
    return supply.map((compartment) => {
      const progress = this.#progress.get(compartment) ?? { pulses: 0, over: true };
      const step = progress.over ? 'done' : DOOR_STEP[now.get(compartment) ?? 'unavailable'](progress.pulses);
      if (step === 'done' || step === 'give-up') progress.over = true;
      return { compartment, step, pulses: progress.pulses };
    });
  }

  async #pulse(run: number, compartment: number): Promise<void> {
    const { clock, random, log, doors } = this.#options;
    const progress = this.#progress.get(compartment);
    if (!progress) return;
    const refused = await doors().open({
      grant: newId(clock, random),
      delivery: null,
      purpose: 'emergency',
      compartment,
      refusal: () => (run === this.#run ? null : 'emergency'),
      onBegun: () => {
        progress.pulses += 1;
      },
    });
    if (!refused) return;
    log.warn({ compartment, reason: refused }, 'not released yet');
    await delay(clock, LOOK_AGAIN_MS);
  }
}
