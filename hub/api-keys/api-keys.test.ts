import { beforeEach, expect, it } from 'vitest';
import { SeededRandom } from '../../sim/clock/seeded-random.ts';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { BuildingLog } from '../log/building-log.ts';
import { Register } from '../log/register.ts';
import { MemoryDisk, MemoryLog } from '../store/memory.ts';
import { ApiKeys, MAX_REQUESTS } from './api-keys.ts';

const BY = { kind: 'staff', id: '019b0000-0000-7000-8000-000000000001' } as const;
const ROOT = new Uint8Array(32).fill(7);
const IN_2026_MS = 1_780_000_000_000;
const MINUTE_MS = 60_000;

let clock: VirtualClock;
let trust: 'trusted' | 'untrusted';
let register: Register;
let log: BuildingLog;
let keys: ApiKeys;

const open = (rootKey: Uint8Array) =>
  new ApiKeys({
    register,
    log,
    store: { query: async () => [] },
    clock,
    clockTrust: () => trust,
    random: new SeededRandom(clock.monotonicMs() + 5),
    rootKey,
    onFault: (error) => {
      throw error;
    },
  });

beforeEach(() => {
  clock = new VirtualClock(IN_2026_MS);
  trust = 'trusted';
  register = new Register();
  const memory = new MemoryLog({ epoch: 1, random: new SeededRandom(3), disk: new MemoryDisk() });
  log = new BuildingLog({ log: memory, register, clock, clockTrust: () => trust });
  keys = open(ROOT);
});

const make = (expiresAt: number | null = null) =>
  keys.make(BY, { name: 'Dashboard', scopes: ['deliveries:read', 'building:read'], expiresAt });
const rowOf = (key: string) => `api-key:${key}`;
const kept = (key: string) => register.get('settings', rowOf(key))?.value;

it('keeps nothing by which a key could be used', async () => {
  const { apiKey, token } = await make();
  expect(token.startsWith(`${apiKey.prefix}_`)).toBe(true);
  expect(JSON.stringify(kept(apiKey.key))).not.toContain(token.slice(apiKey.prefix.length + 1));
  expect(keys.who(token)).toMatchObject({ key: apiKey.key, scopes: ['building:read', 'deliveries:read'] });
  expect(keys.who(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).toBeUndefined();
  // A hub with the building's keyring knows it; one with another's does not.
  expect(open(ROOT).who(token)).toBeDefined();
  expect(open(new Uint8Array(32).fill(8)).who(token)).toBeUndefined();
});

it.each([
  ['more scopes', { scopes: ['building:read', 'deliveries:read', 'doors:open'] }],
  ['a later end', { expiresAt: IN_2026_MS + 1e12 }],
])('holds no longer once somebody has written %s into its row', async (_what, change) => {
  const { apiKey, token } = await make(IN_2026_MS + 1e6);
  const value = { ...kept(apiKey.key), ...change };
  register.apply({ table: 'settings', row: { id: rowOf(apiKey.key), value } });
  expect(keys.list()).toHaveLength(1);
  expect(keys.who(token)).toBeUndefined();
});

it('ends when it was said to, by a trusted clock alone', async () => {
  const { token } = await make(IN_2026_MS + MINUTE_MS);
  await clock.advance(MINUTE_MS - 1);
  expect(keys.who(token)).toBeDefined();
  await clock.advance(1);
  expect(keys.who(token)).toBeUndefined();
  trust = 'untrusted';
  expect(keys.who(token)).toBeDefined();
  await expect(make(IN_2026_MS)).rejects.toMatchObject({ code: 'request-invalid' });
});

it('is revoked for good, and the log says so without its name', async () => {
  const { apiKey, token } = await make();
  await keys.revoke(BY, apiKey.key);
  expect(keys.who(token)).toBeUndefined();
  expect(keys.list()).toEqual([]);
  await expect(keys.revoke(BY, apiKey.key)).rejects.toMatchObject({ code: 'not-found' });
});

it('asks so often a minute and no more, whatever others ask', async () => {
  const [greedy, other] = [await make(), await make()];
  for (let request = 0; request < MAX_REQUESTS; request += 1) keys.admit(greedy.token);
  expect(() => keys.admit(greedy.token)).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
  expect(keys.admit(other.token)).toBeDefined();
  await clock.advance(MINUTE_MS);
  expect(keys.admit(greedy.token)).toBeDefined();
});

it('says when a key was last used, and writes it seldom', async () => {
  const { apiKey, token } = await make();
  expect(keys.list()[0]?.lastUsedAt).toBeNull();
  keys.admit(token);
  await clock.advance(MINUTE_MS);
  keys.admit(token);
  expect(keys.list()).toMatchObject([{ key: apiKey.key, lastUsedAt: IN_2026_MS + MINUTE_MS }]);
});
