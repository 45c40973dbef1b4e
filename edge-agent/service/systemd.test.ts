import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { expect, test } from 'vitest';
import { Systemd } from './systemd.ts';

const silent = { warn: () => {}, error: () => {} };
const WATCHED = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '60000000' };

function underSystemd(environment: Readonly<Record<string, string>>) {
  const clock = new VirtualClock(0);
  const told: string[] = [];
  const tell = async (words: string) => void told.push(words);
  return { clock, told, systemd: new Systemd({ environment, clock, log: silent, tell }) };
}

test('says nothing where systemd did not start it', async () => {
  const { clock, told, systemd } = underSystemd({ WATCHDOG_USEC: '60000000' });
  await systemd.ready();
  systemd.watch(async () => {});
  await clock.advance(120_000);
  await systemd.stopping();
  expect(told).toEqual([]);
});

test('feeds the watchdog twice in its time, until it stops', async () => {
  const { clock, told, systemd } = underSystemd(WATCHED);
  await systemd.ready();
  systemd.watch(async () => {});
  await clock.advance(60_001);
  expect(told).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
  await systemd.stopping();
  await clock.advance(120_000);
  expect(told.slice(4)).toEqual(['STOPPING=1']);
});

test.each([
  ['fails', () => Promise.reject(new Error('the store broke'))],
  ['hangs', () => new Promise(() => {})],
])('starves the watchdog while progress %s, and feeds it again after', async (_, stuck) => {
  const { clock, told, systemd } = underSystemd(WATCHED);
  let isStuck = true;
  systemd.watch(() => (isStuck ? stuck() : Promise.resolve()));
  await clock.advance(300_000);
  expect(told).toEqual([]);
  isStuck = false;
  await clock.advance(60_000);
  expect(told).toContain('WATCHDOG=1');
});

test('a watchdog without a time is none', async () => {
  const { clock, told, systemd } = underSystemd({ NOTIFY_SOCKET: '/x' });
  systemd.watch(async () => {});
  await clock.advance(300_000);
  expect(told).toEqual([]);
});
