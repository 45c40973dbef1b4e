/** One-time codes by which a hub enrols: an operator makes one and reads it out to the installer. */
import { createHash } from 'node:crypto';
import { JOIN_CODE_BYTES, joinCodeText, readJoinCode } from '@lockerhub/protocol/join/join-code.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';

/** Made on Friday for an installation on Monday. */
export const CODE_EXPIRES_MS = 4 * 24 * 3_600_000;

/** `first`: the building's first hub, whose key is pinned. `replace`: a hub in the place of another. */
export type CodeKind = 'first' | 'replace';

export interface EnrolmentCode {
  readonly hash: string;
  readonly building: string;
  readonly kind: CodeKind;
  readonly expiresAtMs: number;
  readonly usedBy: string | null;
  readonly usedCertificate: string | null;
}

/** Makes a code; only its hash is kept. Codes of the building that were not used yet are void from now on. */
export async function makeCode(
  client: Client,
  options: {
    readonly building: string;
    readonly kind: CodeKind;
    readonly nowMs: number;
    readonly random: Random;
  },
): Promise<{ readonly code: string; readonly expiresAtMs: number }> {
  const bytes = options.random.bytes(JOIN_CODE_BYTES);
  const nowMs = Math.floor(options.nowMs);
  const expiresAtMs = nowMs + CODE_EXPIRES_MS;
  await client.query(
    'delete from enrolment_codes where building = $1 and (used_at is null or expires_at < $2)',
    [options.building, nowMs],
  );
  await client.query(
    'insert into enrolment_codes (hash, building, kind, made_at, expires_at) values ($1, $2, $3, $4, $5)',
    [hashOf(bytes), options.building, options.kind, nowMs, expiresAtMs],
  );
  return { code: joinCodeText(bytes), expiresAtMs };
}

/**
 * The code that was typed, locked until the transaction ends: of two that use it at once, one is first.
 *
 * @throws GatewayError `code-unknown` if there is none or it has expired; used ones are found
 */
export async function lockCode(client: Client, typed: string, nowMs: number): Promise<EnrolmentCode> {
  const bytes = readJoinCode(typed);
  const { rows } = await client.query<{
    hash: string;
    building: string;
    kind: CodeKind;
    expires_at: number;
    used_by: string | null;
    used_certificate: string | null;
  }>(
    `select hash, building, kind, expires_at, used_by, used_certificate from enrolment_codes
     where hash = $1 and expires_at > $2 for update`,
    [bytes ? hashOf(bytes) : '', Math.floor(nowMs)],
  );
  const [row] = rows;
  if (!row) throw codeUnknown();
  return {
    hash: row.hash,
    building: row.building,
    kind: row.kind,
    expiresAtMs: row.expires_at,
    usedBy: row.used_by,
    usedCertificate: row.used_certificate,
  };
}

/** Notes who used the code: nobody else may from now on. */
export async function markUsed(
  client: Client,
  code: EnrolmentCode,
  by: { readonly instance: string; readonly certificate: string; readonly nowMs: number },
): Promise<void> {
  await client.query(
    'update enrolment_codes set used_at = $2, used_by = $3, used_certificate = $4 where hash = $1',
    [code.hash, Math.floor(by.nowMs), by.instance, by.certificate],
  );
}

/** One answer for a code that never was, is used or has expired: it tells a guesser nothing. */
export function codeUnknown(): GatewayError {
  return new GatewayError(
    'code-unknown',
    'this code is unknown, used or too old: ask an operator of the cloud for a new one',
  );
}

/** 80 random bits need no slow hash. */
function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
