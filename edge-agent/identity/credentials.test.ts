import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority, createAuthority } from '@lockerhub/hub/keyring/authority.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AgentCredentials } from './credentials.ts';
import { keepIdentity, readIdentity, waitingKey } from './identity.ts';

const AGENT = '01890000-0000-7000-8000-00000000a6e7';
let folder: string;
let authority: Authority;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-credentials-'));
  authority = new Authority(await createAuthority(systemRandom.bytes(16)));
  const { privateKey, publicKey } = waitingKey(folder);
  keepIdentity(folder, {
    version: 1,
    agent: AGENT,
    building: 'house',
    bank: 'hall',
    privateKey,
    certificate: await issue(publicKey),
    ca: authority.certificate,
    hub: { addresses: ['10.0.0.2'], mqttsPort: 8883, httpPort: 8080 },
  });
});
afterEach(() => rm(folder, { recursive: true }));

const issue = (publicKey: string, by = authority) =>
  by.issue({ publicKey, commonName: AGENT, use: 'client' }, systemRandom.bytes(16));

/** As after a start of the agent. */
function kept(): AgentCredentials {
  const identity = readIdentity(folder);
  if (!identity) throw new Error('no identity');
  return new AgentCredentials(folder, identity, pino({ level: 'silent' }));
}

it('offer the same new key until its certificate has opened a connection, then another', async () => {
  const before = kept().shown;
  const offered = kept().offer();
  expect(kept().offer()).toBe(offered);
  const certificate = await issue(offered);
  expect(kept().take(certificate)).toBe(true);
  expect(kept().shown.certificate).toBe(certificate);
  expect(kept().shown.privateKey).not.toBe(before.privateKey);
  expect(kept().offer()).toBe(offered);
  expect(kept().take(certificate)).toBe(false);
  kept().admitted();
  expect(kept().offer()).not.toBe(offered);
});

it('keep the former certificate until the new one was admitted, for a hub that does not know it', async () => {
  const before = kept().shown;
  kept().take(await issue(kept().offer()));
  const credentials = kept();
  credentials.unknown();
  expect(credentials.shown).toEqual(before);
  credentials.admitted();
  credentials.unknown();
  expect(credentials.shown).not.toEqual(before);
  credentials.admitted();
  credentials.unknown();
  expect([credentials.shown, kept().shown]).not.toContainEqual(before);
});

it('take no certificate of another building, nor one for another key', async () => {
  const elsewhere = new Authority(await createAuthority(systemRandom.bytes(16)));
  const offered = kept().offer();
  expect(kept().take(await issue(offered, elsewhere))).toBe(false);
  expect(kept().take(kept().shown.certificate)).toBe(false);
  expect(readIdentity(folder)?.former).toBeUndefined();
});
