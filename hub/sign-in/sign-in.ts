/** Staff: who they are, how they sign in, how long that lasts. */
import type { ChangePassword } from '@lockerhub/protocol/http/accounts.ts';
import type { Me, Role } from '@lockerhub/protocol/http/staff.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { HubError } from '../error.ts';
import type { BuildingLog, Fact } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { Rows } from '../store/rows.ts';
import type { RowChange } from '../store/store.ts';
import { Attempts } from './attempts.ts';
import { fitsInvitation, isInvited } from './invitation.ts';
import { Passwords } from './passwords.ts';
import { newToken, tokenHash } from './token.ts';

/** A session ends so long after its start: a working day and some (OWASP: 4 to 24 h absolute). */
export const SESSION_MS = 16 * 3_600_000;
/** So far a trusted clock may be set back (an NTP step, a summer time set by hand) without ending sessions. */
const MAX_CLOCK_STEP_BACK_MS = 2 * 3_600_000;
/** Sessions of one person at once; the oldest ends when there is one more. */
const MAX_SESSIONS = 10;
/** Failures in `ATTEMPT_WINDOW_MS` from one address, and for one login from anywhere. */
const ATTEMPTS_PER_ADDRESS = 10;
const ATTEMPTS_PER_LOGIN = 30;
const ATTEMPT_WINDOW_MS = 15 * 60_000;

export interface SignInOptions {
  readonly register: Register;
  readonly log: BuildingLog;
  readonly clock: Clock;
  readonly clockTrust: () => 'trusted' | 'untrusted';
  readonly random: Random;
}

export interface NewStaff {
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  readonly password: string;
  readonly email?: string | undefined;
}

/** A password's hash, and the one that it takes the place of. */
export interface PasswordChange {
  readonly from: string;
  readonly to: string;
}

export class SignIn {
  readonly #options: SignInOptions;
  readonly #passwords = new Passwords();
  readonly #byAddress: Attempts;
  readonly #byLogin: Attempts;

  constructor(options: SignInOptions) {
    this.#options = options;
    this.#byAddress = new Attempts(options.clock, ATTEMPTS_PER_ADDRESS, ATTEMPT_WINDOW_MS);
    this.#byLogin = new Attempts(options.clock, ATTEMPTS_PER_LOGIN, ATTEMPT_WINDOW_MS);
  }

  /**
   * Starts a session.
   *
   * @throws HubError `password-wrong` (also for an unknown or disabled login), `too-many-attempts`, `overloaded`.
   */
  async signIn(login: string, password: string, address: string): Promise<{ token: string; me: Me }> {
    this.#checkAttempts(login, address);
    const staff = this.#options.register.all('staff').find((row) => row.login === login && !row.disabled);
    // Counted before the check is done: many tries at once are no more than one after the other.
    this.#byAddress.failed(address);
    this.#byLogin.failed(login);
    const hash = staff && !isInvited(staff.passwordHash) ? staff.passwordHash : undefined;
    const fits = await this.#passwords.verify(hash, password);
    // Looked up anew: whoever changed the password meanwhile, or lost the account, is not let in by what held before.
    const now = staff && this.#options.register.get('staff', staff.id);
    if (!fits || !now || now.disabled || now.passwordHash !== hash) {
      throw new HubError('password-wrong', 'this login and password do not belong together; try again');
    }
    this.#byAddress.succeeded(address);
    this.#byLogin.succeeded(login);
    return { token: await this.#startSession(now), me: meOf(now) };
  }

  /**
   * Sets the first password of who was invited, or the next one of who lost theirs.
   *
   * @throws HubError `invitation-void` (also for one that is over or was used), `too-many-attempts`, `overloaded`.
   */
  async takeInvitation(token: string, password: string, address: string): Promise<void> {
    const { register, clock, clockTrust, log } = this.#options;
    const waitMs = this.#byAddress.blockedForMs(address);
    if (waitMs > 0) throw tooMany(waitMs);
    this.#byAddress.failed(address);
    const nowMs = clockTrust() === 'trusted' ? clock.wallMs() : null;
    const fits = (row: Rows['staff']) => !row.disabled && fitsInvitation(row.passwordHash, token, nowMs);
    const found = register.all('staff').find(fits);
    const passwordHash = found && (await this.#passwords.hash(password));
    // Looked up anew: two at once with one invitation, and the account may have been disabled meanwhile.
    const now = found && register.get('staff', found.id);
    if (!now || passwordHash === undefined || !fits(now)) {
      throw new HubError('invitation-void', 'this invitation is over or was used; ask a manager for another');
    }
    this.#byAddress.succeeded(address);
    await log.record(
      actorOf(now.id),
      [{ type: 'row.changed', data: { table: 'staff', row: now.id, fields: ['passwordHash'] } }],
      [{ table: 'staff', row: { ...now, passwordHash } }],
    );
  }

  /**
   * The hash of somebody's next password, for whoever knows the present one; guesses count as at the sign-in. Written by
   * `Accounts.setOwnPassword`.
   *
   * @throws HubError `password-wrong`, `too-many-attempts`, `overloaded`, `not-found`.
   */
  async nextPassword(
    staff: string,
    { present, next }: ChangePassword,
    address: string,
  ): Promise<PasswordChange> {
    const row = this.#options.register.get('staff', staff);
    if (!row) throw new HubError('not-found', 'no such member of staff; reload the page');
    this.#checkAttempts(row.login, address);
    this.#byAddress.failed(address);
    this.#byLogin.failed(row.login);
    if (!(await this.#passwords.verify(row.passwordHash, present))) {
      throw new HubError('password-wrong', 'the present password is another one; try again', {
        where: 'body.present',
      });
    }
    this.#byAddress.succeeded(address);
    this.#byLogin.succeeded(row.login);
    return { from: row.passwordHash, to: await this.#passwords.hash(next) };
  }

  /** Ends the session of this token, if there is one. */
  async signOut(token: string): Promise<void> {
    const id = tokenHash(token);
    if (!this.#options.register.get('staffSessions', id)) return;
    await this.#options.log.append({ payloads: [], rows: [{ table: 'staffSessions', remove: id }] });
  }

  /** Who holds this token, or undefined. While the clock is not trusted no session expires. */
  who(token: string): Me | undefined {
    const { register, clock, clockTrust } = this.#options;
    const session = register.get('staffSessions', tokenHash(token));
    const staff = session && register.get('staff', session.staff);
    if (!session || !staff || staff.disabled) return undefined;
    const ageMs = clock.wallMs() - session.startedAt;
    // One that began in the future began under a clock that was wrong: it must not last until then.
    const isOver = ageMs > SESSION_MS || ageMs < -MAX_CLOCK_STEP_BACK_MS;
    return clockTrust() === 'trusted' && isOver ? undefined : meOf(staff);
  }

  /** What to write to add someone: for `log.record`, with whatever belongs to the same step. */
  async newStaff(person: NewStaff): Promise<{ me: Me; facts: Fact[]; rows: RowChange[] }> {
    const { register, clock, random } = this.#options;
    const { login, name, role, email = null } = person;
    if (register.all('staff').some((row) => row.login === login)) {
      throw new HubError('login-taken', `the login "${login}" is taken; choose another`, {
        where: 'body.login',
      });
    }
    const passwordHash = await this.#passwords.hash(person.password);
    const row = {
      ...{ id: newId(clock, random), login, name, role, passwordHash },
      ...{ email, language: null, disabled: false },
    };
    return {
      me: meOf(row),
      facts: [
        {
          type: 'row.changed',
          data: {
            table: 'staff',
            row: row.id,
            fields: [
              ...['login', 'name', 'role', 'passwordHash', 'disabled'],
              ...(email === null ? [] : ['email']),
            ],
          },
        },
      ],
      rows: [{ table: 'staff', row }],
    };
  }

  /** A session for someone who has just been added. */
  async welcome(me: Me): Promise<string> {
    const staff = this.#options.register.get('staff', me.staff);
    if (!staff) throw new HubError('not-found', 'no such staff member');
    return this.#startSession(staff);
  }

  async #startSession(staff: Rows['staff']): Promise<string> {
    const { register, clock, random, log } = this.#options;
    const token = newToken(random);
    const sessions = register.all('staffSessions').filter((session) => session.staff === staff.id);
    const rows: RowChange[] = sessions
      .toSorted((a, b) => a.startedAt - b.startedAt)
      .slice(0, Math.max(0, sessions.length + 1 - MAX_SESSIONS))
      .map((session) => ({ table: 'staffSessions', remove: session.id }));
    rows.push({
      table: 'staffSessions',
      row: { id: tokenHash(token), staff: staff.id, startedAt: clock.wallMs() },
    });
    await log.record(actorOf(staff.id), [{ type: 'staff.signed-in', data: { staff: staff.id } }], rows);
    return token;
  }

  #checkAttempts(login: string, address: string): void {
    const waitMs = Math.max(this.#byAddress.blockedForMs(address), this.#byLogin.blockedForMs(login));
    if (waitMs > 0) throw tooMany(waitMs);
  }
}

function tooMany(waitMs: number): HubError {
  return new HubError('too-many-attempts', `too many attempts; wait ${Math.ceil(waitMs / 60_000)} min`, {
    retryAfterMs: waitMs,
  });
}

/** A staff member as an author in the log. */
export function actorOf(staff: string): Actor {
  return { kind: 'staff', id: staff };
}

function meOf(staff: Rows['staff']): Me {
  return { staff: staff.id, name: staff.name, role: staff.role };
}
