import type { Actor, Payload, PayloadOf, PayloadType } from '@lockerhub/protocol/log/payload.ts';
import type { RowChange } from '../store/store.ts';
import { apply } from './apply.ts';
import type { ByOther, Effect } from './command.ts';
import { type Delivery, type Door, doorKey, doorOf, draftOf, type Model, type Visit } from './model.ts';
import { type Newcomer, withNewcomer } from './newcomer.ts';
import type { Policy } from './policy.ts';
import type { Roster } from './roster.ts';
import { isStopOf } from './stops.ts';

/** What a decision may look at besides the model. The same for the whole of one command. */
export interface Env {
  readonly nowMs: number;
  readonly wallMs: number;
  readonly newId: () => string;
  readonly roster: Roster;
  readonly policy: Policy;
  readonly codes: Codes;
  readonly clockTrust: 'trusted' | 'untrusted';
  readonly disk: 'ok' | 'low';
  /** The number of the hub that speaks for the building in this one's place; null: this one does. */
  readonly fencedBy: number | null;
  /** An update waits for a quiet moment, or is being tried. */
  readonly isHeld: boolean;
  /** The building's own language: for couriers, who have none with us. */
  readonly language: string;
  /** IANA's name of the zone in which people here read a clock. */
  readonly timeZone: string;
}

/** Codes as the core needs them (hub/codes). */
export interface Codes {
  find(typed: {
    readonly digits: string;
    readonly tag: string | null;
  }): { readonly holder: string; readonly revoked: boolean } | undefined;
  digitsAt(holder: string, generation: number): string;
  /** What a resident's row keeps of a PIN. */
  pinHash(resident: string, pin: string): string;
  /** What is kept of a fob's number; undefined if this can be none. */
  fobHash(read: string): string | undefined;
  nextGeneration(holder: string, taken: Set<string>): number;
}

/** The hub itself did it: a deadline, a restart. */
export const HUB: Actor = { kind: 'hub' };

export function bankActor(bank: string): Actor {
  return { kind: 'bank', id: bank };
}

/** Who asks: staff here, or an operator in the cloud; the hub itself where a row from there says so. */
export function askedBy(asked: { readonly staff: string; readonly by?: ByOther | 'staff' }): Actor {
  const { staff, by = 'staff' } = asked;
  return by === 'hub' ? { kind: 'hub' } : { kind: by, id: staff };
}

/** Who acts in a visit. */
export function actorOf(visit: Visit): Actor {
  if (visit.delegate !== null) return { kind: 'delegate', id: visit.delegate };
  return { kind: visit.kind, id: visit.holder };
}

/**
 * One command being decided: a draft over the model, and all that is to be written and done if it stands. Each entry
 * takes effect in the draft at once, so that what follows from it can be decided in the same transaction.
 */
export class Draft {
  readonly model: Model;
  readonly payloads: Payload[] = [];
  readonly rows: RowChange[] = [];
  readonly effects: Effect[] = [];
  /** Digits given out by this very command. */
  readonly takenDigits = new Set<string>();
  readonly #commit: () => void;
  #env: Env;
  readonly #visits = new Set<string>();
  readonly #deliveries = new Map<string, Delivery>();
  readonly #doors = new Map<string, Door>();

  constructor(model: Model, env: Env) {
    const { draft, commit } = draftOf(model);
    this.model = draft;
    this.#env = env;
    this.#commit = commit;
  }

  get env(): Env {
    return this.#env;
  }

  /** Somebody whose rows this very command writes: what follows in it knows them already. */
  meet(newcomer: Newcomer): void {
    this.#env = { ...this.#env, roster: withNewcomer(this.#env.roster, newcomer) };
  }

  /** Writes an entry. */
  say<Type extends PayloadType>(by: Actor, type: Type, data: PayloadOf<Type>): void {
    const { wallMs, clockTrust, nowMs } = this.env;
    // Type and data belong together by the signature; the compiler cannot follow that into the union.
    const payload = { type, at: wallMs, clock: clockTrust, by, data } as unknown as Payload;
    this.#touch(payload);
    apply(this.model, payload, nowMs);
    this.#touch(payload);
    this.payloads.push(payload);
  }

  /** Asks for something outside, after the commit. */
  effect(effect: Effect): void {
    this.effects.push(effect);
  }

  /** A visit's view changes with this command. */
  touchVisit(visit: string): void {
    this.#visits.add(visit);
  }

  /** The views of all visits change in which this delivery is a stop. */
  touchDelivery(delivery: Delivery): void {
    this.#deliveries.set(delivery.id, delivery);
  }

  touchDoor(door: Door): void {
    this.#doors.set(doorKey(door), { bank: door.bank, compartment: door.compartment });
  }

  /** The effects that tell pages what changed. */
  changes(): Effect[] {
    for (const visit of this.model.visits.values()) {
      for (const delivery of this.#deliveries.values()) {
        if (isStopOf(this.model, visit, delivery, this.env.roster)) this.#visits.add(visit.id);
      }
    }
    return [
      ...[...this.#visits].map((visit) => ({ type: 'visit-changed', visit }) as const),
      ...[...this.#doors.values()].map((door) => ({ type: 'door-changed', ...door }) as const),
    ];
  }

  /** Makes the draft true: call it once the log has the entries. */
  commit(): void {
    this.#commit();
  }

  #touch({ data }: Payload): void {
    if ('visit' in data && data.visit) this.#visits.add(data.visit);
    if ('bank' in data && data.bank && 'compartment' in data && data.compartment) {
      this.touchDoor({ bank: data.bank, compartment: data.compartment });
    }
    const delivery =
      'delivery' in data && data.delivery ? this.model.deliveries.get(data.delivery) : undefined;
    if (!delivery) return;
    this.touchDelivery(delivery);
    const door = doorOf(delivery);
    if (door) this.touchDoor(door);
  }
}
