import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { describe, expect, it, vi } from 'vitest';
import { ClockWatch } from './clock-watch.ts';
import { RELEASED_AT_MS } from './trust.ts';

const DAY_MS = 86_400_000;
const NOW_MS = RELEASED_AT_MS + 30 * DAY_MS;
const YESTERDAY_MS = NOW_MS - DAY_MS;

async function watch(wallMs: number, mark: () => number | null = () => null) {
  const clock = new VirtualClock(wallMs);
  const changes: string[] = [];
  const watching = new ClockWatch({
    clock,
    ntpMark: async () => mark(),
    lastTrustedAtMs: YESTERDAY_MS,
    onChange: (trust) => changes.push(trust),
  });
  await watching.start();
  return { clock, changes, watching };
}

describe('the clock watch', () => {
  it('believes a time that fits the last entry, and says so once', async () => {
    const { clock, changes, watching } = await watch(NOW_MS);
    await clock.advance(60_000);
    expect(watching.trust()).toBe('trusted');
    expect(changes).toEqual(['trusted']);
  });

  it.each([
    ['1970', 0],
    ['2031', Date.UTC(2031, 5, 1)],
  ])('does not believe %s at boot until staff say that it is right', async (_year, wallMs) => {
    const { clock, changes, watching } = await watch(wallMs);
    await clock.advance(60_000);
    expect(watching.trust()).toBe('untrusted');
    watching.confirm();
    await clock.advance(60_000);
    expect(watching.trust()).toBe('trusted');
    expect(changes).toEqual(['untrusted', 'trusted']);
  });

  it('believes 2031 if NTP says so', async () => {
    const { watching } = await watch(Date.UTC(2031, 5, 1), () => 1);
    expect(watching.trust()).toBe('trusted');
    expect(watching.reason()).toMatch(/NTP/);
  });

  it('notices a jump, also a plausible one, and lets only a later NTP mark mend it', async () => {
    let mark = 1;
    const { clock, watching, changes } = await watch(NOW_MS, () => mark);
    await clock.advance(20_000);
    clock.setWall(NOW_MS + 3_600_000);
    await clock.advance(60_000);
    expect(watching.trust()).toBe('untrusted');
    mark = 2;
    await clock.advance(10_000);
    expect(watching.trust()).toBe('trusted');
    expect(changes).toEqual(['trusted', 'untrusted', 'trusted']);
  });

  it('knows of a jump when it is asked, before the next look; what NTP had said before vouches no more', async () => {
    let mark = 1;
    const { clock, watching, changes } = await watch(NOW_MS, () => mark);
    await clock.advance(15_000);
    clock.setWall(NOW_MS - 3_600_000);
    expect(watching.trust()).toBe('untrusted');
    expect(changes).toEqual(['trusted', 'untrusted']);
    await clock.advance(10_000);
    expect(watching.trust()).toBe('untrusted');
    mark = 2;
    await clock.advance(10_000);
    expect(changes).toEqual(['trusted', 'untrusted', 'trusted']);
  });

  it('takes staff at their word for the time that they saw, behind a jump of which nobody had asked', async () => {
    const { clock, watching } = await watch(NOW_MS);
    clock.setWall(NOW_MS + 3_600_000);
    watching.confirm();
    await clock.advance(60_000);
    expect(watching.trust()).toBe('trusted');
  });

  it('is asked before its first look, and nothing has jumped', async () => {
    const clock = new VirtualClock(NOW_MS);
    const told = { ntpMark: async () => null, lastTrustedAtMs: YESTERDAY_MS, onChange: () => {} };
    const watching = new ClockWatch({ clock, ...told });
    expect(watching.trust()).toBe('untrusted');
    await watching.start();
    expect(watching.trust()).toBe('trusted');
  });

  it('does not take slewing for a jump', async () => {
    const { clock, watching } = await watch(NOW_MS);
    for (let looks = 0; looks < 100; looks += 1) {
      clock.setWall(clock.wallMs() + 5);
      await clock.advance(10_000);
    }
    expect(watching.trust()).toBe('trusted');
  });

  it('goes on believing over a year without a restart', async () => {
    // Looking 3 million times is too slow even on a virtual clock: both times leap together, month by month.
    let nowMs = 0;
    let look = () => {};
    const clock: Clock = {
      wallMs: () => NOW_MS + nowMs,
      monotonicMs: () => nowMs,
      after: (_delayMs, act) => {
        look = act;
        return { cancel() {} };
      },
      punctually: (delayMs, act) => clock.after(delayMs, act),
    };
    const changes: string[] = [];
    const watching = new ClockWatch({
      clock,
      ntpMark: async () => null,
      lastTrustedAtMs: YESTERDAY_MS,
      onChange: (trust) => changes.push(trust),
    });
    await watching.start();
    for (let month = 0; month < 14; month += 1) {
      nowMs += 30 * DAY_MS;
      const before = look;
      look();
      await vi.waitFor(() => expect(look).not.toBe(before));
    }
    expect(changes).toEqual(['trusted']);
  });

  it('stops when told', async () => {
    const { clock, watching } = await watch(NOW_MS);
    watching.stop();
    clock.setWall(0);
    await clock.advance(60_000);
    expect(watching.trust()).toBe('trusted');
  });
});
