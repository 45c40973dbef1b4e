/** Codes, joining and admission, on a virtual clock and a log in memory. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readJoinCode } from '@lockerhub/protocol/join/join-code.ts';
import { isMac, joinKeys, macOf } from '@lockerhub/protocol/join/join-keys.ts';
import { JoinAnswered, type JoinAsked, type JoinRequest } from '@lockerhub/protocol/join/join-messages.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../sim/clock/seeded-random.ts';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { Authority, type AuthorityKeys, createAuthority } from '../keyring/authority.ts';
import { BuildingLog } from '../log/building-log.ts';
import { Register } from '../log/register.ts';
import { MemoryDisk, MemoryLog } from '../store/memory.ts';
import type { RowChange } from '../store/store.ts';
import { Agents, CODE_LIFE_MS } from './agents.ts';

const IN_2026_MS = 1_780_000_000_000;
const IN_2031_MS = 1_930_000_000_000;
const CODE_KEY = new Uint8Array(32).fill(5);
const STAFF = { kind: 'staff', id: '01890000-0000-7000-8000-000000000001' } as const;
const HERE = { building: 'house', addresses: ['10.0.0.2'], mqttsPort: 8883, httpPort: 8080 };
const LAN = '10.0.0.9';

let caKeys: AuthorityKeys;
let clock: VirtualClock;
let trust: 'trusted' | 'untrusted';
let register: Register;
let log: BuildingLog;
let disk: MemoryDisk;
let agents: Agents;
let changed: string[];
let revoked: string[];

beforeAll(async () => {
  caKeys = await createAuthority(systemRandom.bytes(16));
});
beforeEach(async () => {
  clock = new VirtualClock(IN_2026_MS);
  trust = 'trusted';
  changed = [];
  revoked = [];
  register = new Register();
  disk = new MemoryDisk();
  const clockTrust = () => trust;
  log = new BuildingLog({
    log: new MemoryLog({ epoch: 1, random: new SeededRandom(3), disk }),
    register,
    clock,
    clockTrust,
  });
  const bank = { layout: { bank: 'hall' } as never, file: '', credentialHash: 'aa' };
  await log.record({ kind: 'hub' }, [], [
    { table: 'banks', row: { ...bank, id: 'hall', reach: 'agent' } },
    { table: 'banks', row: { ...bank, id: 'yard', reach: 'agent' } },
    { table: 'banks', row: { ...bank, id: 'own', reach: 'hub' } },
  ] as RowChange[]);
  boot();
});

/** The hub starts (anew): what it kept in memory is gone. */
function boot(): void {
  agents = new Agents({
    register,
    log,
    clock,
    random: systemRandom,
    clockTrust: () => trust,
    codeKey: CODE_KEY,
    authority: new Authority(caKeys),
    revoke: async ({ agent, holders }) => {
      revoked.push(...holders);
      await log.append({ payloads: [], rows: [{ table: 'agents', row: { ...agent, state: 'revoked' } }] });
    },
    onFault: (error) => {
      throw error;
    },
    onChanged: (bank) => changed.push(bank),
  });
}

function keyPair() {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

function requestBy(code: string, publicKey: string, change: Partial<JoinAsked> = {}): JoinRequest {
  const keys = joinKeys(readJoinCode(code) ?? new Uint8Array());
  const text = JSON.stringify({ v: 1, name: 'pi', publicKey, nonce: '0'.repeat(32), ...change });
  return { key: keys.name, text, mac: macOf(keys.request, text) };
}

async function join(code: string, publicKey = keyPair().publicKey) {
  const request = requestBy(code, publicKey);
  const { text, mac } = await agents.join(request, LAN, HERE);
  expect(isMac(joinKeys(readJoinCode(code) ?? new Uint8Array()).answer, text, mac)).toBe(true);
  return JoinAnswered.parse(JSON.parse(text));
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    ({ code }) => code,
  );
const leafOf = ({ certificate }: JoinAnswered) => new X509Certificate(certificate);
const logged = () => disk.entries.map(({ payload }) => decodePayload(payload)).map(({ type }) => type);

describe('a code', () => {
  it('makes an agent one of the building, whose certificate names it, and voids the bank’s password', async () => {
    const { agent, code } = await agents.invite(STAFF, 'hall');
    const answered = await join(code);
    expect(answered).toMatchObject({
      agent,
      bank: 'hall',
      ...HERE,
      nonce: '0'.repeat(32),
      ca: caKeys.certificate,
    });
    expect(leafOf(answered).subject).toBe(`CN=${agent}`);
    expect(agents.admit(leafOf(answered))).toEqual({ bank: 'hall' });
    expect(register.get('banks', 'hall')?.credentialHash).toBe('');
    expect(register.get('banks', 'yard')?.credentialHash).toBe('aa');
    expect([changed, logged()]).toEqual([['hall'], ['agent.invited', 'agent.joined']]);
  });

  it('stands nowhere in the store, nor anything that it could be made from', async () => {
    const { code } = await agents.invite(STAFF, 'hall');
    const bytes = readJoinCode(code) ?? new Uint8Array();
    const { name, request, answer } = joinKeys(bytes);
    const kept = JSON.stringify([register.all('agents'), disk.entries]);
    for (const secret of [
      code,
      name,
      ...[bytes, request, answer].map((key) => Buffer.from(key).toString('hex')),
    ]) {
      expect(kept).not.toContain(secret);
    }
  });

  it('answers the same agent again as before, after a restart too, and adds nothing to the log', async () => {
    const { code } = await agents.invite(STAFF, 'hall');
    const { publicKey } = keyPair();
    const first = await join(code, publicKey);
    boot();
    expect(await join(code, publicKey)).toEqual(first);
    expect(logged()).toEqual(['agent.invited', 'agent.joined']);
  });

  it('is of no use to another key once it was used; staff see it, and after some tries it is void', async () => {
    const { agent, code } = await agents.invite(STAFF, 'hall');
    const { publicKey } = keyPair();
    await join(code, publicKey);
    for (let tries = 1; tries <= 5; tries += 1) expect(await failure(join(code))).toBe('join-code-used');
    expect(agents.list()).toMatchObject([{ agent, state: 'joined', strangers: 5 }]);
    expect(logged().filter((type) => type === 'agent.refused')).toHaveLength(5);
    expect(await failure(join(code))).toBe('join-code-wrong');
    expect(await failure(join(code, publicKey))).toBe('join-code-wrong');
  });

  it('is used by one key, though two come at the same moment', async () => {
    const { code } = await agents.invite(STAFF, 'hall');
    const outcomes = await Promise.all([failure(join(code)), failure(join(code))]);
    expect(outcomes.sort()).toEqual(['join-code-used', 'none']);
  });

  it('does nothing for whoever does not hold it: a changed text, a foreign code, too many tries', async () => {
    const { code } = await agents.invite(STAFF, 'hall');
    const request = requestBy(code, keyPair().publicKey);
    const changed = { ...request, text: request.text.replace('"pi"', '"my"') };
    expect(await failure(agents.join(changed, LAN, HERE))).toBe('join-code-wrong');
    expect(agents.list()).toMatchObject([{ state: 'invited', strangers: 1 }]);
    const foreign = requestBy('0000-0000-0000-0000', keyPair().publicKey);
    for (let tries = 2; tries <= 20; tries += 1) {
      expect(await failure(agents.join(foreign, LAN, HERE))).toBe('join-code-wrong');
    }
    expect(await failure(agents.join(request, LAN, HERE))).toBe('too-many-attempts');
    expect(await failure(agents.join(request, '10.0.0.10', HERE))).toBe('none');
  });

  it('is good for a day of monotonic time, wherever the wall clock jumps meanwhile', async () => {
    const { code } = await agents.invite(STAFF, 'hall');
    clock.setWall(IN_2031_MS);
    await clock.advance(CODE_LIFE_MS - 1);
    expect(agents.list()).toMatchObject([{ expiresInMs: 1 }]);
    await clock.advance(1);
    expect(await failure(join(code))).toBe('join-code-wrong');
    await agents.invite(STAFF, 'hall');
    expect(agents.list()).toHaveLength(1);
  });

  it('of an earlier start counts only by a clock that is trusted', async () => {
    const { code } = await agents.invite(STAFF, 'hall');
    boot();
    trust = 'untrusted';
    expect(await failure(join(code))).toBe('join-code-wrong');
    trust = 'trusted';
    clock.setWall(IN_2026_MS + CODE_LIFE_MS);
    expect(await failure(join(code))).toBe('join-code-wrong');
    clock.setWall(IN_2026_MS + CODE_LIFE_MS - 1);
    expect(await failure(join(code))).toBe('none');
  });

  it('can be cancelled, is bounded in number, and is for banks with an agent of their own', async () => {
    const { agent, code } = await agents.invite(STAFF, 'hall');
    await agents.cancel(STAFF, agent);
    expect(await failure(join(code))).toBe('join-code-wrong');
    expect(await failure(agents.cancel(STAFF, agent))).toBe('not-found');
    for (let codes = 1; codes <= 20; codes += 1) await agents.invite(STAFF, 'yard');
    expect(await failure(agents.invite(STAFF, 'hall'))).toBe('too-many-codes');
    expect(await failure(agents.invite(STAFF, 'own'))).toBe('request-invalid');
    expect(await failure(agents.invite(STAFF, 'none'))).toBe('not-found');
  });
});

describe('an agent', () => {
  it('of a bank ends the right of the one before, and of no other bank’s', async () => {
    const first = await join((await agents.invite(STAFF, 'hall')).code);
    const other = await join((await agents.invite(STAFF, 'yard')).code);
    const second = await join((await agents.invite(STAFF, 'hall')).code);
    expect(agents.admit(leafOf(first))).toEqual({ refused: 'replaced' });
    expect(agents.admit(leafOf(second))).toEqual({ bank: 'hall' });
    expect(agents.admit(leafOf(other))).toEqual({ bank: 'yard' });
  });

  it('is admitted by the very certificate that it got, whatever year it is and whoever trusts the clock', async () => {
    const answered = await join((await agents.invite(STAFF, 'hall')).code);
    const { publicKey } = new X509Certificate(answered.certificate);
    const authority = new Authority(caKeys);
    const another = await authority.issue(
      {
        publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
        commonName: answered.agent,
        use: 'client',
      },
      systemRandom.bytes(16),
    );
    expect(agents.admit(new X509Certificate(another))).toEqual({ refused: 'foreign' });
    expect(agents.admit(undefined)).toEqual({ refused: 'no-certificate' });
    for (const year of [0, IN_2026_MS, IN_2031_MS]) {
      clock.setWall(year);
      for (trust of ['trusted', 'untrusted'] as const) {
        expect(agents.admit(leafOf(answered))).toEqual({ bank: 'hall' });
      }
    }
  });

  it('that was revoked is refused for that, and names whose codes stood on its lists since it joined', async () => {
    const answered = await join((await agents.invite(STAFF, 'hall')).code);
    await agents.noteListed('hall', ['mara']);
    await agents.noteListed('yard', ['nobody']);
    boot();
    await Promise.all([agents.noteListed('hall', ['jonas', 'mara']), agents.noteListed('hall', ['ada'])]);
    await agents.revoke(STAFF.id, answered.agent, 'stolen');
    expect(revoked.sort()).toEqual(['ada', 'jonas', 'mara']);
    expect(agents.admit(leafOf(answered))).toEqual({ refused: 'revoked' });
    expect(await failure(agents.revoke(STAFF.id, answered.agent, 'again'))).toBe('not-found');
  });

  it('is not admitted again by whoever tries its code while it is being revoked', async () => {
    const { code, agent } = await agents.invite(STAFF, 'hall');
    const { publicKey } = keyPair();
    const answered = await join(code, publicKey);
    await Promise.all([
      agents.revoke(STAFF.id, agent, 'stolen'),
      failure(join(code)),
      failure(join(code, publicKey)),
    ]);
    expect(agents.admit(leafOf(answered))).toEqual({ refused: 'revoked' });
    expect(await failure(join(code, publicKey))).toBe('join-code-wrong');
  });
});
