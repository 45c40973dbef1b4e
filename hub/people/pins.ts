/** PINs of residents who collect without a phone: made by staff, shown once, good only together with the unit. */
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { newPin, pinHash } from '../codes/pin.ts';
import { HubError } from '../error.ts';
import type { Register } from '../log/register.ts';
import type { People } from './people.ts';
import type { PeopleChanges } from './people-changes.ts';

export interface ResidentPinsOptions {
  readonly people: Pick<People, 'residentView' | 'pins'>;
  readonly changes: Pick<PeopleChanges, 'setResident'>;
  readonly register: Register;
  readonly codeKey: Uint8Array;
  readonly random: Random;
}

export class ResidentPins {
  readonly #options: ResidentPinsOptions;

  constructor(options: ResidentPinsOptions) {
    this.#options = options;
  }

  /**
   * Gives a resident a PIN; a former one is void. It can never be read again.
   *
   * @returns eight digits, no other PIN of the unit. @throws HubError `not-found`
   */
  async give(by: Actor, resident: string): Promise<string> {
    const { people, changes, codeKey } = this.#options;
    const person = people.residentView(resident);
    if (!person || person.movedOut) {
      throw new HubError('not-found', 'no such resident lives here; reload the page');
    }
    const pin = this.#freePin(person.unitName);
    const set = { pinHash: pinHash(codeKey, resident, pin) };
    await changes.setResident(by, resident, set, { type: 'pin.given', data: { resident } });
    return pin;
  }

  /** Makes their PIN void; without one nothing happens. @throws HubError `not-found` */
  async end(by: Actor, resident: string): Promise<void> {
    const { changes, register } = this.#options;
    const row = register.get('residents', resident);
    if (!row) throw new HubError('not-found', 'no such resident; reload the page');
    if (row.pinHash === null) return;
    await changes.setResident(by, resident, { pinHash: null }, { type: 'pin.ended', data: { resident } });
  }

  /** Those who moved out have none. */
  async endOfMoved(): Promise<void> {
    for (const { id, movedOut, pinHash: hash } of this.#options.register.all('residents')) {
      if (movedOut && hash !== null) await this.end({ kind: 'hub' }, id);
    }
  }

  #freePin(unitName: string): string {
    const { people, codeKey, random } = this.#options;
    const taken = people.pins().filter((one) => one.unitName === unitName);
    for (;;) {
      const pin = newPin(random);
      if (!taken.some(({ resident, hash }) => pinHash(codeKey, resident, pin) === hash)) return pin;
    }
  }
}
