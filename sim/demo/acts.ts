/** What the buttons of the demo set off: people at kiosks by the real requests, hands at doors, plugs. */
import type { Size } from '@lockerhub/protocol/bank/layout.ts';
import { BuildingView, CaseView, DeliveryView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import { delay } from '@lockerhub/protocol/time/clock.ts';
import { fraction, type Random } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';
import { waitFor } from '../testing/wait-for.ts';
import { codeIn } from '../walk/code-in-message.ts';
import { HubLink, HubRefusal } from '../walk/hub-link.ts';
import { type Hands, putIn, recipientIn, takeAll, Visit } from '../walk/people.ts';
import { BANK_NAMES, type BankName, spoken } from './bank-names.ts';
import type { DemoCloud } from './demo-cloud.ts';
import { hubOff, hubOn, killHub, lookAtDoors, oldHubReturns, swapHub } from './hub-acts.ts';
import { NEIGHBOURS, type Neighbour } from './linden-court.ts';
import { NotNow } from './not-now.ts';
import type { StandingBank } from './plcs.ts';
import type { Act, Stage } from './stage.ts';

/** How long a person stands at an open door, and in a rush. */
const AT_THE_DOOR_MS = 1_500;
const AT_THE_DOOR_IN_A_RUSH_MS = 350;
/** A rush: so many parcels, most of them in the lobby. */
const RUSH = { lobby: 9, garage: 5 } as const;
/** Couriers bring small parcels more often than big ones. */
const SIZES_OF_A_RUSH: readonly Size[] = ['S', 'M', 'S', 'L', 'S', 'M', 'S', 'S', 'M'];
/** A freed door springs open within the profile's seconds, unless its bank is away. */
const OPENS_WITHIN_MS = 10_000;
/** How often a courier whose hub went away comes back to the kiosk before giving up. */
const TRIES = 5;

/** A parcel as a courier carries it. */
interface Carried {
  readonly size: Size;
  readonly oversize: boolean;
}

/** What is brought to a bank: to the package room what fits into no compartment. */
function carriedTo(bank: BankName, size: Size = 'S'): Carried {
  return bank === 'room' ? { size: 'XL', oversize: true } : { size, oversize: false };
}

/** Plays the acts. One courier and one resident at a time at each bank: a kiosk serves one person. */
export class Acts {
  readonly #stage: Stage;
  readonly #busy = new Set<string>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** The banks at which a simulated person stands now. */
  get busy(): readonly string[] {
    return [...this.#busy];
  }

  /**
   * Starts an act; resolves when it is over.
   *
   * @throws NotNow, HubRefusal
   */
  async play(act: Act, bank: BankName): Promise<void> {
    switch (act) {
      case 'parcel':
        return this.#at(bank, () => this.#deliver(bank, [carriedTo(bank)], AT_THE_DOOR_MS));
      case 'rush':
        return together([this.#rush('lobby'), this.#rush('garage')]);
      case 'pickup':
        return this.#pickup();
      case 'jam':
        return this.#jam(bank);
      case 'free-jams':
        return this.#freeJams();
      case 'force':
        return this.#force(bank);
      case 'unplug':
        return this.#plug(bank, false);
      case 'replug':
        return this.#plug(bank, true);
      case 'fire':
        return this.#stage.fire.set(this.#bank(bank), true);
      case 'fire-over':
        return this.#stage.fire.set(this.#bank(bank), false);
      case 'walk-doors':
        return this.#stage.fire.walkDoors(this.#bank(bank), (door) => this.closeDoor(bank, door));
      case 'kill-hub':
        return killHub(this.#stage);
      case 'hub-off':
        return hubOff(this.#stage);
      case 'hub-on':
        return hubOn(this.#stage);
      case 'swap-hub':
        this.#nobodyAtKiosks();
        return swapHub(this.#stage);
      case 'old-hub-returns':
        return oldHubReturns(this.#stage);
      case 'look-at-doors':
        return lookAtDoors(this.#stage, (bank, door) => this.closeDoor(bank, door));
      case 'cut-internet':
        return this.#internet(true);
      case 'mend-internet':
        return this.#internet(false);
      case 'back-up-cloud':
        this.#stage.say('The cloud’s operator keeps a backup');
        return this.#cloud().backUp();
      case 'rewind-cloud':
        this.#stage.say('The cloud is put back to the backup: it has forgotten what came later');
        return this.#cloud().rewind();
    }
  }

  #cloud(): DemoCloud {
    const cloud = this.#stage.cloud();
    if (!cloud) throw new NotNow('This demo runs without a cloud.');
    return cloud;
  }

  async #internet(isCut: boolean): Promise<void> {
    this.#cloud().cut(isCut);
    this.#stage.say(isCut ? 'The internet is cut. Everything goes on' : 'The internet is back');
  }

  #nobodyAtKiosks(): void {
    if (this.#busy.size > 0) throw new NotNow('somebody stands at a kiosk; wait a moment');
  }

  #rush(bank: keyof typeof RUSH): Promise<void> {
    const parcels = Array.from({ length: RUSH[bank] }, (_, index) =>
      carriedTo(bank, SIZES_OF_A_RUSH[index % SIZES_OF_A_RUSH.length]),
    );
    return this.#at(bank, () => this.#deliver(bank, parcels, AT_THE_DOOR_IN_A_RUSH_MS));
  }

  /** A courier with some parcels. If the hub goes away, the courier waits and comes back with what is left. */
  async #deliver(bank: BankName, parcels: readonly Carried[], atTheDoorMs: number): Promise<void> {
    const { access, say, hub, random } = this.#stage;
    const courier = pick(access.couriers, random);
    const kiosk = new HubLink(access.hub, access.terminals[bank].token);
    const left = [...parcels];
    for (let attempt = 1; left.length > 0; attempt += 1) {
      try {
        const visit = await Visit.start(kiosk, courier.code);
        while (left[0]) {
          await this.#deliverOne(visit, bank, courier.name, left[0], atTheDoorMs).catch(async (error) => {
            if (!(error instanceof HubRefusal && error.code === 'no-place')) throw error;
            await visit.end();
            throw new NotNow(
              `No door is free for a parcel of size ${left[0]?.size}: press "A pickup" to make room`,
            );
          });
          left.shift();
        }
        await visit.end();
      } catch (error) {
        if (!isHubGone(error) || attempt === TRIES) throw error;
        say(`${courier.name} waits at the ${spoken(bank)}: the hub is away`);
        await this.#closeAll(bank);
        await hub.untilUp();
        // The parcel in hand was in a door when the hub went: the hub resolves it; the courier goes on to the next.
        left.shift();
      }
    }
    say(`${courier.name} leaves the ${spoken(bank)}`);
  }

  async #deliverOne(
    visit: Visit,
    bank: BankName,
    who: string,
    { size, oversize }: Carried,
    atTheDoorMs: number,
  ): Promise<void> {
    const { random, say, score } = this.#stage;
    const neighbour = pick(NEIGHBOURS, random);
    const recipient = await recipientIn(visit, neighbour.unitName);
    const which = oversize ? 'an oversize parcel' : `a parcel (${size})`;
    say(`${who} brings ${which} for ${neighbour.unitName} to the ${spoken(bank)}`);
    const parcel = {
      unit: recipient.unit,
      resident: recipient.resident,
      size,
      oversize,
      tracking: trackingNumber(random),
    };
    const stop = await putIn(visit, parcel, this.hands(atTheDoorMs));
    if (stop.step === 'desk') say(`No door is free: ${who} takes it to the desk`);
    else score.acknowledge(stop.delivery);
  }

  /** A resident for whom something waits goes there, types the code of their newest mail, and takes everything. */
  async #pickup(): Promise<void> {
    const { staff } = this.#stage;
    const { items } = await staff.ask(
      'GET',
      '/api/v1/deliveries?state=deposited&limit=50',
      pageOf(DeliveryView),
    );
    if (items.length === 0) throw new NotNow('nobody has a parcel waiting; let a courier bring one first');
    for (const { unitName, bank: at, depositedAt } of items) {
      const told = this.#told(unitName, depositedAt ?? 0);
      const bank = BANK_NAMES.find((name) => name === at);
      if (told && bank) return this.#at(bank, () => this.#collect(told.neighbour, told.code, bank));
    }
    throw new NotNow('the message is still on its way; look at the phone');
  }

  /** Who of a unit was told of a deposit, and by which code. */
  #told(
    unitName: string,
    depositedAt: number,
  ): { readonly neighbour: Neighbour; readonly code: string } | undefined {
    for (const neighbour of NEIGHBOURS.filter((candidate) => candidate.unitName === unitName)) {
      const message = this.#newestFor(neighbour);
      const code = message && message.atMs >= depositedAt && codeIn(message.text);
      if (code) return { neighbour, code };
    }
    return undefined;
  }

  /** What somebody was told last, by mail or text message. */
  #newestFor({ email, phone }: Neighbour) {
    const { mailbox, phones } = this.#stage;
    const mail = mailbox.mailsTo(email).at(-1);
    const text = phones.texts.findLast(({ to }) => to === phone);
    return (text?.atMs ?? 0) > (mail?.atMs ?? 0) ? text : mail;
  }

  async #collect({ name, unitName }: Neighbour, code: string, bank: BankName): Promise<void> {
    const { access, say } = this.#stage;
    say(`${name} (${unitName}) types the code at the ${spoken(bank)}`);
    const visit = await Visit.start(new HubLink(access.hub, access.terminals[bank].token), code);
    const taken = await takeAll(visit, this.hands(AT_THE_DOOR_MS));
    await visit.end();
    say(`${name} has taken ${taken.length === 1 ? 'a parcel' : `${taken.length} parcels`}`);
  }

  /** The next door to be opened at a bank is wedged: a courier meets it, reports it, and gets another. */
  async #jam(bank: BankName): Promise<void> {
    const { plc, unsensed } = this.#bank(bank);
    const wedged = plc.doors.filter(({ jammed, open, door }) => !jammed && !open && !unsensed.has(door));
    // Which door comes next is the hub's secret; so all are wedged until one was tried.
    for (const { door } of wedged) plc.jam(door);
    const stop = plc.observe((event) => {
      if (event.kind !== 'energised') return;
      stop();
      for (const { door } of wedged) if (door !== event.door) plc.unjam(door);
      this.#stage.say(`Something wedges door ${event.door} at the ${spoken(bank)}`);
    });
    try {
      await this.#at(bank, () => this.#deliver(bank, [carriedTo(bank)], AT_THE_DOOR_MS));
    } finally {
      stop();
      for (const { door } of wedged) plc.unjam(door);
      this.#stage.changed();
    }
  }

  /** Staff come to every jammed door: free it, open it once to see that it goes again, and close its case. */
  async #freeJams(): Promise<void> {
    const { staff, say, clock } = this.#stage;
    const { banks } = await staff.ask('GET', '/api/v1/building', BuildingView);
    const jammed = banks.flatMap(({ bank, doors }) =>
      doors.filter(({ door }) => door === 'jammed').map(({ number }) => ({ bank, number })),
    );
    if (jammed.length === 0) throw new NotNow('no door is jammed');
    for (const { bank, number } of jammed) {
      const { plc } = this.#bank(bank);
      plc.unjam(number);
      say(`Staff free door ${number} at the ${spoken(bank)}`);
      const path = `/api/v1/banks/${bank}/compartments/${number}/open`;
      await staff.ask('POST', path, z.object({ grant: z.string() }), { reason: 'a jammed door was freed' });
      await waitFor(() => plc.door(number).open, OPENS_WITHIN_MS, `door ${number} to open`);
      await delay(clock, AT_THE_DOOR_MS);
      await this.closeDoor(bank, number);
    }
    const { items } = await staff.ask('GET', '/api/v1/cases?state=open&limit=50', pageOf(CaseView));
    for (const open of items.filter(({ kind }) => kind === 'jammed')) {
      await staff.ask('POST', `/api/v1/cases/${open.case}/close`, CaseView, {
        resolution: 'The door goes again.',
      });
    }
  }

  /** Somebody forces a closed door. */
  #force(bank: BankName): void {
    const { plc, unsensed } = this.#bank(bank);
    const closed = plc.doors.filter(({ open, door }) => !open && !unsensed.has(door));
    if (closed.length === 0) throw new NotNow(`no door at the ${spoken(bank)} is closed`);
    const { door } = pick(closed, this.#stage.random);
    plc.hand.open(door);
    this.#stage.say(`Somebody forces door ${door} at the ${spoken(bank)}`);
  }

  async #plug(bank: BankName, plugged: boolean): Promise<void> {
    const { server } = this.#bank(bank);
    await (plugged ? server.plug() : server.unplug());
    this.#stage.plugged(bank, plugged);
    this.#stage.say(
      plugged ? `The ${spoken(bank)}'s PLC is back on the network` : `The ${spoken(bank)}'s PLC is unplugged`,
    );
  }

  /** Hands that wait a moment before they close a door. */
  hands(afterMs: number): Hands {
    return {
      close: async (bank, compartment) => {
        await delay(this.#stage.clock, afterMs);
        await this.closeDoor(bank, compartment);
      },
    };
  }

  /** Whether a door really stands open. */
  isOpen(bank: string, compartment: number): boolean {
    return this.#bank(bank).plc.door(compartment).open;
  }

  /** A hand pulls a door open, by force if it is locked. */
  pullOpen(bank: string, compartment: number): void {
    this.#bank(bank).plc.hand.open(compartment);
  }

  /** Closes a door. One whose lock is energised does not latch: the hand tries again until it does. */
  async closeDoor(bank: string, compartment: number): Promise<void> {
    const { plc } = this.#bank(bank);
    while (!plc.hand.close(compartment)) await delay(this.#stage.clock, 100);
  }

  async #closeAll(bank: BankName): Promise<void> {
    const open = this.#bank(bank).plc.doors.filter((door) => door.open);
    await Promise.all(open.map(({ door }) => this.closeDoor(bank, door)));
  }

  #bank(name: string): StandingBank {
    const bank = this.#stage.banks.find((standing) => standing.bank === name);
    if (!bank) throw new NotNow(`there is no bank "${name}"`);
    return bank;
  }

  async #at<T>(bank: BankName, act: () => Promise<T>): Promise<T> {
    if (this.#busy.has(bank))
      throw new NotNow(`somebody stands at the ${spoken(bank)}'s kiosk already; wait a moment`);
    this.#busy.add(bank);
    this.#stage.changed();
    try {
      return await act();
    } finally {
      this.#busy.delete(bank);
      this.#stage.changed();
    }
  }
}

/** Waits for all of them; then throws what the first to fail threw. */
async function together(acts: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(acts)) {
    if (result.status === 'rejected') throw result.reason;
  }
}

function isHubGone(error: unknown): boolean {
  if (error instanceof HubRefusal) {
    return ['hub-away', 'visit-ended', 'visit-unknown', 'bank-away', 'terminal-busy'].includes(error.code);
  }
  // `waitFor` keeps what it last met.
  return error instanceof Error && error.cause !== undefined && isHubGone(error.cause);
}

/** One of several, by chance. */
function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(fraction(random) * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** A number as Amazon's couriers scan it: `TBA` and 12 digits, no check digit (FINDINGS 7). */
function trackingNumber(random: Random): string {
  const digits = Array.from(random.bytes(12), (byte) => byte % 10);
  return `TBA${digits.join('')}`;
}
