/** What a building's hub writes down in a long time: parcels come in, are announced and are collected, some with trouble. */
import { type Entry, type Head, nextEntry, SALT_BYTES } from '@lockerhub/protocol/log/entry.ts';
import { encodePayload, type PayloadOf, type PayloadType } from '@lockerhub/protocol/log/payload.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';
import type { SeededRandom } from '../clock/seeded-random.ts';

/** Deliveries that wait at any time: some have come in before the first of them is collected. */
const WAITING = 20;
const COMPARTMENTS = 32;
const UNITS = 60;
/** One parcel in so many meets a jammed door and gets another. */
const JAM_EVERY = 25;
const START_MS = Date.UTC(2026, 0, 1);
const BETWEEN_DELIVERIES_MS = 4 * 60_000;

/** Entries that follow `head`, `count` of them: a real history up to the point where it is cut. */
export function logHistory(random: SeededRandom, count: number, head: Head, epoch = 1): Entry[] {
  const entries: Entry[] = [];
  for (const text of payloads(random)) {
    if (entries.length === count) break;
    entries.push(nextEntry(entries.at(-1) ?? head, epoch, text, random.bytes(SALT_BYTES)));
  }
  return entries;
}

/** Texts of payloads without end. */
function* payloads(random: SeededRandom): Generator<string> {
  const story = new Story(random);
  yield* story.begin();
  for (;;) {
    yield* story.dropOff();
    if (story.waiting > WAITING) yield* story.pickUp();
  }
}

interface Waiting {
  readonly delivery: string;
  readonly resident: string;
  readonly door: { readonly bank: string; readonly compartment: number };
}

class Story {
  readonly #random: SeededRandom;
  readonly #waiting: Waiting[] = [];
  readonly #terminal: string;
  readonly #courier: string;
  readonly #homes: readonly { unit: string; household: string; resident: string }[];
  #atMs = START_MS;
  #reports = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
    this.#terminal = this.#id();
    this.#courier = this.#id();
    this.#homes = Array.from({ length: UNITS }, () => ({
      unit: this.#id(),
      household: this.#id(),
      resident: this.#id(),
    }));
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  *begin(): Generator<string> {
    yield this.#say('building.created', {
      building: 'linden-court',
      timeZone: 'Europe/Berlin',
      language: 'de',
    });
    yield this.#say('hub.started', { bootId: this.#id(), software: '1.0.0' });
    yield this.#say('terminal.paired', { terminal: this.#terminal, bank: 'lobby' });
    yield this.#say('code.issued', { holder: this.#courier, generation: 0 });
  }

  *dropOff(): Generator<string> {
    const [visit, delivery, message] = [this.#id(), this.#id(), this.#id()];
    const home = this.#random.pick(this.#homes);
    let door = this.#door();
    yield this.#say('visit.started', {
      visit,
      terminal: this.#terminal,
      bank: 'lobby',
      kind: 'courier',
      holder: this.#courier,
      delegate: null,
      means: 'code',
      fob: null,
    });
    yield this.#say('delivery.assigned', {
      delivery,
      visit,
      ...home,
      carrier: null,
      size: this.#random.pick(['S', 'M', 'L']),
      ...door,
    });
    if (this.#random.oneIn(JAM_EVERY)) {
      yield* this.#jam(delivery, visit, door);
      door = this.#door();
      yield this.#say('delivery.reassigned', { delivery, ...door, reason: 'jammed' });
    }
    yield* this.#open(delivery, visit, door, 'deposit');
    yield this.#say('delivery.deposited', { delivery, confirmation: 'confirmed' });
    yield this.#say('visit.ended', { visit, reason: 'done' });
    yield this.#say('message.queued', {
      message,
      kind: 'parcels-arrived',
      resident: home.resident,
      visit,
      deliveries: [delivery],
    });
    yield this.#say('delivery.announced', { delivery, messages: [message] });
    yield this.#say('message.sent', { message, channel: 'email' });
    this.#waiting.push({ delivery, resident: home.resident, door });
  }

  *pickUp(): Generator<string> {
    const [parcel] = this.#waiting.splice(this.#random.between(0, this.#waiting.length - 1), 1);
    if (parcel === undefined) return;
    const visit = this.#id();
    const { delivery, resident, door } = parcel;
    yield this.#say('visit.started', {
      visit,
      terminal: this.#terminal,
      bank: 'lobby',
      kind: 'resident',
      holder: resident,
      delegate: null,
      means: 'code',
      fob: null,
    });
    yield* this.#open(delivery, visit, door, 'pickup');
    yield this.#say('delivery.collected', { delivery, visit, confirmation: 'confirmed' });
    yield this.#say('visit.ended', { visit, reason: 'done' });
    yield this.#say('delivery.archived', { delivery });
  }

  *#open(
    delivery: string,
    visit: string,
    door: Waiting['door'],
    purpose: 'deposit' | 'pickup',
  ): Generator<string> {
    const grant = this.#id();
    yield this.#say('grant.issued', { grant, purpose, delivery, visit, ...door });
    yield this.#report('pulsed', grant, delivery, door);
    yield this.#say('grant.ended', {
      grant,
      delivery,
      end: 'opened',
      latencyMs: this.#random.between(300, 900) / 10,
    });
    yield this.#report('opened', grant, delivery, door);
    yield this.#report('closed', grant, delivery, door);
  }

  *#jam(delivery: string, visit: string, door: Waiting['door']): Generator<string> {
    const [grant, case_] = [this.#id(), this.#id()];
    yield this.#say('grant.issued', { grant, purpose: 'deposit', delivery, visit, ...door });
    yield this.#say('grant.ended', { grant, delivery, end: 'jammed' });
    yield this.#say('lock.jammed', { ...door, supply: 'line/plc', grant, jams: 1 });
    yield this.#say('case.opened', { case: case_, kind: 'jammed', ...door, delivery });
    yield this.#say('case.taken', { case: case_ });
    yield this.#say('case.noted', { case: case_, note: 'a splinter in the frame' });
    yield this.#say('case.closed', { case: case_, resolution: 'freed' });
  }

  #report(kind: 'pulsed' | 'opened' | 'closed', grant: string, delivery: string, door: Waiting['door']) {
    this.#reports += 1;
    return this.#say('door.reported', {
      ...door,
      kind,
      grant,
      delivery,
      session: 1,
      number: this.#reports,
      ageMs: 3,
    });
  }

  #say<Type extends PayloadType>(type: Type, data: PayloadOf<Type>): string {
    this.#atMs += Math.round(BETWEEN_DELIVERIES_MS / 20);
    const payload = { type, data, at: this.#atMs, clock: 'trusted', by: { kind: 'hub' } };
    return encodePayload(payload as Parameters<typeof encodePayload>[0]);
  }

  #door(): Waiting['door'] {
    return { bank: 'lobby', compartment: this.#random.between(1, COMPARTMENTS) };
  }

  #id(): string {
    return newId({ wallMs: () => this.#atMs }, this.#random);
  }
}
