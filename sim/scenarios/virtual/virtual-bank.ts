import { Agent } from '@lockerhub/edge-agent/agent/agent.ts';
import { parseBankFile } from '@lockerhub/edge-agent/bank/bank-file.ts';
import { wireBank } from '@lockerhub/edge-agent/bank/wire-bank.ts';
import type { BankWires } from '@lockerhub/edge-agent/bank/wires.ts';
import type { BankLink } from '@lockerhub/edge-agent/link/bank-link.ts';
import { type Layout, placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { Plc } from '../../plc/plc.ts';
import { MortalClock } from './mortal.ts';
import { type VirtualDisk, VirtualJournal } from './virtual-journal.ts';
import { VirtualLine } from './virtual-line.ts';

/** How a bank is built. `timed`: a relay board that times its pulses. `held`: plain coils and self-limiting locks. */
export interface BankPlan {
  readonly layout: Layout;
  readonly device: 'timed' | 'held';
  readonly sensed: boolean;
  /** The doors are sensed by a board of its own, on another line than the one that opens them. */
  readonly sensorsApart?: boolean;
}

const LINE = 'plc';
/** The line of the sensors, and their unit on it, if they are apart. */
const INPUTS = 'inputs';
const INPUT_UNIT = 2;
/** The input of the fire contact: behind all doors, and there on both devices. */
const FIRE_CONTACT = 32;

/** The file that an installer would have written for the bank. */
function bankFile({ layout, device, sensed, sensorsApart = false }: BankPlan): string {
  const seat = sensorsApart ? { line: INPUTS, unit: INPUT_UNIT } : {};
  return stringify({
    layout,
    pollMs: 250,
    lines: [
      {
        id: LINE,
        host: 'plc',
        profile: device === 'timed' ? 'waveshare-relay-32-inputs' : 'generic-coils',
        locks: device === 'timed' ? 'pulsed' : 'hardware-limited',
      },
      ...(sensorsApart ? [{ id: INPUTS, host: 'inputs', profile: 'generic-coils' }] : []),
    ],
    wiring: placedCompartments(layout).map(({ number }) => ({
      compartment: number,
      line: LINE,
      unit: 1,
      output: number,
      sensor: sensed ? { point: number, ...seat } : 'none',
    })),
    emergency: { line: LINE, unit: 1, point: FIRE_CONTACT, release: 0 },
  });
}

function plcOf({ layout, device, sensed, sensorsApart = false }: BankPlan, clock: Clock): Plc {
  const seat = sensorsApart ? { unit: INPUT_UNIT } : {};
  return new Plc({
    clock,
    units: [
      { unit: 1, device: device === 'timed' ? 'waveshare-relay' : 'held-coils' },
      ...(sensorsApart ? [{ unit: INPUT_UNIT, device: 'held-coils' as const }] : []),
    ],
    doors: placedCompartments(layout).map(({ number }) => ({
      number,
      unit: 1,
      coil: number - 1,
      sensor: sensed
        ? { ...seat, area: 'discrete-inputs' as const, address: number - 1, closed: 1 as const }
        : null,
      lock: { duty: device === 'timed' ? ('pulsed' as const) : ('hardware-limited' as const) },
    })),
  });
}

/** A bank with its doors, PLC, wire and agent. The agent can be killed; its ledger's disk stays. */
export class VirtualBank {
  readonly plan: BankPlan;
  readonly plc: Plc;
  readonly #wires: BankWires;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #link: BankLink;
  readonly #disk: VirtualDisk = { records: [] };
  readonly #eventsDisk: VirtualDisk = { records: [] };
  #isFireContactOpen = false;
  #running:
    | {
        readonly clock: MortalClock;
        readonly journal: VirtualJournal;
        readonly line: VirtualLine;
        readonly inputs: VirtualLine | undefined;
      }
    | undefined;

  private constructor(options: VirtualBankOptions, wires: BankWires) {
    this.plan = options.plan;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#link = options.link;
    this.#wires = wires;
    this.plc = plcOf(options.plan, options.clock);
    this.setFireContact(false);
  }

  static async build(options: VirtualBankOptions): Promise<VirtualBank> {
    const { wires } = await wireBank(parseBankFile(bankFile(options.plan)));
    return new VirtualBank(options, wires);
  }

  get id(): string {
    return this.plan.layout.bank;
  }

  /** The wire to the PLC of the agent that runs now; undefined while none does. */
  get line(): VirtualLine | undefined {
    return this.#running?.line;
  }

  get isFireContactOpen(): boolean {
    return this.#isFireContactOpen;
  }

  /** The wire to the board of the sensors, if they are apart and an agent runs. */
  get inputs(): VirtualLine | undefined {
    return this.#running?.inputs;
  }

  /** Opens the fire contact (the doors are to be released), or closes it again. */
  setFireContact(isReleasing: boolean): void {
    this.#isFireContactOpen = isReleasing;
    this.plc.setInput(1, FIRE_CONTACT - 1, isReleasing ? 0 : 1);
  }

  /** Starts an agent process on what the last one left on its disk. */
  async startAgent(): Promise<void> {
    const clock = new MortalClock(this.#clock);
    const journal = new VirtualJournal(clock, this.#disk);
    const line = new VirtualLine({ id: LINE, clock, plc: this.plc });
    const inputs = this.plan.sensorsApart ? new VirtualLine({ id: INPUTS, clock, plc: this.plc }) : undefined;
    const agent = new Agent({
      wires: this.#wires,
      lines: inputs ? [line, inputs] : [line],
      journal,
      events: new VirtualJournal(clock, this.#eventsDisk),
      link: this.#link,
      clock,
      random: this.#random,
      log: pino({ level: 'silent' }),
      software: 'simulated',
    });
    this.#running = { clock, journal, line, inputs };
    await agent.start();
  }

  /** kill -9. What was on its way to the disk is lost; what was on its way to the PLC arrives. */
  killAgent(): void {
    this.#running?.clock.die();
    this.#running = undefined;
  }
}

export interface VirtualBankOptions {
  readonly plan: BankPlan;
  readonly clock: Clock;
  readonly random: Random;
  readonly link: BankLink;
}
