/**
 * Who an agent is: its key, its certificate, the CA of its building, and where the hub was when it joined. One file,
 * written whole, readable by the agent's user only. The key was made here and never leaves.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Id, Slug } from '@lockerhub/protocol/ids.ts';
import { JoinAnswered } from '@lockerhub/protocol/join/join-messages.ts';
import { z } from 'zod';
import { AgentError } from '../error.ts';
import { keptInFile } from '../pickups/kept-text.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';

const Pem = z.string().startsWith('-----BEGIN ').max(4_096);
const KeyPair = z.strictObject({ privateKey: Pem, publicKey: Pem });
export type KeyPair = z.infer<typeof KeyPair>;

const Identity = z.strictObject({
  version: z.literal(1),
  agent: Id,
  building: Slug,
  bank: Slug,
  privateKey: Pem,
  certificate: Pem,
  ca: Pem,
  /** Until the new certificate has opened a connection. */
  former: z.strictObject({ privateKey: Pem, certificate: Pem }).optional(),
  hub: JoinAnswered.pick({ addresses: true, mqttsPort: true, httpPort: true }).strict(),
});
export type Identity = z.infer<typeof Identity>;

/** Makes the folder if there is none. @throws AgentError `config-invalid` */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError('config-invalid', `the folder ${folder} cannot be made: ${why}`, { cause });
  }
}

/** Keeps every other agent out of the folder. @throws AgentError `folder-locked`, `config-invalid` */
export function lockAgentFolder(folder: string): FolderLock {
  return lockFolder(join(folder, 'agent.lock'), (code, what, cause) => {
    return new AgentError(code === 'folder-locked' ? code : 'config-invalid', `agent: ${what}`, { cause });
  });
}

/** The identity kept in a folder; null before its agent joined. @throws AgentError `identity-broken` */
export function readIdentity(folder: string): Identity | null {
  return read(pathOf(folder), Identity);
}

/** Keeps an identity, durably, and forgets the key that waited for it. */
export function keepIdentity(folder: string, identity: Identity): void {
  keptInFile(pathOf(folder)).write(JSON.stringify(identity));
  rmSync(waitingPath(folder), { force: true });
}

/**
 * The key with which to join: kept before it is used, so that whoever asks again, because the answer got lost, is the
 * same agent to the hub.
 */
export function waitingKey(folder: string): KeyPair {
  const path = waitingPath(folder);
  const kept = read(path, KeyPair);
  if (kept) return kept;
  const made = newKeyPair();
  keptInFile(path).write(JSON.stringify(made));
  return made;
}

/** A new key on P-256, as the building's CA has one (hub/keyring/authority.ts). */
function newKeyPair(): KeyPair {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

function pathOf(folder: string): string {
  return join(folder, 'identity.json');
}

function waitingPath(folder: string): string {
  return join(folder, 'joining.json');
}

function read<Content>(path: string, schema: z.ZodType<Content>): Content | null {
  const text = keptInFile(path).read();
  if (text === null) return null;
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new AgentError('identity-broken', `others may read ${path}; run: chmod 600 "${path}"`);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AgentError(
      'identity-broken',
      `${path} is damaged: bring it back from a backup, or move it away and join again by a new code`,
      { cause },
    );
  }
}
