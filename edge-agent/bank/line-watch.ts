/**
 * Polls one line, each unit at its own pace so that none waits for another's answers, and switches held outputs off
 * until that is answered.
 */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Line, LineLane } from '../lines/line.ts';
import { LineError } from '../lines/line.ts';
import { Cadence } from './cadence.ts';
import { type BankCompartment, LOST_AFTER_POLLS } from './compartment.ts';
import type { BlockRead, LineWires } from './wires.ts';

export interface LineWatchOptions {
  readonly line: Line;
  readonly wires: LineWires;
  /** Those with an output or a sensor on this line. */
  readonly compartments: readonly BankCompartment[];
  readonly clock: Clock;
  readonly pollMs: number;
  /** Told what each poll read of a block that shows an input; null if it was not answered. */
  readonly onInput?: { readonly block: number; readonly read: (values: readonly number[] | null) => void };
  /** Called after each change of what `units` or the line's `online` say. */
  readonly onChange: () => void;
}

interface Block {
  readonly read: BlockRead;
  /** Their doors are seen in it. */
  readonly shows: readonly BankCompartment[];
  /** It tells that the unit lives which pulses them. */
  readonly pulses: readonly BankCompartment[];
  /** It tells that they are in sight: it shows them, or pulses what no sensor shows. */
  readonly sights: readonly BankCompartment[];
}

export class LineWatch {
  readonly line: Line;
  /** One for each unit. */
  readonly cadences: readonly Cadence[];
  readonly #options: LineWatchOptions;
  readonly #blocks: readonly Block[];
  readonly #held: readonly BankCompartment[];
  readonly #readers = new Map<number, (values: readonly number[]) => void>();
  /** Unit → polls in a row without a good answer. */
  readonly #missed = new Map<number, number>();

  #isLent = false;

  constructor(options: LineWatchOptions) {
    const { line, wires, compartments, clock, pollMs, onChange } = options;
    this.line = line;
    this.#options = options;
    this.#blocks = wires.blocks.map((read, index) => {
      const isShown = ({ wires: { sensor } }: BankCompartment) =>
        sensor?.line === line.id && sensor.block === index;
      const isPulsed = ({ wires }: BankCompartment) => wires.line === line.id && wires.lifeBlock === index;
      return {
        read,
        shows: compartments.filter(isShown),
        pulses: compartments.filter(isPulsed),
        sights: compartments.filter((one) => (one.wires.sensor ? isShown(one) : isPulsed(one))),
      };
    });
    this.#held = compartments.filter(({ wires }) => wires.line === line.id && wires.off !== null);
    for (const { unit } of wires.blocks) this.#missed.set(unit, LOST_AFTER_POLLS);
    this.cadences = [...this.#missed.keys()].map(
      (unit) => new Cadence(clock, pollMs, () => this.#round(unit)),
    );
    line.onChange(() => {
      if (!line.online) for (const compartment of this.#held) compartment.mayBeOn();
      onChange();
    });
  }

  /** Each unit of this line, and whether it answers. */
  get units(): { unit: number; online: boolean }[] {
    return [...this.#missed].map(([unit, missed]) => ({ unit, online: missed < LOST_AFTER_POLLS }));
  }

  start(): void {
    this.line.start();
    for (const cadence of this.cadences) cadence.start();
  }

  async stop(): Promise<void> {
    for (const cadence of this.cadences) cadence.stop();
    await this.line.stop();
  }

  /** Its port or connection is in somebody else's hands. */
  get isLent(): boolean {
    return this.#isLent;
  }

  /** A door that hangs on it is being opened. What may be on since before the line was lost can't be helped without the line. */
  get underWay(): boolean {
    return this.line.online && this.#options.compartments.some(({ underWay }) => underWay);
  }

  /**
   * Lets go of the line until the function that is returned is called. Polls go on and miss, so that its doors are
   * soon unavailable, as on a line that is lost; nothing can be opened meanwhile.
   */
  async lend(): Promise<() => void> {
    this.#isLent = true;
    await this.line.stop();
    return () => {
      this.#isLent = false;
      this.line.start();
    };
  }

  /** Tells `reader` each good answer to the read of a block, before anything follows from it for the doors. */
  onBlock(block: number, reader: (values: readonly number[]) => void): void {
    this.#readers.set(block, reader);
  }

  /** Reads a block now, ahead of the polls; false if that was not answered. */
  async readNow(index: number): Promise<boolean> {
    const block = this.#blocks[index];
    return block ? this.#read(block, 'command') : false;
  }

  /** Reads the sensor of a compartment now. Resolves when what it shows has been taken in; false if it did not answer. */
  async look(compartment: BankCompartment): Promise<boolean> {
    const { sensor } = compartment.wires;
    return sensor ? this.readNow(sensor.block) : false;
  }

  /** Switches a held output off. If that is not answered it stays due, and the next round tries again. */
  async switchOff(compartment: BankCompartment): Promise<void> {
    const { off } = compartment.wires;
    if (off === null) return;
    try {
      await this.line.request(off, 'command');
      compartment.offDueAtMs = null;
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
    }
  }

  async #round(unit: number): Promise<void> {
    await this.#switchOffWhatIsDue(unit);
    for (const block of this.#blocks) if (block.read.unit === unit) await this.#read(block, 'poll');
  }

  async #switchOffWhatIsDue(unit: number): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    for (const compartment of this.#held.filter(({ wires }) => wires.unit === unit)) {
      if (!this.line.online) return;
      if (compartment.offDueAtMs !== null && compartment.offDueAtMs <= nowMs)
        await this.switchOff(compartment);
    }
  }

  async #read(block: Block, lane: LineLane): Promise<boolean> {
    let values: readonly number[];
    try {
      values = await this.line.request(block.read, lane);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      if (lane === 'poll') {
        this.#missedBlock(block);
        this.#tellInput(block, null);
      }
      return false;
    }
    // A look behind a pulse comes within milliseconds of others: only polls count as further looks at an input.
    if (lane === 'poll') this.#tellInput(block, values);
    this.#readers.get(this.#blocks.indexOf(block))?.(values);
    for (const compartment of block.shows) {
      const { sensor } = compartment.wires;
      if (sensor) compartment.seen(sensor.isClosed(values));
    }
    for (const compartment of block.pulses) compartment.unitAnswered(this.line.connection);
    for (const compartment of block.sights) compartment.inSight();
    this.#count(block.read.unit, 0);
    return true;
  }

  #tellInput(block: Block, values: readonly number[] | null): void {
    const { onInput } = this.#options;
    if (onInput && this.#blocks[onInput.block] === block) onInput.read(values);
  }

  #missedBlock(block: Block): void {
    for (const compartment of block.pulses) compartment.unitMissed();
    for (const compartment of block.sights) compartment.missed();
    this.#count(block.read.unit, (this.#missed.get(block.read.unit) ?? 0) + 1);
  }

  #count(unit: number, missed: number): void {
    const before = this.#missed.get(unit) ?? 0;
    this.#missed.set(unit, missed);
    if (before < LOST_AFTER_POLLS !== missed < LOST_AFTER_POLLS) this.#options.onChange();
  }
}
