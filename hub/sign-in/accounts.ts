/** Accounts of staff: who is invited, who may do what, who no longer may, and which codes they know. */
import type {
  AccountView,
  ChangeAccount,
  Invitation,
  KnownCode,
  NewAccount,
  OwnAddress,
  Rotated,
} from '@lockerhub/protocol/http/accounts.ts';
import { type Actor, decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { pinSubject } from '@lockerhub/protocol/log/subject.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import type { z } from 'zod';
import type { Building } from '../building/building.ts';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { ResidentPins } from '../people/pins.ts';
import type { Rows } from '../store/rows.ts';
import type { RowChange, Store } from '../store/store.ts';
import { INVITATION_MS, invitationBy, invitationHash, isInvited } from './invitation.ts';
import { actorOf, type PasswordChange } from './sign-in.ts';
import { newToken, tokenHash } from './token.ts';

/** Accounts of a building, disabled ones too: a log names them for good. */
const MAX_ACCOUNTS = 500;
/** Whoever is at the console uses it at once, or tomorrow. */
const RESET_MS = 24 * 3_600_000;

export interface AccountsOptions {
  readonly register: Register;
  readonly log: BuildingLog;
  readonly store: Pick<Store, 'query'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly building: Pick<Building, 'execute' | 'codeOf' | 'model'>;
  readonly pins: Pick<ResidentPins, 'give'>;
}

/** A code that somebody knows: whose it is, and how they came to know it. */
type Holding = Pick<KnownCode, 'holder' | 'how'>;

export class Accounts {
  readonly #options: AccountsOptions;
  /** One change after the other, so that two managers never disable each other at once. */
  readonly #changes = new Turns();

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  list(): AccountView[] {
    return this.#options.register.all('staff').map(viewOf);
  }

  /** @throws HubError `login-taken`, `too-many-accounts` */
  invite(by: Actor, person: z.infer<typeof NewAccount>) {
    return this.#changes.take(async (): Promise<Invitation> => {
      const all = this.#options.register.all('staff');
      if (all.length >= MAX_ACCOUNTS) {
        throw new HubError(
          'too-many-accounts',
          `there are ${MAX_ACCOUNTS} accounts, the most that a hub keeps`,
        );
      }
      if (all.some(({ login }) => login === person.login)) {
        throw new HubError('login-taken', `the login "${person.login}" is taken; choose another`, {
          where: 'body.login',
        });
      }
      const id = newId(this.#options.clock, this.#options.random);
      const { email = null, ...named } = person;
      const row = { id, ...named, passwordHash: '', email, language: null, disabled: false };
      return this.#invited(by, row, [
        ...['login', 'name', 'role', 'passwordHash', 'disabled'],
        ...(email === null ? [] : ['email']),
      ]);
    });
  }

  /** Makes the password void and gives another way to set one. @throws HubError `not-found`, `last-manager` */
  inviteAgain(by: Actor, staff: string) {
    return this.#changes.take(async () => {
      const before = this.#known(staff);
      this.#refuseLast(before);
      return this.#invited(by, before, ['passwordHash']);
    });
  }

  /**
   * By whoever is at the console: another way in for a manager, whose password is void and whose sessions end. All staff
   * hear of it by a case.
   *
   * @param hash of the token that the console made: this hub never knows it
   * @throws HubError `not-found`, naming the managers
   */
  reset(login: string, hash: string) {
    return this.#changes.take(async (): Promise<{ readonly expiresAt: number }> => {
      const managers = this.#options.register.all('staff').filter(({ role }) => role === 'manager');
      const before = managers.find((row) => row.login === login);
      if (!before) {
        const known = managers.map((row) => row.login).join(', ');
        throw new HubError('not-found', `no manager signs in as "${login}"; managers are: ${known}`);
      }
      const expiresAt = this.#options.clock.wallMs() + RESET_MS;
      const account = { ...before, passwordHash: invitationBy(hash, expiresAt), disabled: false };
      const sessions = this.#options.register.all('staffSessions').filter(({ staff }) => staff === before.id);
      await this.#options.building.execute({
        type: 'reset-access',
        account,
        sessions: sessions.map(({ id }) => id),
      });
      return { expiresAt };
    });
  }

  /**
   * Changes the role, where they are told, or whether they may sign in at all: if not, their sessions end and their address
   * goes in the same transaction.
   *
   * @throws HubError `not-found`, `last-manager`, `request-invalid`
   */
  change(by: Actor, staff: string, change: z.infer<typeof ChangeAccount>) {
    return this.#changes.take(async (): Promise<AccountView> => {
      const before = this.#known(staff);
      const { role = before.role, disabled = before.disabled } = change;
      if (disabled && typeof change.email === 'string') {
        const why = 'whoever may not sign in is told nothing; let them back in first';
        throw new HubError('request-invalid', `body.email: ${why}`, { where: 'body.email' });
      }
      const after = { ...before, role, disabled, ...toldAt(before, disabled ? null : change.email) };
      if (!mayManage(after)) this.#refuseLast(before);
      const fields = changed(before, after);
      if (fields.length > 0) await this.#write(by, after, fields, disabled ? this.#sessionsOf(staff) : []);
      return viewOf(after);
    });
  }

  /** What somebody's own page says of them. @throws HubError `not-found` */
  own(staff: string): AccountView {
    return viewOf(this.#known(staff));
  }

  /** Somebody says where they are told, and in which language. @throws HubError `not-found`, `signed-out` */
  setOwnAddress(staff: string, { email, language }: z.infer<typeof OwnAddress>) {
    return this.#changes.take(async (): Promise<void> => {
      const before = this.#known(staff);
      // A manager was faster: what was let in waited for its turn behind the end of the account.
      if (before.disabled) throw new HubError('signed-out', 'this account was disabled; ask a manager');
      const after = { ...before, ...toldAt({ ...before, language }, email) };
      const fields = changed(before, after);
      if (fields.length > 0) await this.#write(actorOf(staff), after, fields, []);
    });
  }

  /**
   * Somebody's next password. Every session but the one in which they changed it ends in the same transaction.
   *
   * @param token of the session that stays
   * @throws HubError `not-found`, `password-wrong` if the present password became another one meanwhile
   */
  setOwnPassword(staff: string, { from, to }: PasswordChange, token: string) {
    return this.#changes.take(async (): Promise<void> => {
      const before = this.#known(staff);
      if (before.passwordHash !== from) {
        throw new HubError(
          'password-wrong',
          'the password was changed or made void meanwhile; sign in again',
        );
      }
      const stays = tokenHash(token);
      const others = this.#sessionsOf(staff).filter(
        (change) => !('remove' in change) || change.remove !== stays,
      );
      await this.#write(actorOf(staff), { ...before, passwordHash: to }, ['passwordHash'], others);
    });
  }

  /** Accounts that were disabled elsewhere keep no address here either, whatever was said meanwhile. @throws StoreError */
  forgetAddresses() {
    return this.#changes.take(async (): Promise<void> => {
      for (const before of this.#options.register.all('staff')) {
        if (!before.disabled || before.email === null) continue;
        const after = { ...before, ...toldAt(before, null) };
        await this.#write({ kind: 'hub' }, after, changed(before, after), []);
      }
    });
  }

  /**
   * The codes that hold now and that this member of staff has read in a message or issued to somebody, those of
   * delegates whom they named, the PINs that they gave, and those of claim slips that they printed.
   */
  async knownCodes(staff: string): Promise<KnownCode[]> {
    this.#known(staff);
    const known = await Promise.all([
      this.#read(staff),
      this.#issued(staff),
      this.#named(staff),
      this.#given(staff),
      this.#printed(staff),
    ]);
    return known.flat().flatMap(({ holder, how }) => this.#describe(holder, how) ?? []);
  }

  /** Makes all codes that they know into others; residents who have something waiting are told. */
  async rotate(by: string, staff: string): Promise<Rotated> {
    const known = await this.knownCodes(staff);
    const pins: Rotated['pins'] = [];
    for (const { holder, how, name } of known) {
      if (how === 'given') pins.push({ resident: holder, name, pin: await this.#anotherPin(by, holder) });
      else if (how === 'named') await this.#endDelegate(by, holder);
      else await this.#options.building.execute({ type: 'replace-code', staff: by, holder });
    }
    const couriers = known.flatMap(({ holder, kind, name }) => {
      const code = kind === 'courier' ? this.#options.building.codeOf(holder) : undefined;
      return code === undefined ? [] : [{ name, code }];
    });
    const delegatesOf = known.flatMap(({ how, name }) => (how === 'named' ? [name] : []));
    return { rotated: known.length, couriers, pins, delegatesOf };
  }

  #anotherPin(by: string, resident: string): Promise<string> {
    return this.#options.pins.give({ kind: 'staff', id: by }, resident);
  }

  async #endDelegate(by: string, delegate: string): Promise<void> {
    const { building } = this.#options;
    const resident = building.model.delegates.get(delegate)?.resident;
    // Over by itself meanwhile: its code is void.
    if (resident === undefined) return;
    await building.execute({ type: 'end-delegate', by: { kind: 'staff', id: by }, resident, delegate });
  }

  async #read(staff: string): Promise<Holding[]> {
    const rows = await this.#options.store.query<{ readonly holder: string }>(
      `select distinct m.resident as holder from log l
        join messages m on m.message = (l.data->>'message')::uuid
        where l.type = 'message.revealed' and l.data->>'staff' = $1
        and not exists (select 1 from log n where n.subject = m.resident::text and n.seq > l.seq
          and n.type in ('code.issued', 'code.revoked'))`,
      [staff],
    );
    return rows.map(({ holder }) => ({ holder, how: 'read' }));
  }

  async #issued(staff: string): Promise<Holding[]> {
    const { register, building } = this.#options;
    const couriers = register.all('couriers').map(({ id }) => id);
    const residents = [...building.model.codes.entries()].flatMap(([holder, { revoked }]) =>
      !revoked && register.get('residents', holder) ? [holder] : [],
    );
    const theirs = await this.#lastBy(staff, 'code.issued', [...couriers, ...residents]);
    return theirs.map((holder) => ({ holder, how: 'issued' }));
  }

  async #named(staff: string): Promise<Holding[]> {
    const delegates = [...this.#options.building.model.delegates.values()].map(({ id }) => id);
    const theirs = await this.#lastBy(staff, 'delegate.named', delegates);
    return theirs.map((holder) => ({ holder, how: 'named' }));
  }

  async #printed(staff: string): Promise<Holding[]> {
    const slips = [...this.#options.building.model.slips.values()].map(({ id }) => id);
    const theirs = await this.#lastBy(staff, 'slip.issued', slips);
    return theirs.map((holder) => ({ holder, how: 'printed' }));
  }

  async #given(staff: string): Promise<Holding[]> {
    const rows = this.#options.register.all('residents').filter(({ pinHash }) => pinHash !== null);
    const residents = new Map(rows.map(({ id }) => [pinSubject(id), id]));
    const theirs = await this.#lastBy(staff, 'pin.given', [...residents.keys()]);
    return theirs.flatMap((subject) => ({ holder: residents.get(subject) ?? '', how: 'given' }));
  }

  /** Of these subjects those whose newest entry of a type this member of staff wrote. */
  async #lastBy(staff: string, type: string, subjects: readonly string[]): Promise<string[]> {
    const rows = await this.#options.store.query<{ readonly subject: string; readonly payload: string }>(
      `select distinct on (subject) subject, payload from log
        where subject = any($1::text[]) and type = $2 order by subject, seq desc`,
      [subjects, type],
    );
    return rows.flatMap(({ subject, payload }) => {
      const { by } = decodePayload(payload);
      return by.kind === 'staff' && by.id === staff ? [subject] : [];
    });
  }

  #describe(holder: string, how: KnownCode['how']): KnownCode | undefined {
    const { register, building } = this.#options;
    const delegate = building.model.delegates.get(holder);
    const sender = delegate && register.get('residents', delegate.resident);
    if (sender) return { holder, kind: 'delegate', name: sender.name, how };
    if (how !== 'given' && building.codeOf(holder) === undefined) return undefined;
    const slip = building.model.slips.get(holder);
    if (slip) return { holder, kind: 'slip', name: register.get('units', slip.unit)?.name ?? '', how };
    const resident = register.get('residents', holder);
    if (resident) return { holder, kind: 'resident', name: resident.name, how };
    const courier = register.get('couriers', holder);
    if (!courier) return undefined;
    const carrier = register.get('carriers', courier.carrier)?.name ?? '';
    return { holder, kind: 'courier', name: [courier.name, carrier].filter(Boolean).join(', '), how };
  }

  async #invited(by: Actor, row: Rows['staff'], fields: readonly string[]): Promise<Invitation> {
    const { clock, random } = this.#options;
    const token = newToken(random);
    const expiresAt = clock.wallMs() + INVITATION_MS;
    const after = { ...row, passwordHash: invitationHash(token, expiresAt) };
    await this.#write(by, after, fields, this.#sessionsOf(row.id));
    return { account: viewOf(after), token, expiresAt };
  }

  async #write(by: Actor, row: Rows['staff'], fields: readonly string[], more: readonly RowChange[]) {
    await this.#options.log.record(
      by,
      [{ type: 'row.changed', data: { table: 'staff', row: row.id, fields: [...fields] } }],
      [{ table: 'staff', row }, ...more],
    );
  }

  #sessionsOf(staff: string): RowChange[] {
    return this.#options.register
      .all('staffSessions')
      .flatMap((session) =>
        session.staff === staff ? [{ table: 'staffSessions', remove: session.id }] : [],
      );
  }

  #refuseLast(before: Rows['staff']): void {
    const others = this.#options.register.all('staff').filter(({ id }) => id !== before.id);
    if (!mayManage(before) || others.some(mayManage)) return;
    throw new HubError('last-manager', 'nobody else could manage this building; make another manager first');
  }

  #known(staff: string): Rows['staff'] {
    const row = this.#options.register.get('staff', staff);
    if (!row) throw new HubError('not-found', 'no such member of staff; reload the page');
    return row;
  }
}

/** Whether they can sign in and manage: one who has not set a password yet cannot. */
function mayManage({ role, disabled, passwordHash }: Rows['staff']): boolean {
  return role === 'manager' && !disabled && !isInvited(passwordHash);
}

function viewOf({ id, login, name, role, disabled, passwordHash, email }: Rows['staff']): AccountView {
  return { staff: id, login, name, role, disabled, invited: isInvited(passwordHash), email };
}

type Told = Pick<Rows['staff'], 'email' | 'language'>;

/** Where they are told from now on; `email` undefined: as before. Who is told nothing needs no language. */
function toldAt({ email: known, language }: Told, email: string | null = known): Told {
  return { email, language: email === null ? null : language };
}

const CHANGEABLE = ['role', 'disabled', 'email', 'language'] as const;

function changed(before: Rows['staff'], after: Rows['staff']): readonly string[] {
  return CHANGEABLE.filter((field) => after[field] !== before[field]);
}
