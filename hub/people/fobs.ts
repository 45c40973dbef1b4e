/** Fobs of residents: read at the office's wedge, several a resident, ended when lost. */
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import { fobHash, keepFobs, readFob, readKeptFobs } from '../codes/fob.ts';
import { HubError } from '../error.ts';
import type { Register } from '../log/register.ts';
import type { Rows } from '../store/rows.ts';
import type { People } from './people.ts';
import type { PeopleChanges } from './people-changes.ts';

/** Of one resident: two for each key ring, and some that nobody thought of ending. */
const MAX_FOBS = 10;

export interface ResidentFobsOptions {
  readonly people: Pick<People, 'residentView' | 'fobs'>;
  readonly changes: Pick<PeopleChanges, 'setResident'>;
  readonly register: Register;
  readonly codeKey: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
}

export class ResidentFobs {
  readonly #options: ResidentFobsOptions;
  /** One after the other: no fob is ever two residents'. */
  readonly #changes = new Turns();

  constructor(options: ResidentFobsOptions) {
    this.#options = options;
  }

  /**
   * Registers a fob by its number as the wedge typed it.
   *
   * @returns its id. @throws HubError `not-found`, `fob-unreadable`, `fob-taken`, `too-many-fobs`
   */
  register(by: Actor, resident: string, read: string): Promise<string> {
    return this.#changes.take(async () => {
      const { changes, codeKey, clock, random } = this.#options;
      const row = this.#row(resident);
      if (row.movedOut) throw new HubError('not-found', 'they live here no more; reload the page');
      const number = readFob(read);
      if (number === undefined) {
        throw new HubError(
          'fob-unreadable',
          'this is no fob’s number: 8 to 32 letters and digits, not eight digits alone, for those are codes. Set the reader to ten digits or hexadecimal',
          { where: 'body.number' },
        );
      }
      const hash = fobHash(codeKey, number);
      this.#refuseTaken(hash);
      const kept = readKeptFobs(row.fobHash);
      if (kept.length >= MAX_FOBS) {
        throw new HubError('too-many-fobs', `they have ${MAX_FOBS} fobs, the most; end one first`);
      }
      const fob = newId(clock, random);
      await changes.setResident(
        by,
        resident,
        { fobHash: keepFobs([...kept, { fob, hash }]) },
        { type: 'fob.registered', data: { fob, resident } },
      );
      return fob;
    });
  }

  /** A lost fob opens nothing from here on. @throws HubError `not-found` */
  end(by: Actor, resident: string, fob: string): Promise<void> {
    return this.#changes.take(async () => {
      const kept = readKeptFobs(this.#row(resident).fobHash);
      const left = kept.filter((one) => one.fob !== fob);
      if (left.length === kept.length)
        throw new HubError('not-found', 'no such fob (any more); reload the page');
      const set = { fobHash: keepFobs(left) };
      await this.#options.changes.setResident(by, resident, set, {
        type: 'fob.ended',
        data: { fob, resident },
      });
    });
  }

  async endAll(by: Actor, resident: string): Promise<void> {
    for (const { fob } of readKeptFobs(this.#row(resident).fobHash)) await this.end(by, resident, fob);
  }

  /** Those who moved out have none. */
  async endOfMoved(): Promise<void> {
    for (const { id, movedOut, fobHash: kept } of this.#options.register.all('residents')) {
      if (movedOut && kept !== null) await this.endAll({ kind: 'hub' }, id);
    }
  }

  /** Says whose it is: so staff find out which of several somebody still has. */
  #refuseTaken(hash: string): void {
    const { people } = this.#options;
    const known = people.fobs().find((one) => one.hash === hash);
    const person = known && people.residentView(known.resident);
    if (!known || !person) return;
    const number = person.fobs.indexOf(known.fob) + 1;
    throw new HubError(
      'fob-taken',
      `this is fob ${number} of ${person.name}, unit ${person.unitName}; end it there first`,
      { where: 'body.number' },
    );
  }

  #row(resident: string): Rows['residents'] {
    const row = this.#options.register.get('residents', resident);
    if (!row) throw new HubError('not-found', 'no such resident; reload the page');
    return row;
  }
}
