import { HEARTBEAT_LOST_MS } from '@lockerhub/protocol/bank/messages.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HubTimeEstimate } from './hub-time.ts';

const boot = '0197b7a0-0000-7000-8000-000000000001';
const otherBoot = '0197b7a0-0000-7000-8000-000000000002';
const at = (monotonicMs: number, bootId = boot) => ({ hub: { bootId, monotonicMs } });

describe('the estimate of the hub’s time', () => {
  it('never runs ahead of the hub, and lags by no more than the quickest heartbeat', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.array(fc.record({ sentMs: fc.nat(60_000), delayMs: fc.nat(60_000) }), { minLength: 1 }),
        fc.nat(60_000),
        (hubStartMs, heartbeats, laterMs) => {
          const estimate = new HubTimeEstimate();
          const arrivals = heartbeats
            .map(({ sentMs, delayMs }) => ({ sentMs, arrivesMs: sentMs + delayMs, delayMs }))
            .sort((a, b) => a.arrivesMs - b.arrivesMs);
          for (const { sentMs, arrivesMs } of arrivals)
            estimate.heartbeat(at(hubStartMs + sentMs), arrivesMs);
          const nowMs = Math.max(...arrivals.map(({ arrivesMs }) => arrivesMs)) + laterMs;
          const lagMs = Math.min(...arrivals.map(({ delayMs }) => delayMs));
          const deadline = (monotonicMs: number) => ({ bootId: boot, monotonicMs });
          expect(estimate.passed(deadline(hubStartMs + nowMs + 1), nowMs)).toBe(false);
          expect(estimate.passed(deadline(Math.max(0, hubStartMs + nowMs - lagMs)), nowMs)).toBe(true);
        },
      ),
    );
  });

  it('is not turned back by heartbeats that a frozen link delivers late', () => {
    const estimate = new HubTimeEstimate();
    estimate.heartbeat(at(1_000_000), 0);
    // Frozen for a minute; then all that was sent meanwhile arrives at once, the open of second 10 among it.
    for (let sentMs = 2_000; sentMs <= 10_000; sentMs += 2_000)
      estimate.heartbeat(at(1_000_000 + sentMs), 60_000);
    expect(estimate.passed({ bootId: boot, monotonicMs: 1_015_000 }, 60_000)).toBe(true);
    expect(estimate.alive(60_000)).toBe(false);
    estimate.heartbeat(at(1_060_000), 60_001);
    expect(estimate.alive(60_001)).toBe(true);
  });

  it('is alive only with a heartbeat sent lately', () => {
    const estimate = new HubTimeEstimate();
    expect(estimate.alive(0)).toBe(false);
    estimate.heartbeat(at(500), 100);
    expect(estimate.alive(100 + HEARTBEAT_LOST_MS - 1)).toBe(true);
    expect(estimate.alive(100 + HEARTBEAT_LOST_MS)).toBe(false);
  });

  it('takes nothing from another boot of the hub', () => {
    const estimate = new HubTimeEstimate();
    expect(estimate.passed({ bootId: boot, monotonicMs: 1e12 }, 0)).toBe(true);
    estimate.heartbeat(at(500), 100);
    expect(estimate.heartbeat(at(1e9, otherBoot), 200)).toBe(false);
    expect(estimate.passed({ bootId: otherBoot, monotonicMs: 1e12 }, 200)).toBe(true);
    expect(estimate.passed({ bootId: boot, monotonicMs: 10_000 }, 200)).toBe(false);
  });
});
