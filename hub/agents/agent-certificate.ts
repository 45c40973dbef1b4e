/**
 * Agents' certificates. What admits an agent is the fingerprint in its row, at each connection, so that revoking works
 * at once; and no date decides, because clocks lie: an end that has passed by this clock or that one only says that
 * the certificate should have been renewed. So a hub or an agent that woke up in 1970 or in 2031 locks nobody out.
 */
import { createHash, type X509Certificate } from 'node:crypto';
import { Id } from '@lockerhub/protocol/ids.ts';
import type { Authority } from '../keyring/authority.ts';

const DAY_MS = 24 * 3_600_000;
/** As long as those of the public CA that made renewing by itself common (Let's Encrypt: 90 days). */
export const LIFETIME_MS = 90 * DAY_MS;
/** RFC 5280, 4.2.1.12: id-kp-clientAuth. */
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
/** RFC 5280, 4.1.2.2. */
export const SERIAL_BYTES = 16;

/** Issues an agent's certificate, in PEM: its subject is the agent's id, and nothing else about it is said. */
export function issueTo(
  authority: Pick<Authority, 'issue'>,
  agent: string,
  publicKey: string,
  nowMs: number,
  serial: Uint8Array,
): Promise<string> {
  const notAfter = new Date(nowMs + LIFETIME_MS);
  return authority.issue({ publicKey, commonName: agent, use: 'client', notAfter }, serial);
}

/**
 * The id of the agent that a certificate names; undefined if this building's CA did not issue it to an agent. TLS has
 * seen by then that the client holds its key.
 */
export function agentOf(leaf: X509Certificate, authority: Pick<Authority, 'hasIssued'>): string | undefined {
  if (!authority.hasIssued(leaf) || !leaf.keyUsage?.includes(CLIENT_AUTH)) return undefined;
  const name = /^CN=(.+)$/.exec(leaf.subject)?.[1];
  return Id.safeParse(name).data;
}

/** SHA-256 over the certificate (DER), in hex. */
export function fingerprintOf(leaf: X509Certificate): string {
  return createHash('sha256').update(leaf.raw).digest('hex');
}
