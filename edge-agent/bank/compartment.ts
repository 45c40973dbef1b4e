/** One compartment: feeds its door's table with what the line brings, and writes down what comes of it. */
import type { BankEventKind, CompartmentReport, OpenRefusal } from '@lockerhub/protocol/bank/messages.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { type Door, type DoorEvent, doorAfterRestart, outOfSight, stepDoor } from '../doors/door.ts';
import type { Beginning, Ledger } from '../ledger/ledger.ts';
import type { Asked, GrantRecord } from '../ledger/ledger-record.ts';
import type { Happening } from '../link/outbox-record.ts';
import type { Fate } from '../mailbox/mailbox-frame.ts';
import { LockHeat } from './lock-heat.ts';
import type { CompartmentWires } from './wires.ts';

/** Polls in a row without an answer after which a door is `unavailable`. */
export const LOST_AFTER_POLLS = 3;

/** When an output is due to go off whose pulse has no result yet. */
const NOT_YET = Number.POSITIVE_INFINITY;

/** What the program behind a mailbox proves of one compartment. */
export interface CompartmentProof {
  /** Nothing that was asked of it can act any more. */
  isSettled(): boolean;
  /** What became of a command; null: not known yet. */
  fate(asked: Asked): Fate | null;
}

export interface CompartmentOptions {
  readonly wires: CompartmentWires;
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** Where a mailbox proves things. Then nothing else settles an unknown door: no answer in order, no quarantine. */
  readonly proof?: CompartmentProof | undefined;
  readonly onHappening: (happening: Happening) => void;
  readonly onChange: (compartment: BankCompartment) => void;
}

export class BankCompartment {
  readonly wires: CompartmentWires;
  readonly #options: CompartmentOptions;
  readonly #heat: LockHeat;
  #door: Door;
  #missed = 0;
  /** When the last pulse of this process was answered, or given up on. */
  #pulsedMs: number | null = null;
  /** A write of the present grant has no result yet. */
  #writing = false;
  /** The connection of an uncertain write, until it is settled. */
  #uncertainOn: number | null = null;
  /** Its unit has answered a later request on that connection: the write will not act any more. */
  #isInOrder = false;
  /** The program's word that it did pulse for the present grant was told. */
  #isPulseProved = false;
  /** While the door is `unknown`: since when its unit has answered without a gap, and since when what shows it has. */
  #unitSinceMs: number | null = null;
  #sightSinceMs: number | null = null;
  /** From when on a held output has to be switched off; null if it surely is, or needs no help. */
  offDueAtMs: number | null;

  constructor(options: CompartmentOptions) {
    this.wires = options.wires;
    this.#options = options;
    this.#heat = new LockHeat(options.clock.monotonicMs());
    const record = options.ledger.compartment(this.wires.compartment);
    const last = this.#lastGrant;
    const interrupted = last !== undefined && !last.ended;
    this.#door = doorAfterRestart(this.wires.sensor !== null, record?.door ?? 'unseen', interrupted);
    this.offDueAtMs = null;
    this.mayBeOn();
  }

  /** Nobody knows whether a held output is on: the process is new, or its device was away. */
  mayBeOn(): void {
    if (this.wires.off !== null) this.offDueAtMs ??= this.#nowMs();
  }

  /** What the hub is told of it. */
  get report(): Omit<CompartmentReport, 'v' | 'session'> {
    const { compartment } = this.wires;
    const record = this.#options.ledger.compartment(compartment);
    return {
      compartment,
      sensed: this.#door.sensed,
      door: this.#door.state,
      grant: record?.grant ?? null,
      delivery: record?.delivery ?? null,
    };
  }

  /** Pulsed, or about to be, and not yet seen to open. */
  get opening(): boolean {
    return this.#door.state === 'opening';
  }

  /** It is being opened, or its output may still be on. */
  get underWay(): boolean {
    return this.#writing || this.opening || this.offDueAtMs !== null;
  }

  /** Why it can't be opened now, or null. */
  get refusal(): OpenRefusal | null {
    const { refused } = stepDoor(this.#door, 'granted');
    if (this.#writing || this.offDueAtMs !== null) return refused ?? 'busy';
    if (refused || !this.wires.mayBurn) return refused;
    return this.#heat.bears(this.wires.pulseMs, this.#nowMs()) ? null : 'lock-hot';
  }

  /** A grant is begun: writes it down. When this resolves it is durable, and the door may be pulsed. */
  begin(beginning: Beginning): Promise<void> {
    this.#writing = true;
    this.#uncertainOn = null;
    this.#isInOrder = false;
    this.#isPulseProved = false;
    const begun = this.#options.ledger.begin(beginning);
    this.#apply('granted');
    return begun;
  }

  /** The pulse is about to be sent. It may have to wait for the line: nothing ends it before it has a result. */
  energising(): void {
    this.#pulsedMs = this.#nowMs();
    this.#heat.add(this.wires.pulseMs, this.#pulsedMs);
    if (this.wires.off !== null) this.offDueAtMs = NOT_YET;
  }

  /** The pulse was answered just now: a held output is due to go off once the lock had its time. */
  energised(): void {
    this.#offDueFrom(this.#nowMs());
  }

  /** The device answered the pulse. */
  pulsed(): void {
    if (!this.#writing) return;
    this.#writing = false;
    this.#apply('write-ok');
  }

  /** The pulse was sent on that connection and not answered: the device may still act. */
  uncertain(connection: number): void {
    this.#beginQuarantine();
    this.#offDueFrom(this.#pulsedMs ?? 0);
    if (!this.#writing) return;
    this.#writing = false;
    this.#uncertainOn = connection;
    this.#apply('write-uncertain');
  }

  /** The pulse was surely not executed. The grant is used up all the same. */
  notPulsed(grant: string): void {
    this.#writing = false;
    this.#offDueFrom(this.#pulsedMs ?? 0);
    this.#options.ledger.note(grant, 'refused', true);
    this.#apply('write-refused');
  }

  /** A good answer of the sensor's block. */
  seen(closed: boolean): void {
    if (!closed) this.#apply(this.#actedLongAgo() ? 'seen-open-late' : 'seen-open');
    else this.#apply('seen-closed');
    // Once it was seen open the write has acted, whatever becomes of its answer.
    if (!closed) this.#writing = false;
    if (closed && this.#door.state === 'opening' && this.#jamDue()) this.#apply('jam-deadline');
  }

  /**
   * A good answer of the unit that pulses it; after `seen` if the same answer shows the door, and before `inSight`.
   *
   * @param connection the line's
   */
  unitAnswered(connection: number): void {
    this.#unitSinceMs ??= this.#nowMs();
    this.#isInOrder ||= connection === this.#uncertainOn;
  }

  /** A poll of that unit went without a good answer. */
  unitMissed(): void {
    this.#unitSinceMs = null;
  }

  /** A good answer of what shows the door, after what it said was `seen`; without a sensor, of the unit that pulses it. */
  inSight(): void {
    if (this.#missed >= LOST_AFTER_POLLS || outOfSight(this.#door.state)) this.#apply('line-back');
    this.#missed = 0;
    if (this.#door.state !== 'unknown' || this.#writing) return;
    this.#sightSinceMs ??= this.#nowMs();
    const { proof } = this.#options;
    if (proof) this.#takeProof(proof);
    else if (this.#isInOrder) this.#apply('answered-in-order');
    else if (this.#isQuarantineOver()) this.#apply('quarantine-over');
  }

  /** Whether what its program will say of this grant is still to come: the ledger does not know yet what came of it. */
  isUndecided(grant: string): boolean {
    const { proof } = this.#options;
    const last = this.#lastGrant;
    if (!proof || last?.grant !== grant || !last.asked || this.#door.state !== 'unknown') return false;
    const fate = proof.fate(last.asked);
    // A door with a sensor goes on being watched, and what was pulsed may have been opened while nobody watched.
    return fate === null || fate === 'never' || (fate === 'pulsed' && !this.#door.sensed);
  }

  #takeProof(proof: CompartmentProof): void {
    const last = this.#lastGrant;
    const fate = last?.asked ? proof.fate(last.asked) : null;
    if (fate === 'pulsed' && !this.#isPulseProved) {
      this.#isPulseProved = true;
      this.#apply('pulse-proved');
    }
    if (this.#door.state !== 'unknown' || !proof.isSettled()) return;
    if (last && fate === 'never') this.#options.ledger.note(last.grant, 'refused', true);
    this.#apply('answered-in-order');
  }

  get #lastGrant(): GrantRecord | undefined {
    const { ledger } = this.#options;
    const grant = ledger.compartment(this.wires.compartment)?.grant;
    return grant ? ledger.grant(grant) : undefined;
  }

  /** A poll of what shows the door went without a good answer. */
  missed(): void {
    this.#sightSinceMs = null;
    this.#missed += 1;
    if (this.#missed === LOST_AFTER_POLLS) this.#apply('line-lost');
  }

  #beginQuarantine(): void {
    this.#unitSinceMs = null;
    this.#sightSinceMs = null;
  }

  /** Its unit has answered for so long that it would have acted, and the door was in sight meanwhile. */
  #isQuarantineOver(): boolean {
    if (this.#unitSinceMs === null || this.#sightSinceMs === null) return false;
    return this.#nowMs() - Math.max(this.#unitSinceMs, this.#sightSinceMs) >= this.wires.quarantineMs;
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #offDueFrom(sinceMs: number): void {
    if (this.offDueAtMs === NOT_YET) this.offDueAtMs = sinceMs + this.wires.pulseMs;
  }

  #jamDue(): boolean {
    if (this.#writing || this.#pulsedMs === null) return false;
    return this.#nowMs() - this.#pulsedMs >= this.wires.jamAfterMs;
  }

  #actedLongAgo(): boolean {
    if (this.#pulsedMs === null) return true;
    return this.#nowMs() - this.#pulsedMs >= this.wires.quarantineMs;
  }

  #apply(event: DoorEvent): void {
    const before = this.#door;
    const { door, report } = stepDoor(before, event);
    this.#door = door;
    if (report) this.#report(report, before);
    if (door.state === before.state) return;
    if (door.state === 'unknown') this.#beginQuarantine();
    if (!outOfSight(door.state)) this.#writeDown(report);
    this.#options.onChange(this);
  }

  #writeDown(report: BankEventKind | null): void {
    const opened = report === 'opened' || report === 'forced';
    const { ledger, clock } = this.#options;
    ledger.noteDoor(this.wires.compartment, this.#door.state, opened ? clock.wallMs() : undefined);
  }

  #report(kind: BankEventKind, before: Door): void {
    const { compartment } = this.wires;
    const { ledger, clock } = this.#options;
    const record = ledger.compartment(compartment);
    const unexplained =
      kind === 'forced' || (kind === 'closed' && [before.state, before.before].includes('forced'));
    const grant = unexplained ? null : (record?.grant ?? null);
    const delivery = unexplained ? null : (record?.delivery ?? null);
    // Whether a pulse that was proved afterwards opened the door, nobody saw: its grant stays in doubt.
    const isInDoubt = kind === 'pulsed' && this.#door.state === 'unknown';
    if (grant && !isInDoubt) this.#noteOutcome(kind, grant);
    const timed = kind === 'opened' && this.#pulsedMs !== null;
    // The hub knows what its own grants are for; of this one it has never heard.
    const isOurs = grant !== null && ledger.grant(grant)?.purpose === 'emergency';
    const latencyMs = timed ? clock.monotonicMs() - (this.#pulsedMs ?? 0) : undefined;
    this.#options.onHappening({
      kind,
      compartment,
      grant,
      delivery,
      ...(latencyMs === undefined ? {} : { latencyMs }),
      ...(isOurs ? { purpose: 'emergency' as const } : {}),
    });
  }

  #noteOutcome(kind: BankEventKind, grant: string): void {
    const { ledger } = this.#options;
    if (kind === 'pulsed') ledger.note(grant, 'pulsed', !this.#door.sensed);
    else if (kind === 'opened' || kind === 'jammed') ledger.note(grant, kind, true);
    else if (kind === 'unknown') ledger.note(grant, 'unknown', false);
    else if (kind === 'settled') ledger.end(grant);
    else if (kind === 'closed') ledger.noteClosed(grant);
  }
}
