/** One-time links by which somebody becomes an operator, or gets a new password. Only a link's hash is kept. */
import type { AcceptInvitation, InvitationView, OperatorRole } from '@lockerhub/protocol/http/operators.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';
import type { Gateway } from '../api/api.ts';
import { hashOf, newToken } from '../credentials/tokens.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';
import type { Passwords } from './passwords.ts';
import { setPassword } from './sign-in.ts';

/** Sent on Friday, read on Monday. */
const INVITATION_EXPIRES_MS = 3 * 24 * 3_600_000;
/** Postgres: unique_violation. */
const UNIQUE = '23505';

export interface NewLink {
  readonly organisation: string;
  readonly name: string;
  readonly role: OperatorRole;
  /** Somebody who is an operator already: the link gives a new password. */
  readonly operator: string | null;
  /** Null: the gateway's own command line. */
  readonly invitedBy: string | null;
}

interface InvitationRow {
  invitation: string;
  organisation: string;
  organisation_name: string;
  role: OperatorRole;
  name: string;
  operator: string | null;
  login: string | null;
}

/** Makes a link. Its secret stands behind `#`: browsers send that to no server. */
export async function invite(
  client: Client,
  { clock, random }: Pick<Gateway, 'clock' | 'random'>,
  link: NewLink,
): Promise<{ readonly invitation: string; readonly path: string; readonly expiresAtMs: number }> {
  const nowMs = Math.floor(clock.wallMs());
  const invitation = newId(clock, random);
  const { token, hash } = newToken(random);
  const expiresAtMs = nowMs + INVITATION_EXPIRES_MS;
  await client.query('delete from invitations where expires_at <= $1', [nowMs]);
  await client.query(
    `insert into invitations
       (invitation, token_hash, organisation, role, name, operator, invited_by, made_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      invitation,
      hash,
      link.organisation,
      link.role,
      link.name,
      link.operator,
      link.invitedBy,
      nowMs,
      expiresAtMs,
    ],
  );
  return { invitation, path: `/invitation#${token}`, expiresAtMs };
}

/** What a link is for. @throws GatewayError `invitation-unknown` */
export async function lookAt(client: Client, token: string, nowMs: number): Promise<InvitationView> {
  const row = await find(client, token, nowMs, '');
  return { organisation: row.organisation_name, role: row.role, name: row.name, login: row.login };
}

/**
 * Uses a link up: a new operator, or a new password for one.
 *
 * @throws GatewayError `invitation-unknown`, `login-taken`, `request-invalid`
 */
export async function accept(
  client: Client,
  { clock, random }: Pick<Gateway, 'clock' | 'random'>,
  passwords: Passwords,
  said: AcceptInvitation,
): Promise<{ readonly operator: string; readonly organisation: string }> {
  const nowMs = Math.floor(clock.wallMs());
  const row = await find(client, said.token, nowMs, 'for update of i');
  const passwordHash = await passwords.hash(said.password);
  await client.query('delete from invitations where invitation = $1', [row.invitation]);
  if (row.operator !== null) {
    await setPassword(client, row.operator, passwordHash);
    return { operator: row.operator, organisation: row.organisation };
  }
  if (said.login === undefined) {
    throw new GatewayError('request-invalid', 'body.login: choose a name to sign in with', {
      where: 'body.login',
    });
  }
  const operator = newId(clock, random);
  await insertOperator(client, {
    operator,
    login: said.login,
    name: row.name,
    passwordHash,
    madeAtMs: nowMs,
  });
  await client.query('insert into operator_roles (operator, organisation, role) values ($1, $2, $3)', [
    operator,
    row.organisation,
    row.role,
  ]);
  return { operator, organisation: row.organisation };
}

interface NewOperator {
  readonly operator: string;
  readonly login: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly madeAtMs: number;
}

async function insertOperator(client: Client, made: NewOperator): Promise<void> {
  try {
    await client.query(
      'insert into operators (operator, login, name, password_hash, made_at) values ($1, $2, $3, $4, $5)',
      [made.operator, made.login, made.name, made.passwordHash, made.madeAtMs],
    );
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== UNIQUE) throw cause;
    throw new GatewayError('login-taken', `the login "${made.login}" is taken; choose another`, {
      where: 'body.login',
      cause,
    });
  }
}

async function find(client: Client, token: string, nowMs: number, lock: string): Promise<InvitationRow> {
  const { rows } = await client.query<InvitationRow>(
    `select i.invitation, i.organisation, g.name as organisation_name, i.role, i.name, i.operator, o.login
     from invitations i join organisations g on g.id = i.organisation left join operators o using (operator)
     where i.token_hash = $1 and i.expires_at > $2 ${lock}`,
    [hashOf(token), nowMs],
  );
  const [row] = rows;
  if (!row) {
    throw new GatewayError(
      'invitation-unknown',
      'this link is unknown, used or too old: ask an administrator for a new one',
    );
  }
  return row;
}
