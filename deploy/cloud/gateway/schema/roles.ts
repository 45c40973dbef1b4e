/**
 * Who may do what in the database. The owner makes the tables and is used for nothing else; the gateway runs as a role
 * that owns nothing, so that row level security binds it; Electric reads all rows of what is published to it, and the
 * gateway before it says which of them a hub may see.
 */
import { escapeLiteral } from 'pg';
import type { Client } from '../database/database.ts';

/** The role of a running gateway. Areas grant it what they need, table by table. */
export const GATEWAY_ROLE = 'lockerhub_gateway';
/** The role of Electric. */
export const ELECTRIC_ROLE = 'lockerhub_electric';

/** Passwords of the roles; absent: the role keeps the one that it has. */
export interface RolePasswords {
  readonly gateway?: string | undefined;
  readonly electric?: string | undefined;
}

/**
 * Makes the roles where they are missing and sets the passwords that are given. Roles belong to the whole server, so
 * another database of it may have made them.
 */
export async function ensureRoles(client: Client, passwords: RolePasswords): Promise<void> {
  await ensureRole(
    client,
    GATEWAY_ROLE,
    'nosuperuser nobypassrls noreplication nocreatedb nocreaterole',
    passwords.gateway,
  );
  // Electric reads snapshots by SELECT, to which row level security would apply.
  await ensureRole(
    client,
    ELECTRIC_ROLE,
    'nosuperuser bypassrls replication nocreatedb nocreaterole',
    passwords.electric,
  );
}

async function ensureRole(
  client: Client,
  role: string,
  rights: string,
  password: string | undefined,
): Promise<void> {
  await client.query(`do $$ begin
    create role ${role} login;
  exception when duplicate_object or unique_violation then null;
  end $$`);
  await client.query(`alter role ${role} with ${rights}`);
  if (password !== undefined) {
    await client.query(`alter role ${role} with login password ${escapeLiteral(password)}`);
  }
}
