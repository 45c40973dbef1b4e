/**
 * Sees what the hub answered to people and what locks felt, and holds it against the log. It believes nobody's own
 * account: what was acknowledged is what an answer said, what opened is what the simulated locks felt.
 */
import { DeliveryStory, ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { z } from 'zod';
import type { StaffLink } from '../demo/staff-link.ts';
import type { PlcEvent } from '../plc/plc.ts';
import { HubLink, HubRefusal } from '../walk/hub-link.ts';
import type { BankName, Bystander } from './kill-building.ts';
import { type Asked, type DoorAt, judgeOpenings, type ProcessStart } from './kill-judge.ts';
import { LogRecord } from './kill-record.ts';

/** What may happen that a kill can follow at once: a person asked, the hub answered, a lock got current. */
export const MOMENTS = ['asked', 'answered', 'energised'] as const;
export type Moment = (typeof MOMENTS)[number];

export class KillWitness implements Bystander {
  readonly record = new LogRecord();
  readonly #deposited = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #assigned = new Set<string>();
  readonly #visits = new Set<string>();
  readonly #energisings: DoorAt[] = [];
  readonly #asked: Asked[] = [];
  readonly #starts: ProcessStart[] = [];
  readonly #faults: string[] = [];
  /** Set by whoever waits for a moment. Called within the very event. */
  onMoment: (moment: Moment) => void = () => {};

  get acknowledged(): { readonly deposits: number; readonly pickups: number; readonly energised: number } {
    return {
      deposits: this.#deposited.size,
      pickups: this.#taken.size,
      energised: this.#energisings.length,
    };
  }

  plcEvent(bank: BankName, event: PlcEvent): void {
    if (event.kind === 'burnt') this.#faults.push(`I10: the lock of ${bank}/${event.door} burned`);
    if (event.kind !== 'energised') return;
    this.#energisings.push({ bank, compartment: event.door, atMs: systemClock.wallMs() });
    this.onMoment('energised');
  }

  processStarted(bank: BankName): void {
    this.#starts.push({ bank, atMs: systemClock.wallMs() });
  }

  asked(asked: Asked): void {
    this.#asked.push(asked);
  }

  /** The hub showed a visit to a person: what it says there is acknowledged. */
  answered({ visit, kind, stops }: VisitView): void {
    this.#visits.add(visit);
    for (const { delivery, step } of stops) {
      if (kind === 'courier') this.#assigned.add(delivery);
      if (step === 'done') (kind === 'courier' ? this.#deposited : this.#taken).add(delivery);
    }
  }

  /** The hub answered what no person can do anything with. */
  fault(what: string): void {
    this.#faults.push(what);
  }

  /** Everything that is wrong so far. Read the log before. */
  judge(): string[] {
    const { record } = this;
    const missing = (what: string, ids: ReadonlySet<string>, isThere: (id: string) => boolean) =>
      [...ids]
        .filter((id) => !isThere(id))
        .map((id) => `I1: ${what} ${id} was acknowledged and is not on record`);
    return [
      ...this.#faults,
      ...record.violations,
      ...missing('visit', this.#visits, (id) => record.says('visit.started', id)),
      ...missing('parcel', this.#assigned, (id) => record.deliveries.has(id)),
      ...missing('deposit', this.#deposited, (id) => record.says('delivery.deposited', id)),
      ...missing(
        'pickup',
        this.#taken,
        (id) => record.says('delivery.collected', id) || record.says('delivery.missing', id),
      ),
      ...judgeOpenings({
        energisings: this.#energisings,
        grants: record.grants,
        asked: this.#asked,
        starts: this.#starts,
      }),
    ];
  }

  /** Asks the hub after each acknowledged delivery: its records must say what its log says. */
  async askAfterDeliveries(staff: StaffLink): Promise<void> {
    for (const id of new Set([...this.#deposited, ...this.#taken])) {
      const { delivery } = await staff.ask('GET', `/api/v1/deliveries/${id}`, DeliveryStory);
      const isGone = delivery.state !== 'assigned' && delivery.state !== 'deposited';
      if (delivery.depositedAt === null || (this.#taken.has(id) && !isGone)) {
        this.fault(`I1: delivery ${id} was acknowledged and is ${delivery.state} in the records`);
      }
    }
  }
}

/** A kiosk whose every request and answer a witness sees. */
export class WitnessedKiosk extends HubLink {
  readonly #witness: KillWitness;

  constructor(address: string, token: string, witness: KillWitness) {
    super(address, token);
    this.#witness = witness;
  }

  override async ask<Schema extends z.ZodType>(
    method: 'GET' | 'POST',
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<z.infer<Schema>> {
    const answer = await this.#whole(() => super.ask(method, path, schema, body));
    const view = VisitView.safeParse(answer);
    if (view.success) this.#witness.answered(view.data);
    if (method === 'POST') this.#witness.onMoment('answered');
    return answer;
  }

  override async send(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Response> {
    if (method === 'GET') return super.send(method, path, body);
    const fromMs = systemClock.wallMs();
    const sent = super.send(method, path, body);
    this.#witness.onMoment('asked');
    try {
      return await sent;
    } finally {
      this.#witness.asked({ fromMs, toMs: systemClock.wallMs() });
    }
  }

  /** An answer that a kill cut short is none. One that is whole and senseless is a fault of the hub. */
  async #whole<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof HubRefusal)) {
        throw new HubRefusal('hub-away', 0, 'the hub went away in the middle of its answer', {
          cause: error,
        });
      }
      if (error.code === 'answer-invalid' || error.status === 500) this.#witness.fault(error.message);
      throw error;
    }
  }
}

/** Where the messages for each unit go. */
export async function addressesOf(staff: StaffLink): Promise<ReadonlyMap<string, string>> {
  const residents = await staff.ask('GET', '/api/v1/residents', z.array(ResidentView));
  return new Map(residents.flatMap(({ unit, email }) => (email === null ? [] : [[unit, email]])));
}
