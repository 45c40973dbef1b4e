/**
 * What an agent and its hub say when the agent joins: one request, one answer, over plain HTTP
 * (`POST /api/v1/agents/join`). Neither knows the other yet, so both prove by a MAC that they hold the code; the code
 * itself is never sent, and nothing in either message is a secret.
 *
 * Rules for change: as for the bank's messages (`protocol/bank/messages.ts`).
 */
import { z } from 'zod';
import { Id, Slug } from '../ids.ts';

/** A public key or a certificate on P-256 takes under 1 kB. */
const Pem = z.string().startsWith('-----BEGIN ').max(4_096);
const Mac = z.hex().length(64);
const Port = z.int().min(1).max(65_535);
/** What is asked and answered, as the exact text under the MAC. */
const MAX_TEXT = 16_384;
/** Addresses of one hub: names and those of its network interfaces. */
export const MAX_ADDRESSES = 16;

/** An address without port: a name, an IPv4 or an IPv6 address. */
export const HostName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-zA-Z0-9.:_%-]+$/, 'a host name or address');

/** `key`: which code's; `mac`: HMAC-SHA-256 under the code's request key over `text`, a `JoinAsked` as JSON. */
export const JoinRequest = z.strictObject({
  key: z.hex().length(32),
  text: z.string().max(MAX_TEXT),
  mac: Mac,
});
export type JoinRequest = z.infer<typeof JoinRequest>;

export const JoinAsked = z.object({
  v: z.literal(1),
  /** How people find the machine: its host name. */
  name: z.string().trim().min(1).max(80),
  /** SPKI in PEM, of a key that was made there and stays there. */
  publicKey: Pem,
  /** New for each request: an answer counts for this one alone. */
  nonce: z.hex().length(32),
});
export type JoinAsked = z.infer<typeof JoinAsked>;

/** `mac`: HMAC-SHA-256 under the code's answer key over `text`, a `JoinAnswered` as JSON. */
export const JoinReply = z.strictObject({ text: z.string().max(MAX_TEXT), mac: Mac });
export type JoinReply = z.infer<typeof JoinReply>;

export const JoinAnswered = z.object({
  v: z.literal(1),
  nonce: z.hex().length(32),
  agent: Id,
  building: Slug,
  bank: Slug,
  certificate: Pem,
  /** The building's CA: whom the agent believes from now on. */
  ca: Pem,
  /** Where the hub thinks that it can be found. */
  addresses: z.array(HostName).max(MAX_ADDRESSES),
  mqttsPort: Port,
  httpPort: Port,
});
export type JoinAnswered = z.infer<typeof JoinAnswered>;
