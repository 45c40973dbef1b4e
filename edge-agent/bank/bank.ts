/** A bank: its compartments and the lines that drive them. The sole serialiser of its doors. */
import type { Availability, CompartmentReport, OpenRefusal } from '@lockerhub/protocol/bank/messages.ts';
import type { ScanRefusal } from '@lockerhub/protocol/bank/scan.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { MAILBOX_STATUS_REGISTERS } from '../devices/mailbox-registers.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Line } from '../lines/line.ts';
import type { Happening } from '../link/outbox-record.ts';
import { Mailbox } from '../mailbox/mailbox.ts';
import { BankCompartment, type CompartmentProof } from './compartment.ts';
import { LineWatch } from './line-watch.ts';
import { type Opening, openOnce, refusalOfUnit } from './opening.ts';
import { PowerBudget, type Supply } from './power-budget.ts';
import type { UnitGuard } from './unit-guard.ts';
import { UnitWatchdog } from './unit-watchdog.ts';
import type { BankWires, CompartmentWires, EmergencyWires, LineWires, MailboxWires } from './wires.ts';

export interface BankListener {
  /** Something happened at a door: tell the hub, and be sure that it hears it. */
  happened(happening: Happening): void;
  /** What is known of a compartment changed. */
  compartmentChanged(report: Omit<CompartmentReport, 'v' | 'session'>): void;
  /** A line or unit came or went. */
  linesChanged(): void;
}

export interface BankOptions {
  readonly wires: BankWires;
  /** One for each of `wires.lines`. */
  readonly lines: readonly Line[];
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly listener: BankListener;
  /** Absent for a bank without an emergency input. */
  readonly emergency?: BankEmergency | undefined;
}

/** The emergency release of a bank, as the bank sees it. */
export interface BankEmergency {
  /** While it is true nothing opens but for the emergency. */
  readonly active: boolean;
  /** A poll read its input: true says release; null: no answer. */
  read(saysRelease: boolean | null): void;
}

interface Place {
  readonly compartment: BankCompartment;
  readonly watch: LineWatch;
  readonly sight: LineWatch | null;
  readonly power: PowerBudget;
  readonly guard: UnitGuard | undefined;
  readonly mailbox: Mailbox | undefined;
}

/** A line that nobody else uses. */
interface LentLine {
  readonly giveBack: () => void;
}

export class Bank {
  readonly #options: BankOptions;
  readonly #places = new Map<number, Place>();
  readonly #watches: readonly LineWatch[];
  /** By line and unit. */
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #guards = new Map<string, UnitGuard>();

  constructor(options: BankOptions) {
    this.#options = options;
    const { wires, ledger, clock, listener } = options;
    const compartments = wires.compartments.map(
      (compartment) =>
        new BankCompartment({
          wires: compartment,
          clock,
          ledger,
          proof: this.#proofOf(compartment),
          onHappening: (happening) => listener.happened(happening),
          onChange: ({ report }) => listener.compartmentChanged(report),
        }),
    );
    this.#watches = wires.lines.map((lineWires) => this.#watch(lineWires, compartments));
    const budgets = new Map<string, PowerBudget>();
    for (const lineWires of wires.lines) {
      const watch = this.#watchOf(lineWires.line);
      for (const mailbox of lineWires.mailboxes) this.#addMailbox(mailbox, watch);
      for (const watchdog of lineWires.watchdogs) {
        const key = unitKey({ line: lineWires.line, unit: watchdog.unit });
        this.#guards.set(key, new UnitWatchdog({ wires: watchdog, line: watch.line, clock }));
      }
      const power = budgetOf(lineWires.supply, budgets, clock);
      for (const compartment of compartments) {
        if (compartment.wires.line === lineWires.line) this.#addPlace(compartment, watch, power);
      }
    }
  }

  /** What is known of each compartment. */
  get compartments(): Omit<CompartmentReport, 'v' | 'session'>[] {
    return [...this.#places.values()].map(({ compartment }) => compartment.report);
  }

  /** Which lines and units answer. */
  get lines(): Availability['lines'] {
    return this.#watches.map(({ line, units, isLent }) => ({
      line: line.id,
      state: line.online ? ('online' as const) : ('offline' as const),
      ...(line.online
        ? {}
        : { reason: isLent ? 'it is being scanned' : (line.reason ?? 'no connection').slice(0, 200) }),
      units: units.map(({ unit, online }) => ({ unit, state: online ? 'online' : 'offline' })),
    }));
  }

  /**
   * Lets go of a line for a scan. Whoever gets it gives it back by `giveBack`; until then its doors are refused with
   * `line-unavailable`.
   */
  async lend(id: string): Promise<LentLine | { readonly refused: ScanRefusal }> {
    const watch = this.#watches.find(({ line }) => line.id === id);
    if (!watch) return { refused: 'line-unknown' };
    if (this.#options.wires.emergency?.line === id) return { refused: 'watches-emergency' };
    if (watch.isLent || watch.underWay) return { refused: 'busy' };
    return { giveBack: await watch.lend() };
  }

  /** Poll rounds of units that began, and beats that had to be skipped. */
  get polls(): { readonly rounds: number; readonly skipped: number } {
    const cadences = this.#watches.flatMap((watch) => watch.cadences);
    return {
      rounds: cadences.reduce((sum, { rounds }) => sum + rounds, 0),
      skipped: cadences.reduce((sum, { skipped }) => sum + skipped, 0),
    };
  }

  start(): void {
    for (const watch of this.#watches) watch.start();
    for (const guard of this.#guards.values()) guard.start();
  }

  async stop(): Promise<void> {
    for (const guard of this.#guards.values()) guard.stop();
    await Promise.all(this.#watches.map((watch) => watch.stop()));
  }

  /** Opens a door once; see `openOnce`. A refusal is durable when this resolves. */
  async open(opening: Opening): Promise<OpenRefusal | null> {
    const { ledger, clock, emergency } = this.#options;
    const place = this.#places.get(opening.compartment);
    const held: Opening = {
      ...opening,
      refusal: () => (emergency?.active && opening.purpose !== 'emergency' ? 'emergency' : opening.refusal()),
    };
    const refused = place ? await openOnce(held, { ...place, ledger, clock }) : 'compartment-unknown';
    if (refused) await this.#burn(opening);
    return refused;
  }

  /** Why a compartment could not be opened now, without asking for it; null if it could. */
  refusal(compartment: number): OpenRefusal | null {
    const place = this.#places.get(compartment);
    if (!place) return 'compartment-unknown';
    return place.compartment.refusal ?? refusalOfUnit(place.compartment, place);
  }

  /** Whether what the program behind a mailbox says of one of these grants is still to come. */
  isUndecided(grants: readonly string[]): boolean {
    const places = [...this.#places.values()];
    return grants.some((grant) => places.some(({ compartment }) => compartment.isUndecided(grant)));
  }

  /** The compartments of each power supply. */
  get supplies(): readonly (readonly number[])[] {
    const bySupply = Map.groupBy(this.#places, ([, { power }]) => power);
    return [...bySupply.values()].map((places) => places.map(([compartment]) => compartment));
  }

  #watch(wires: LineWires, all: readonly BankCompartment[]): LineWatch {
    const { lines, clock, listener, wires: bank } = this.#options;
    const line = lines.find(({ id }) => id === wires.line);
    if (!line) throw new TypeError(`no line "${wires.line}" was handed in`);
    return new LineWatch({
      line,
      wires,
      compartments: all.filter(({ wires: one }) => one.line === line.id || one.sensor?.line === line.id),
      clock,
      pollMs: bank.pollMs,
      onChange: () => listener.linesChanged(),
      ...(bank.emergency?.line === line.id ? { onInput: inputOf(bank.emergency, this.#options) } : {}),
    });
  }

  #addPlace(compartment: BankCompartment, watch: LineWatch, power: PowerBudget): void {
    const { sensor } = compartment.wires;
    const key = unitKey(compartment.wires);
    this.#places.set(compartment.wires.compartment, {
      compartment,
      watch,
      sight: sensor && this.#watchOf(sensor.line),
      power,
      guard: this.#guards.get(key),
      mailbox: this.#mailboxes.get(key),
    });
  }

  #watchOf(line: string): LineWatch {
    const watch = this.#watches.find((one) => one.line.id === line);
    if (!watch) throw new TypeError(`no line "${line}" is wired`);
    return watch;
  }

  /** How a compartment asks its mailbox for proof. */
  #proofOf(wires: CompartmentWires): CompartmentProof | undefined {
    const { pulse, jamAfterMs } = wires;
    if (pulse.kind !== 'mailbox') return undefined;
    const mailbox = () => this.#mailboxes.get(unitKey(wires));
    return {
      isSettled: () => mailbox()?.isSettled(pulse.compartment, jamAfterMs) ?? false,
      fate: (asked) => mailbox()?.fate(asked, pulse.compartment) ?? null,
    };
  }

  #addMailbox({ unit, address, heartbeatTimeoutMs, block, offset }: MailboxWires, watch: LineWatch): void {
    const { line } = watch;
    const look = () => watch.readNow(block);
    const { clock } = this.#options;
    const mailbox = new Mailbox({ unit, address, heartbeatTimeoutMs, line, clock, look });
    watch.onBlock(block, (values) => mailbox.note(values.slice(offset, offset + MAILBOX_STATUS_REGISTERS)));
    this.#mailboxes.set(unitKey({ line: line.id, unit }), mailbox);
    this.#guards.set(unitKey({ line: line.id, unit }), mailbox);
  }

  async #burn({ grant, delivery, purpose, compartment }: Opening): Promise<void> {
    try {
      await this.#options.ledger.burn(grant, 'refused', { delivery, purpose, compartment });
    } catch {
      // The ledger has told its failure; a bank without a ledger opens nothing, so the grant is worthless anyway.
    }
  }
}

function unitKey({ line, unit }: { readonly line: string; readonly unit: number }): string {
  return `${line}/${unit}`;
}

function inputOf({ block, saysRelease }: EmergencyWires, { emergency }: BankOptions) {
  return {
    block,
    read: (values: readonly number[] | null) => emergency?.read(values && saysRelease(values)),
  };
}

function budgetOf(
  supply: Supply & { readonly id: string },
  budgets: Map<string, PowerBudget>,
  clock: Clock,
): PowerBudget {
  const known = budgets.get(supply.id);
  if (known) return known;
  const budget = new PowerBudget(clock, supply);
  budgets.set(supply.id, budget);
  return budget;
}
