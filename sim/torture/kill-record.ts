/** The log as staff read it with proofs, across kills: every entry once read must stay, and the chain must hold. */
import { BuildingView } from '@lockerhub/protocol/http/staff.ts';
import { EMPTY_HEAD, type Head } from '@lockerhub/protocol/log/entry.ts';
import { decodePayload, type Payload, type UnknownPayload } from '@lockerhub/protocol/log/payload.ts';
import { Proof, verifyProof } from '@lockerhub/protocol/log/proof.ts';
import type { StaffLink } from '../demo/staff-link.ts';
import type { GrantInLog } from './kill-judge.ts';

/** The hub proves so many entries at once (hub/api/log.ts). */
const PROOF_SPAN = 10_000;

/** A delivery as the log tells it. */
export interface DeliveryInLog {
  readonly delivery: string;
  /** Null: the desk. */
  readonly bank: string | null;
  /** Null: nobody knows whose it is. */
  readonly unit: string | null;
  readonly state: 'assigned' | 'deposited' | 'ended';
}

export class LogRecord {
  readonly violations: string[] = [];
  readonly grants: GrantInLog[] = [];
  readonly deliveries = new Map<string, DeliveryInLog>();
  /** Open cases, with the delivery that each is about. */
  readonly cases = new Map<string, string | null>();
  readonly #facts = new Set<string>();
  #head: Head = EMPTY_HEAD;
  /** The heads at which it was read, oldest first. */
  readonly #readTo: Head[] = [EMPTY_HEAD];

  get length(): number {
    return this.#head.seq;
  }

  /** Whether the log says this of a thing: an entry of this type about it. */
  says(type: Payload['type'], id: string): boolean {
    return this.#facts.has(`${type} ${id}`);
  }

  /** Reads on to the head and checks the chain on the way. @throws HubRefusal, ProtocolError */
  async read(staff: StaffLink): Promise<void> {
    const { head } = await staff.ask('GET', '/api/v1/building', BuildingView);
    if (head.seq < this.#head.seq) {
      this.violations.push(`I1: the log ends at entry ${head.seq}; it had been read to ${this.#head.seq}`);
      return;
    }
    if (head.seq === this.#head.seq) {
      if (head.hash !== this.#head.hash) this.violations.push(`I4: entry ${head.seq} has another hash now`);
      return;
    }
    const proof = await this.#prove(staff, this.#head);
    for (const payload of verifyProof(proof).values()) this.#note(decodePayload(payload));
    this.#head = proof.to;
    this.#readTo.push(proof.to);
  }

  /** Proves the log once more from as far back as the hub can, against what was read at the time. */
  async proveAgain(staff: StaffLink): Promise<void> {
    await this.read(staff);
    const from = this.#readTo.find(({ seq }) => this.#head.seq - seq <= PROOF_SPAN && seq < this.#head.seq);
    if (from) verifyProof(await this.#prove(staff, from));
  }

  /** Parcels on their way in about which nobody was called. */
  get unresolved(): DeliveryInLog[] {
    const called = new Set(this.cases.values());
    return [...this.deliveries.values()].filter(
      ({ delivery, state }) => state === 'assigned' && !called.has(delivery),
    );
  }

  async #prove(staff: StaffLink, from: Head): Promise<Proof> {
    const path = `/api/v1/log/${from.seq + 1}/proof?through=${Number.MAX_SAFE_INTEGER}`;
    const proof = await staff.ask('GET', path, Proof);
    if (proof.from.seq !== from.seq || proof.from.hash !== from.hash) {
      this.violations.push(
        `I4: entry ${from.seq} was read with hash ${from.hash} and now has ${proof.from.hash}`,
      );
    }
    return proof;
  }

  #note(payload: Payload | UnknownPayload): void {
    switch (payload.type) {
      case 'unknown':
        this.violations.push(`the hub wrote an entry of unknown type ${payload.name}`);
        return;
      case 'delivery.assigned':
      case 'delivery.unmatched':
      case 'delivery.sent-to-desk': {
        const { delivery, unit } = payload.data;
        const bank = 'bank' in payload.data ? payload.data.bank : null;
        this.deliveries.set(delivery, { delivery, bank, unit, state: 'assigned' });
        return;
      }
      case 'delivery.desk-instead':
        this.#change(payload.data.delivery, { bank: null });
        return;
      case 'delivery.reassigned':
        this.#change(payload.data.delivery, { bank: payload.data.bank });
        return;
      case 'delivery.deposited':
        this.#fact(payload.type, payload.data.delivery);
        this.#change(payload.data.delivery, { state: 'deposited' });
        return;
      case 'delivery.collected':
      case 'delivery.withdrawn':
      case 'delivery.missing':
        this.#fact(payload.type, payload.data.delivery);
        this.#change(payload.data.delivery, { state: 'ended' });
        return;
      case 'visit.started':
        this.#fact(payload.type, payload.data.visit);
        return;
      case 'grant.issued':
        this.grants.push({ ...payload.data, atMs: payload.at });
        return;
      case 'grant.ended': {
        const { grant, end } = payload.data;
        const index = this.grants.findIndex((one) => one.grant === grant);
        const issued = this.grants[index];
        if (issued) this.grants[index] = { ...issued, end };
        return;
      }
      case 'case.opened':
        this.cases.set(payload.data.case, payload.data.delivery);
        return;
      case 'case.closed':
        this.#fact(payload.type, payload.data.case);
        this.cases.delete(payload.data.case);
        return;
    }
  }

  #fact(type: Payload['type'], id: string): void {
    this.#facts.add(`${type} ${id}`);
  }

  #change(id: string, change: Partial<DeliveryInLog>): void {
    const delivery = this.deliveries.get(id);
    if (delivery) this.deliveries.set(id, { ...delivery, ...change });
    else this.violations.push(`the log tells of delivery ${id}, which it never assigned`);
  }
}
