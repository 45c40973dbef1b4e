/** Operators: how they sign in, how long that lasts, who they are. A session is a row, so every gateway knows it. */
import type { OperatorMe, OperatorRole } from '@lockerhub/protocol/http/operators.ts';
import type { Gateway } from '../api/api.ts';
import { hashOf, newToken } from '../credentials/tokens.ts';
import type { Client, Database } from '../database/database.ts';
import { GatewayError } from '../error.ts';
import { countAttempt, forgetFailures } from './failures.ts';
import type { Passwords } from './passwords.ts';

/** A session ends so long after its start: a working day and some (OWASP: 4 to 24 h absolute). */
export const SESSION_MS = 16 * 3_600_000;
/** Sessions of one person at once; the oldest ends when there is one more. */
const MAX_SESSIONS = 10;

interface RoleRow {
  operator: string;
  login: string;
  name: string;
  organisation: string;
  organisation_name: string;
  role: OperatorRole;
}

const ME = `select o.operator, o.login, o.name, r.organisation, g.name as organisation_name, r.role
  from operators o join operator_roles r using (operator) join organisations g on g.id = r.organisation
  where r.disabled_at is null`;

/**
 * Starts a session.
 *
 * @throws GatewayError `password-wrong` (also for an unknown or disabled login), `too-many-attempts`, `overloaded`
 */
export async function signIn(
  gateway: Gateway,
  passwords: Passwords,
  said: { readonly login: string; readonly password: string },
  address: string,
): Promise<{ readonly token: string; readonly me: OperatorMe }> {
  const { database, clock } = gateway;
  const nowMs = Math.floor(clock.wallMs());
  await countAttempt(database, said.login, address, nowMs);
  const { rows } = await database.query<{ operator: string; password_hash: string }>(
    'select operator, password_hash from operators where login = $1',
    [said.login],
  );
  const [known] = rows;
  const fits = await passwords.verify(known?.password_hash, said.password);
  const me = known && fits ? await whoIs(database, known.operator) : undefined;
  if (!me) {
    throw new GatewayError('password-wrong', 'this login and password do not belong together; try again');
  }
  await forgetFailures(database, said.login, address);
  return { token: await startSession(gateway, me.operator), me };
}

/** A session for an operator who has proved who they are. Returns its token. */
export async function startSession(
  { database, clock, random }: Pick<Gateway, 'database' | 'clock' | 'random'>,
  operator: string,
): Promise<string> {
  const { token, hash } = newToken(random);
  const nowMs = Math.floor(clock.wallMs());
  await database.transaction(async (client) => {
    await client.query('delete from operator_sessions where operator = $1 and started_at <= $2', [
      operator,
      nowMs - SESSION_MS,
    ]);
    await client.query(
      `delete from operator_sessions where token_hash in (
         select token_hash from operator_sessions where operator = $1 order by started_at desc offset $2)`,
      [operator, MAX_SESSIONS - 1],
    );
    await client.query(
      'insert into operator_sessions (token_hash, operator, started_at) values ($1, $2, $3)',
      [hash, operator, nowMs],
    );
    await client.query('update operators set signed_in_at = $2 where operator = $1', [operator, nowMs]);
  });
  return token;
}

/** Ends the session of this token, if there is one. */
export async function signOut(database: Database, token: string): Promise<void> {
  await database.query('delete from operator_sessions where token_hash = $1', [hashOf(token)]);
}

/** Who holds this token: asked of the database at every request, so that who was disabled is out at once. */
export async function whoHolds(
  database: Database,
  token: string,
  nowMs: number,
): Promise<OperatorMe | undefined> {
  const { rows } = await database.query<RoleRow>(
    `${ME} and o.operator = (
       select s.operator from operator_sessions s where s.token_hash = $1 and s.started_at > $2 and s.started_at <= $3)
     order by g.name, r.organisation`,
    // One that began in the future began under a clock that was wrong.
    [hashOf(token), nowMs - SESSION_MS, nowMs + SESSION_MS],
  );
  return meOf(rows);
}

/** An operator with their roles; undefined if they are disabled in all their organisations. */
async function whoIs(database: Database, operator: string): Promise<OperatorMe | undefined> {
  const { rows } = await database.query<RoleRow>(
    `${ME} and o.operator = $1 order by g.name, r.organisation`,
    [operator],
  );
  return meOf(rows);
}

function meOf(rows: readonly RoleRow[]): OperatorMe | undefined {
  const [first] = rows;
  if (!first) return undefined;
  return {
    operator: first.operator,
    login: first.login,
    name: first.name,
    organisations: rows.map((row) => ({
      organisation: row.organisation,
      name: row.organisation_name,
      role: row.role,
    })),
  };
}

/** A new password; every session of the operator ends. */
export async function setPassword(client: Client, operator: string, passwordHash: string): Promise<void> {
  await client.query('update operators set password_hash = $2 where operator = $1', [operator, passwordHash]);
  await client.query('delete from operator_sessions where operator = $1', [operator]);
}

/** @throws GatewayError `password-wrong`, `too-many-attempts` */
export async function changePassword(
  gateway: Gateway,
  passwords: Passwords,
  me: OperatorMe,
  change: { readonly old: string; readonly password: string; readonly address: string },
): Promise<void> {
  const { database, clock } = gateway;
  await countAttempt(database, me.login, change.address, Math.floor(clock.wallMs()));
  const { rows } = await database.query<{ password_hash: string }>(
    'select password_hash from operators where operator = $1',
    [me.operator],
  );
  if (!(await passwords.verify(rows[0]?.password_hash, change.old))) {
    throw new GatewayError('password-wrong', 'the present password is another; try again');
  }
  await forgetFailures(database, me.login, change.address);
  const passwordHash = await passwords.hash(change.password);
  await database.transaction((client) => setPassword(client, me.operator, passwordHash));
}
