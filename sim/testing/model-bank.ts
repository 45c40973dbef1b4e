/**
 * A bank as the hub's contract describes it, without lines or files: its ledger, its doors, reports that it repeats
 * until they are acknowledged. What it says goes onto `wire`, first in, first out; a test decides when it arrives.
 */

import type { BankCommand } from '@lockerhub/hub/deliveries/bank-command.ts';
import type { Effect } from '@lockerhub/hub/deliveries/command.ts';
import type {
  BankEventKind,
  DoorState,
  GrantOutcome,
  OpenRefusal,
} from '@lockerhub/protocol/bank/messages.ts';

type Open = Extract<Effect, { type: 'open' }>;
type Report = Extract<BankCommand, { type: 'bank-event' }>;

export type Fate = 'opens' | 'jams' | 'fails' | 'takes-long';

interface ModelDoor {
  /** What it physically is. */
  isOpen: boolean;
  /** What the agent says it is. */
  state: DoorState;
  grant: string | null;
}

export class ModelBank {
  readonly bank: string;
  readonly sensed: boolean;
  readonly doors = new Map<number, ModelDoor>();
  readonly ledger = new Map<string, { outcome: GrantOutcome; compartment: number | null; closed: boolean }>();
  /** Reports that were not acknowledged. */
  unacknowledged: Report[] = [];
  wire: BankCommand[] = [];
  session = 0;
  isOnline = false;
  /** Openings by grant: no grant may ever have two. */
  readonly pulses = new Map<string, number>();
  #number = 0;

  constructor(bank: string, compartments: readonly number[], sensed: boolean) {
    this.bank = bank;
    this.sensed = sensed;
    for (const compartment of compartments) {
      this.doors.set(compartment, { isOpen: false, state: this.#rest(false), grant: null });
    }
  }

  connect(): void {
    this.session += 1;
    this.#number = 0;
    this.isOnline = true;
    this.wire = [{ type: 'bank-online', bank: this.bank, session: this.session }];
    for (const compartment of this.doors.keys()) this.#see(compartment);
    this.wire.push(...this.unacknowledged);
  }

  disconnect(): void {
    this.isOnline = false;
    this.wire = [{ type: 'bank-offline', bank: this.bank, session: this.session, reason: 'the link broke' }];
  }

  /** The agent's process dies and comes back later: reports that nobody acknowledged are lost with it. */
  crash(): void {
    this.disconnect();
    this.unacknowledged = [];
    // A new process counts anew, in a session of its own.
    this.session += 1;
    this.#number = 0;
    for (const door of this.doors.values()) {
      const entry = door.grant === null ? undefined : this.ledger.get(door.grant);
      if (door.state === 'opening') {
        door.state = 'unknown';
        if (entry) entry.outcome = 'interrupted';
      } else if (door.state !== 'unknown') door.state = this.#rest(door.isOpen);
    }
  }

  acknowledge(session: number, number: number): void {
    this.unacknowledged = this.unacknowledged.filter(
      (report) => report.session !== session || report.number > number,
    );
  }

  /** An open arrives. Returns whether a pulse followed. */
  receive(open: Open, nowMs: number, fate: Fate): boolean {
    const door = this.doors.get(open.compartment);
    const refusal = this.#refusal(open, nowMs);
    if (refusal || !door) {
      if (!this.ledger.has(open.grant)) {
        this.ledger.set(open.grant, { outcome: 'refused', compartment: open.compartment, closed: false });
      }
      const reason = refusal ?? 'compartment-unknown';
      this.wire.push({ type: 'open-refused', bank: this.bank, grant: open.grant, reason });
      return false;
    }
    this.pulses.set(open.grant, (this.pulses.get(open.grant) ?? 0) + 1);
    door.grant = open.grant;
    this.ledger.set(open.grant, { outcome: 'begun', compartment: open.compartment, closed: false });
    this.#become(open.compartment, 'opening');
    if (fate === 'fails') this.#fail(open.compartment);
    else {
      this.#report(open.compartment, 'pulsed');
      if (fate !== 'takes-long') this.finish(open.compartment, fate === 'opens');
    }
    return true;
  }

  /** The verdict on a pulse: opened, or jammed. */
  finish(compartment: number, opens: boolean): void {
    const door = this.#door(compartment);
    if (door.state !== 'opening') return;
    if (opens) door.isOpen = true;
    if (!this.sensed) {
      this.#note(door, 'pulsed');
      this.#become(compartment, 'unsensed');
    } else {
      this.#note(door, opens ? 'opened' : 'jammed');
      this.#report(compartment, opens ? 'opened' : 'jammed');
      this.#become(compartment, opens ? 'open' : 'jammed');
    }
  }

  /** An uncertain write acts after all, or never will. */
  settle(compartment: number, opens: boolean): void {
    const door = this.#door(compartment);
    if (door.state !== 'unknown') return;
    if (opens) door.isOpen = true;
    if (this.sensed && door.isOpen) {
      this.#note(door, 'opened');
      this.#report(compartment, 'opened');
      this.#become(compartment, 'open');
    } else {
      this.#report(compartment, 'settled');
      this.#become(compartment, this.#rest(false));
    }
  }

  /** A hand closes the door. */
  close(compartment: number): void {
    const door = this.#door(compartment);
    if (!door.isOpen) return;
    door.isOpen = false;
    if (!this.sensed || door.state === 'unknown') return;
    const entry = door.grant === null ? undefined : this.ledger.get(door.grant);
    if (entry && door.state === 'open') entry.closed = true;
    this.#report(compartment, 'closed', door.state === 'forced' ? null : door.grant);
    this.#become(compartment, 'closed');
  }

  /** Somebody breaks the door open. */
  force(compartment: number): boolean {
    const door = this.#door(compartment);
    if (!this.sensed || door.state !== 'closed') return false;
    door.isOpen = true;
    this.#report(compartment, 'forced', null);
    this.#become(compartment, 'forced');
    return true;
  }

  /** What the ledger says of grants; those it never saw are burned. */
  answer(grants: readonly string[]): void {
    for (const grant of grants) {
      const known = this.ledger.get(grant) ?? {
        outcome: 'burned' as const,
        compartment: null,
        closed: false,
      };
      this.ledger.set(grant, known);
      const { outcome, closed } = known;
      this.wire.push({ type: 'grant-outcome', bank: this.bank, grant, outcome, closed });
    }
  }

  #refusal(open: Open, nowMs: number): OpenRefusal | null {
    if (this.ledger.has(open.grant)) return 'grant-known';
    if (open.session !== this.session) return 'session-foreign';
    if (nowMs >= open.deadlineMs) return 'expired';
    const state = this.doors.get(open.compartment)?.state;
    if (state === 'unknown') return 'door-unknown';
    return state === 'closed' || state === 'jammed' || state === 'unsensed' ? null : 'door-not-closed';
  }

  #fail(compartment: number): void {
    this.#note(this.#door(compartment), 'unknown');
    this.#report(compartment, 'unknown');
    this.#become(compartment, 'unknown');
  }

  #note(door: ModelDoor, outcome: GrantOutcome): void {
    const entry = door.grant === null ? undefined : this.ledger.get(door.grant);
    if (entry) entry.outcome = outcome;
  }

  #report(compartment: number, kind: BankEventKind, grant = this.#door(compartment).grant): void {
    this.#number += 1;
    const report: Report = {
      type: 'bank-event',
      bank: this.bank,
      session: this.session,
      number: this.#number,
      kind,
      compartment,
      grant,
      ageMs: 0,
      latencyMs: null,
    };
    this.unacknowledged.push(report);
    this.#send(report);
  }

  #become(compartment: number, state: DoorState): void {
    this.#door(compartment).state = state;
    this.#see(compartment);
  }

  #see(compartment: number): void {
    const { bank, session, sensed } = this;
    const door = this.#door(compartment).state;
    this.#send({ type: 'door-seen', bank, session, compartment, door, sensed });
  }

  #send(message: BankCommand): void {
    if (this.isOnline) this.wire.push(message);
  }

  #rest(isOpen: boolean): DoorState {
    if (!this.sensed) return 'unsensed';
    return isOpen ? 'open' : 'closed';
  }

  #door(compartment: number): ModelDoor {
    const door = this.doors.get(compartment);
    if (!door) throw new Error(`${this.bank} has no door ${compartment}`);
    return door;
  }
}
