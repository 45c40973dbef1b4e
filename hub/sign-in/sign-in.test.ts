import { beforeEach, expect, it } from 'vitest';
import { SeededRandom } from '../../sim/clock/seeded-random.ts';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { BuildingLog } from '../log/building-log.ts';
import { Register } from '../log/register.ts';
import { MemoryDisk, MemoryLog } from '../store/memory.ts';
import { SESSION_MS, SignIn } from './sign-in.ts';

const HOUR_MS = 3_600_000;
const PASSWORD = 'a long password';
const IN_2026_MS = 1_780_000_000_000;
const IN_2031_MS = 1_930_000_000_000;

let clock: VirtualClock;
let trust: 'trusted' | 'untrusted';
let signIn: SignIn;
let register: Register;
let log: BuildingLog;

beforeEach(async () => {
  clock = new VirtualClock(IN_2026_MS);
  trust = 'trusted';
  const random = new SeededRandom(3);
  register = new Register();
  const clockTrust = () => trust;
  const memory = new MemoryLog({ epoch: 1, random, disk: new MemoryDisk() });
  log = new BuildingLog({ log: memory, register, clock, clockTrust });
  signIn = new SignIn({ register, log, clock, clockTrust, random });
  const { facts, rows } = await signIn.newStaff({
    login: 'desk',
    name: 'Desk',
    role: 'desk',
    password: PASSWORD,
  });
  await log.record({ kind: 'hub' }, facts, rows);
});

const session = async () => (await signIn.signIn('desk', PASSWORD, '192.0.2.1')).token;

it('ends a session after its time, and none while the clock is not trusted', async () => {
  const token = await session();
  await clock.advance(SESSION_MS);
  expect(signIn.who(token)?.role).toBe('desk');
  await clock.advance(1_000);
  expect(signIn.who(token)).toBeUndefined();
  trust = 'untrusted';
  expect(signIn.who(token)?.role).toBe('desk');
});

it('ends a session that began while the clock stood years ahead, once the clock is right', async () => {
  trust = 'untrusted';
  clock.setWall(IN_2031_MS);
  const token = await session();
  expect(signIn.who(token)?.role).toBe('desk');
  trust = 'trusted';
  clock.setWall(IN_2026_MS);
  expect(signIn.who(token)).toBeUndefined();
});

it('keeps a session through a small step back of a trusted clock', async () => {
  const token = await session();
  clock.setWall(IN_2026_MS - HOUR_MS);
  expect(signIn.who(token)?.role).toBe('desk');
});

it('ends the oldest session of a person who has eleven', async () => {
  const tokens: string[] = [];
  for (let n = 0; n < 11; n += 1) {
    tokens.push(await session());
    await clock.advance(1);
  }
  expect(tokens.map((token) => signIn.who(token) !== undefined)).toEqual([false, ...Array(10).fill(true)]);
});

it.each([{ passwordHash: 'another' }, { disabled: true }])(
  'lets nobody in by a password that holds no more when it was checked: %o',
  async (change) => {
    const [row] = register.all('staff');
    if (!row) throw new Error('the desk is there');
    // The check is a thread's work and the record in memory is not: it is through first.
    const late = signIn.signIn('desk', PASSWORD, '192.0.2.1');
    late.catch(() => {});
    const fields = Object.keys(change);
    const told = { type: 'row.changed', data: { table: 'staff', row: row.id, fields } } as const;
    await log.record({ kind: 'hub' }, [told], [{ table: 'staff', row: { ...row, ...change } }]);
    await expect(late).rejects.toMatchObject({ code: 'password-wrong' });
    expect(register.all('staffSessions')).toEqual([]);
  },
);
