/**
 * A bank on a virtual clock, with a simulated PLC, a disk and a line without a wire; and a witness who feels the locks
 * and reads the ledger, and holds the bank to the two.
 */
import { Bank } from '@lockerhub/edge-agent/bank/bank.ts';
import { parseBankFile } from '@lockerhub/edge-agent/bank/bank-file.ts';
import { wireBank } from '@lockerhub/edge-agent/bank/wire-bank.ts';
import type { Journal } from '@lockerhub/edge-agent/ledger/journal.ts';
import { Ledger } from '@lockerhub/edge-agent/ledger/ledger.ts';
import { LedgerRecord } from '@lockerhub/edge-agent/ledger/ledger-record.ts';
import { type Line, LineError, type LineRequest } from '@lockerhub/edge-agent/lines/line.ts';
import type { Happening } from '@lockerhub/edge-agent/link/outbox-record.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';
import fc from 'fast-check';
import { SeededRandom } from '../clock/seeded-random.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { Plc } from '../plc/plc.ts';

export const DOORS = [1, 2, 3] as const;
/** Its last door has no sensor. */
export const SENSED = 2;
const TIMEOUT_MS = 200;
export const QUARANTINE_MS = 3_000;
const DISK_MS = 2;
/** A poll and a bit. */
const SEEN_WITHIN_MS = 150;

/** What opens the doors: a relay board that times pulses, one whose doors are sensed by another line, a PLC with a mailbox. */
export type Controller = 'relay' | 'apart' | 'mailbox';

const LINE = 'plc';
/** The line of the sensors, and their unit on it, if they are apart. */
const INPUTS = 'inputs';
const INPUT_UNIT = 2;

const RELAY = {
  outputs: { area: 'coils', first: 1, address: 0, count: 3 },
  sensors: { area: 'discrete-inputs', first: 1, address: 0, count: 3, closed: 1 },
  pulse: { method: 'timed-coil', address: 0x200, unitMs: 100, lengthMs: 300 },
} as const;
const PROFILES = {
  relay: RELAY,
  apart: RELAY,
  mailbox: {
    outputs: { area: 'mailbox', first: 1, count: 3 },
    sensors: { area: 'register-bits', first: 1, address: 32, count: 3, closed: 1 },
    pulse: { method: 'mailbox', lengthMs: 300 },
  },
} as const;

const wired = async (controller: Controller) =>
  wireBank(
    parseBankFile(
      JSON.stringify({
        layout: {
          bank: 'b',
          name: 'B',
          depthMm: 1,
          columns: [{ widthMm: 1, cells: DOORS.map((number) => ({ number, size: 'S', heightMm: 1 })) }],
        },
        lines: (controller === 'apart' ? [LINE, INPUTS] : [LINE]).map((id) => ({
          id,
          host: 'h',
          ...(id === LINE ? { locks: 'pulsed' } : {}),
          profile: {
            profile: 'test-relay',
            title: 'T',
            ...PROFILES[controller],
            jamAfterMs: 1_000,
            lateWriteQuarantineMs: QUARANTINE_MS,
          },
        })),
        wiring: DOORS.map((compartment) => ({
          compartment,
          line: LINE,
          unit: 1,
          output: compartment,
          sensor:
            compartment > SENSED
              ? 'none'
              : controller === 'apart'
                ? { line: INPUTS, unit: INPUT_UNIT, point: compartment }
                : { point: compartment },
        })),
      }),
    ),
  );

/** A line without a wire: a timeout ends the connection, and the PLC may act later all the same. */
export class DirectLine implements Line {
  readonly id: string;
  online = true;
  reason = null;
  connection = 1;
  /** The next command gets no answer and acts so much later, although reads are answered meanwhile. */
  lateMs: number | null = null;
  /** The next command acts once more so much later. */
  twiceMs: number | null = null;
  readonly #plc: Plc;
  readonly #clock: VirtualClock;
  constructor(plc: Plc, clock: VirtualClock, id = LINE) {
    this.id = id;
    this.#plc = plc;
    this.#clock = clock;
  }
  start(): void {}
  async stop(): Promise<void> {}
  onChange(): void {}
  reaches(): boolean {
    return this.online;
  }
  /** A cable that is pulled, and plugged in again. */
  cut(): void {
    this.online = false;
  }
  mend(): void {
    if (!this.online) this.connection += 1;
    this.online = true;
  }
  request(request: LineRequest): Promise<readonly number[]> {
    const write = request.kind !== 'read';
    if (!this.online) return Promise.reject(new LineError('line-offline', 'away', false));
    const { connection } = this;
    const isCommand = request.kind === 'write-coil' || request.kind === 'write-registers';
    const { lateMs, twiceMs } = this;
    if (isCommand && twiceMs !== null) {
      this.twiceMs = null;
      this.#clock.after(twiceMs, () => void this.#plc.execute(request));
    }
    return new Promise((resolve, reject) => {
      const late = this.#clock.after(TIMEOUT_MS, () => {
        if (this.connection === connection) this.connection += 1;
        reject(new LineError('line-timeout', 'no answer', write));
      });
      if (isCommand && lateMs !== null) {
        this.lateMs = null;
        this.#clock.after(lateMs, () => void this.#plc.execute(request));
        return;
      }
      this.#plc.receive(request, (answer) => {
        if (this.connection !== connection || !this.online) return;
        late.cancel();
        if (answer.kind === 'values') resolve(answer.values);
        else reject(new LineError('line-exception', 'no', false));
      });
    });
  }
}

/** A disk that takes its time and can lose power: what was not durable then is gone. */
class SlowJournal implements Journal {
  readonly durable: object[] = [];
  readonly sizeBytes = 0;
  readonly #clock: VirtualClock;
  #cut = false;
  readonly #onDurable: (record: object) => void;
  constructor(clock: VirtualClock, durable: readonly object[], onDurable: (record: object) => void) {
    this.#clock = clock;
    this.#onDurable = onDurable;
    this.durable = [...durable];
  }
  async read() {
    return this.durable.splice(0);
  }
  append(record: object): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(DISK_MS, () => {
        if (this.#cut) return;
        this.durable.push(record);
        this.#onDurable(record);
        resolve();
      });
    });
  }
  async rewrite(records: () => readonly object[]) {
    this.durable.splice(0, Number.POSITIVE_INFINITY, ...records());
  }
  async close() {}
  cutPower() {
    this.#cut = true;
  }
}

export class BankWorld {
  readonly clock = new VirtualClock(0);
  readonly random = new SeededRandom(3);
  readonly plc: Plc;
  readonly happened: Happening[] = [];
  readonly grants: { grant: string; compartment: number }[] = [];
  /** Door → the last grant that is durably begun for it, and how often the lock was energised since. */
  readonly begun = new Map<number, { grant: string; pulses: number }>();
  readonly lies: string[] = [];
  readonly #everBegun = new Set<string>();
  readonly reached = new Set<string>();
  #journal = new SlowJournal(this.clock, [], (record) => this.#durable(record));
  #bank: Bank | undefined;
  #line: DirectLine;
  /** The line of the sensors if they are apart, else that of the outputs. */
  #sight: DirectLine;
  readonly #controller: Controller;
  #life = 0;

  constructor(controller: Controller) {
    this.#controller = controller;
    const isRelay = controller !== 'mailbox';
    const device = isRelay ? 'waveshare-relay' : ({ kind: 'mailbox', compartments: DOORS.length } as const);
    const seat = controller === 'apart' ? { unit: INPUT_UNIT } : {};
    this.plc = new Plc({
      clock: this.clock,
      units: [
        { unit: 1, device },
        { unit: INPUT_UNIT, device: 'held-coils' },
      ],
      doors: DOORS.map((number) => ({
        number,
        unit: 1,
        coil: isRelay ? number - 1 : number,
        sensor:
          number > SENSED
            ? null
            : isRelay
              ? { ...seat, area: 'discrete-inputs', address: number - 1, closed: 1 }
              : { area: 'program', address: number, closed: 1 },
      })),
    });
    this.#line = new DirectLine(this.plc, this.clock);
    this.#sight = this.#line;
    this.plc.observe((event) => {
      if (event.kind === 'burnt') this.lies.push(`door ${event.door} was energised too long`);
      if (event.kind !== 'energised') return;
      const begun = this.begun.get(event.door);
      if (!begun) this.lies.push(`door ${event.door} was pulsed without a grant`);
      else if (++begun.pulses > 1) this.lies.push(`door ${event.door} was pulsed twice for a grant`);
    });
  }

  async start(): Promise<void> {
    const life = ++this.#life;
    this.#line = new DirectLine(this.plc, this.clock);
    const isApart = this.#controller === 'apart';
    this.#sight = isApart ? new DirectLine(this.plc, this.clock, INPUTS) : this.#line;
    const ledger = await Ledger.open(this.#journal, () => {});
    const { wires } = await wired(this.#controller);
    this.#bank = new Bank({
      wires,
      lines: isApart ? [this.#line, this.#sight] : [this.#line],
      ledger,
      clock: this.clock,
      listener: {
        happened: (happening) => {
          if (life === this.#life) this.#hear(happening);
        },
        compartmentChanged: ({ door }) => this.reached.add(door),
        linesChanged: () => {},
      },
    });
    this.#bank.start();
  }

  /** The next command gets no answer and acts so much later. */
  lateBy(ms: number): void {
    this.#line.lateMs = ms;
  }

  /** No fault from now on but those that are under way. */
  heal(): void {
    this.plc.thaw();
    this.#line.mend();
    this.#sight.mend();
    this.#line.lateMs = null;
    this.#line.twiceMs = null;
    this.plc.restorePower();
  }

  /** Power fails at the agent alone: whatever it was doing ends here, and what was not durable is gone. */
  async cutPower(): Promise<void> {
    this.#journal.cutPower();
    this.#line.cut();
    this.#sight.cut();
    void this.#bank?.stop();
    this.#journal = new SlowJournal(this.clock, this.#journal.durable, (record) => this.#durable(record));
    await this.start();
  }

  open(compartment: number, grant = newId(this.clock, this.random)): void {
    this.grants.push({ grant, compartment });
    void this.#bank?.open({
      grant,
      compartment,
      delivery: null,
      purpose: 'staff',
      refusal: () => null,
      onBegun: () => {},
    });
  }

  /** The disk has a record: only now may a grant that it begins reach a lock. */
  #durable(record: object): void {
    const known = LedgerRecord.parse(record);
    if (known.kind !== 'grant' || known.compartment === null) return;
    // Told as not executed, or as over without having acted: from now on it must not.
    const isOver = known.outcome === 'refused' || (known.outcome === 'unknown' && known.ended);
    if (isOver && this.begun.get(known.compartment)?.grant === known.grant)
      this.begun.delete(known.compartment);
    if (known.outcome !== 'begun') return;
    if (this.#everBegun.has(known.grant))
      this.lies.push(`a grant of door ${known.compartment} was begun twice`);
    this.#everBegun.add(known.grant);
    this.begun.set(known.compartment, { grant: known.grant, pulses: 0 });
  }

  #hear(happening: Happening): void {
    this.happened.push(happening);
    this.reached.add(`told ${happening.kind}`);
    const pulses = this.begun.get(happening.compartment)?.pulses ?? 0;
    if (happening.kind === 'opened' && pulses === 0) this.lies.push('opened without a pulse');
    if (happening.kind === 'jammed' && pulses === 0) this.lies.push('jammed without a pulse');
  }

  /**
   * A hand on a door whose write may still act looks like that write, and ends `unknown` (D3 of doors/SPEC.md): what
   * no sensor can tell apart is not played here. Nor is a hand that comes in the very moment of an opening: the bank
   * gets its time to see it.
   */
  async #force(door: number): Promise<void> {
    const state = this.#bank?.compartments.find(({ compartment }) => compartment === door)?.door;
    const mayAct =
      state === 'unknown' || state === 'opening' || this.#line.lateMs !== null || this.plc.frozen;
    if (mayAct) return;
    this.plc.hand.open(door);
    await this.clock.advance(SEEN_WITHIN_MS);
  }

  async do({ act, door, ms }: Act): Promise<void> {
    if (act === 'open') this.open(door);
    else if (act === 'replay') {
      const old = this.grants.at(-1 - (ms % 5));
      if (old) this.open(old.compartment, old.grant);
    } else if (act === 'push') this.plc.hand.close(door);
    else if (act === 'force') await this.#force(door);
    else if (act === 'jam') this.plc.jam(door);
    else if (act === 'unjam') this.plc.unjam(door);
    else if (act === 'freeze') this.plc.freeze();
    else if (act === 'thaw') this.plc.thaw();
    else if (act === 'late') this.lateBy(500 + (ms % (QUARANTINE_MS - 600)));
    else if (act === 'twice') this.#line.twiceMs = ms;
    else if (act === 'cut-line') this.#line.cut();
    else if (act === 'mend-line') this.#line.mend();
    else if (act === 'blind') this.#sight.cut();
    else if (act === 'sighted') this.#sight.mend();
    else if (act === 'restart-plc') {
      this.plc.cutPower();
      this.plc.restorePower();
    } else if (act === 'cut') await this.cutPower();
    await this.clock.advance(ms);
  }
}

interface Act {
  readonly act:
    | 'open'
    | 'replay'
    | 'push'
    | 'force'
    | 'jam'
    | 'unjam'
    | 'freeze'
    | 'thaw'
    | 'cut'
    | 'late'
    | 'cut-line'
    | 'mend-line'
    | 'blind'
    | 'sighted'
    | 'twice'
    | 'restart-plc'
    | 'wait';
  readonly door: number;
  readonly ms: number;
}

/** Acts that any controller has to bear. */
const ACTS = [
  'open',
  'open',
  'open',
  'replay',
  'push',
  'push',
  'force',
  'jam',
  'unjam',
  'freeze',
  'thaw',
  'thaw',
  'cut',
  'late',
  'late',
  'wait',
] as const;
/** A plain device can't tell a frame that comes twice, or to its next life: only a program can. */
const ACTS_OF = {
  relay: ACTS,
  apart: [...ACTS, 'cut-line', 'mend-line', 'mend-line', 'blind', 'sighted', 'sighted'],
  mailbox: [...ACTS, 'twice', 'twice', 'restart-plc'],
} as const;

/** Runs of a bank's life. */
export function livesOf(controller: Controller): fc.Arbitrary<readonly Act[]> {
  return fc.array(
    fc.record<Act>({
      act: fc.constantFrom(...ACTS_OF[controller]),
      door: fc.constantFrom(...DOORS),
      ms: fc.oneof(fc.nat(20), fc.nat(1_500), fc.nat(5_000)),
    }),
    { minLength: 10, maxLength: 60 },
  );
}
