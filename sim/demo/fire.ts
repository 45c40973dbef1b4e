/** The fire contacts of the demo's banks: real inputs of the simulated PLCs, which the agents watch by themselves. */
import { BuildingView, CaseView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import { type Clock, delay } from '@lockerhub/protocol/time/clock.ts';
import { waitFor } from '../testing/wait-for.ts';
import { spoken } from './bank-names.ts';
import { type StandingBank, setFireContact } from './plcs.ts';
import type { StaffLink } from './staff-link.ts';

/** The agent counts five polls of 100 ms before it believes the contact; a pulse may be under way. */
const LAST_PULSE_WITHIN_MS = 2_000;
/** How long the staff of the demo wait for the hub to hear that the contact is closed again. */
const HEARD_WITHIN_MS = 15_000;
/** A door that is walked to and shut. */
const A_DOOR_MS = 120;
const REASON = 'walked all doors';

export interface FireOptions {
  readonly clock: Clock;
  readonly staff: StaffLink;
  readonly say: (words: string) => void;
  readonly changed: () => void;
}

/** Sets them off, sets them back, and walks the doors afterwards. */
export class Fire {
  readonly #options: FireOptions;
  /** Bank → until when its locks may be energised by an emergency; infinite while the contact is open. */
  readonly #untilMs = new Map<string, number>();

  constructor(options: FireOptions) {
    this.#options = options;
  }

  /** The contact of the bank is open. */
  isOpen(bank: string): boolean {
    return this.#untilMs.get(bank) === Number.POSITIVE_INFINITY;
  }

  /** A lock that is energised now may be so for the emergency: by a grant of the agent's own. */
  mayRelease(bank: string): boolean {
    return (this.#untilMs.get(bank) ?? 0) > this.#options.clock.monotonicMs();
  }

  /** The alarm goes off, or is set back. */
  set(bank: StandingBank, isReleasing: boolean): void {
    const { clock, say, changed } = this.#options;
    setFireContact(bank, isReleasing);
    const until = isReleasing ? Number.POSITIVE_INFINITY : clock.monotonicMs() + LAST_PULSE_WITHIN_MS;
    this.#untilMs.set(bank.bank, until);
    say(
      isReleasing
        ? `Fire alarm at the ${spoken(bank.bank)}: its agent releases the doors`
        : `The alarm at the ${spoken(bank.bank)} is off`,
    );
    changed();
  }

  /** Staff shut every door, say that they looked, and close what was opened because of it. */
  async walkDoors({ bank, plc }: StandingBank, closeDoor: (door: number) => Promise<void>): Promise<void> {
    const { staff, clock, say } = this.#options;
    say(`Staff walk the doors of the ${spoken(bank)}`);
    await waitFor(
      async () => (await this.#stateOf(bank)) === 'normal',
      HEARD_WITHIN_MS,
      'the hub to hear of it',
    );
    for (const { door } of plc.doors.filter(({ open }) => open)) {
      await delay(clock, A_DOOR_MS);
      await closeDoor(door);
    }
    await staff.act(`/api/v1/banks/${bank}/emergency/end`, { reason: REASON });
    const { items } = await staff.ask('GET', '/api/v1/cases?state=open&limit=200', pageOf(CaseView));
    for (const { case: id, kind, bank: of } of items) {
      if (kind !== 'emergency-opened' || of !== bank) continue;
      await staff.ask('POST', `/api/v1/cases/${id}/close`, CaseView, { resolution: 'The parcel is there.' });
    }
    say(`The ${spoken(bank)} is used again`);
  }

  async #stateOf(bank: string): Promise<unknown> {
    const { banks } = await this.#options.staff.ask('GET', '/api/v1/building', BuildingView);
    return banks.find((known) => known.bank === bank)?.emergency;
  }
}
