import { createHash } from 'node:crypto';
import type { Random } from '@lockerhub/protocol/time/random.ts';

/** 256 bits: a stored SHA-256 of it gives nothing away, and guessing is hopeless. */
const TOKEN_BYTES = 32;

/** A new secret for a cookie, a header or an agent's password. */
export function newToken(random: Random): string {
  return Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url');
}

/** What is stored of a token: its SHA-256 in hex. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
