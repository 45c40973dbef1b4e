import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { expect, it } from 'vitest';
import { countDown } from './seconds-left.ts';

function counted(leftMs: number) {
  const clock = new VirtualClock(0);
  const told: number[] = [];
  const timer = countDown(clock, leftMs, (seconds) => told.push(seconds));
  return { clock, told, timer };
}

it('tells each second once, as it is over, and ends at none', async () => {
  const { clock, told } = counted(2_300);
  await clock.advance(299);
  expect(told).toEqual([3]);
  await clock.advance(1);
  expect(told).toEqual([3, 2]);
  await clock.advance(60_000);
  expect(told).toEqual([3, 2, 1, 0]);
});

it('says none at once where the time is over', async () => {
  const { clock, told } = counted(-5_000);
  await clock.advance(60_000);
  expect(told).toEqual([0]);
});

it('is silent once it is taken back', async () => {
  const { clock, told, timer } = counted(10_000);
  timer.cancel();
  await clock.advance(60_000);
  expect(told).toEqual([10]);
});
