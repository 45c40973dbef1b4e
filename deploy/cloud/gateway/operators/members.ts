/** The operators of an organisation, and what an administrator changes about them. */
import type { OperatorRole, OperatorView } from '@lockerhub/protocol/http/operators.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';

interface MemberRow {
  operator: string;
  login: string;
  name: string;
  role: OperatorRole;
  disabled: boolean;
  signed_in_at: number | null;
}

export async function readMembers(client: Client, organisation: string): Promise<OperatorView[]> {
  const { rows } = await client.query<MemberRow>(
    `select o.operator, o.login, o.name, r.role, r.disabled_at is not null as disabled, o.signed_in_at
     from operator_roles r join operators o using (operator) where r.organisation = $1 order by o.name, o.operator`,
    [organisation],
  );
  return rows.map(({ signed_in_at, ...row }) => ({ ...row, signedInAtMs: signed_in_at }));
}

export async function readInvitations(client: Client, organisation: string, nowMs: number) {
  const { rows } = await client.query<{
    invitation: string;
    name: string;
    role: OperatorRole;
    expires_at: number;
  }>(
    `select invitation, name, role, expires_at from invitations
     where organisation = $1 and expires_at > $2 order by invitation`,
    [organisation, nowMs],
  );
  return rows.map(({ expires_at, ...row }) => ({ ...row, expiresAtMs: expires_at }));
}

/** @throws GatewayError `not-found` if nobody of this organisation is meant */
export async function requireMember(client: Client, organisation: string, operator: string): Promise<void> {
  const { rows } = await client.query(
    'select 1 from operator_roles where organisation = $1 and operator = $2',
    [organisation, operator],
  );
  if (rows.length === 0) throw noMember(operator);
}

/** @throws GatewayError `not-found`; `last-admin` if nobody could then change anything back */
export async function changeRole(
  client: Client,
  organisation: string,
  operator: string,
  role: OperatorRole,
): Promise<void> {
  await change(client, organisation, operator, 'role = $3', role);
}

/**
 * Disables or enables an operator in this organisation. It holds from their next request on.
 *
 * @throws GatewayError `not-found`; `last-admin`
 */
export async function setDisabled(
  client: Client,
  organisation: string,
  operator: string,
  disabledAtMs: number | null,
): Promise<void> {
  await change(client, organisation, operator, 'disabled_at = $3', disabledAtMs);
}

async function change(
  client: Client,
  organisation: string,
  operator: string,
  assignment: string,
  value: unknown,
): Promise<void> {
  // One change an organisation at a time, so that two administrators cannot take each other's right away at once.
  await client.query('select 1 from organisations where id = $1 for no key update', [organisation]);
  const { rowCount } = await client.query(
    `update operator_roles set ${assignment} where organisation = $1 and operator = $2`,
    [organisation, operator, value],
  );
  if (rowCount !== 1) throw noMember(operator);
  const { rows } = await client.query(
    `select 1 from operator_roles where organisation = $1 and role = 'admin' and disabled_at is null limit 1`,
    [organisation],
  );
  if (rows.length === 0) {
    throw new GatewayError('last-admin', 'the last administrator has to stay one; make another one first');
  }
}

function noMember(operator: string): GatewayError {
  return new GatewayError('not-found', `no operator ${operator} in this organisation`);
}
