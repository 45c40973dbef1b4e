/** Who asks: a hub proves it by the token of its enrolment. The building is never taken from anything else. */
import { createHash } from 'node:crypto';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Database } from '../database/database.ts';
import { GatewayError } from '../error.ts';

/** 256 bits: a stored SHA-256 of it gives nothing away, and guessing is hopeless. */
const TOKEN_BYTES = 32;
/** RFC 6750, 2.1; a token of ours in base64url. */
const BEARER = /^Bearer ([A-Za-z0-9_-]{43})$/i;

/** The hub that a token belongs to. */
export interface Credential {
  readonly building: string;
  readonly instance: string;
  readonly tokenHash: string;
}

/** A new token, and what is kept of it. */
export function newToken(random: Random): { readonly token: string; readonly hash: string } {
  const token = Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url');
  return { token, hash: hashOf(token) };
}

/**
 * The hub that sent this `Authorization` header. Looked up by the token's hash: what an index's timing tells of it says
 * nothing of the token.
 *
 * @throws GatewayError `token-unknown` if there is no token, or nobody has it, or it was revoked
 */
export async function authenticate(
  database: Database,
  authorization: string | undefined,
): Promise<Credential> {
  const tokenHash = tokenHashOf(authorization);
  const { rows } = await database.query<{ building: string; instance: string }>(
    'select building, instance from hubs where token_hash = $1 and revoked_at is null',
    [tokenHash],
  );
  const [hub] = rows;
  if (!hub) throw tokenUnknown();
  return { ...hub, tokenHash };
}

/** The hash of the token in an `Authorization` header. @throws GatewayError `token-unknown` if there is none in it */
export function tokenHashOf(authorization: string | undefined): string {
  const token = BEARER.exec(authorization ?? '')?.[1];
  if (token === undefined) throw tokenUnknown();
  return hashOf(token);
}

/** One answer for a token that never was or was revoked. */
export function tokenUnknown(): GatewayError {
  return new GatewayError(
    'token-unknown',
    'this hub’s token is unknown or was revoked: enrol it again with a code from an operator',
  );
}

/** What is kept of a token. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
