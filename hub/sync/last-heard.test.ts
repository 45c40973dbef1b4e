import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../store/store.ts';
import { KEEP_EVERY_MS, LastHeard } from './last-heard.ts';

const START_MS = Date.UTC(2026, 0, 5);
const MINUTE_MS = 60_000;

describe('when the cloud was heard last', () => {
  /** What lies on the disk. */
  let kept: string | undefined;
  let writes: number;
  let clock: VirtualClock;
  let trust: 'trusted' | 'untrusted';

  beforeEach(() => {
    kept = undefined;
    writes = 0;
    clock = new VirtualClock(START_MS);
    trust = 'trusted';
  });

  /** As a process finds it that starts now. */
  const started = () =>
    new LastHeard({
      store: { query: (async () => (kept === undefined ? [] : [{ value: kept }])) as Store['query'] },
      log: {
        async append({ marks }) {
          kept = marks?.[0]?.value ?? undefined;
          writes += 1;
          return [];
        },
      },
      clock,
      clockTrust: async () => trust,
    });

  it('is not known before it ever was', async () => {
    expect(await started().agoMs()).toBeNull();
    expect(started().gatewayMs()).toBeNull();
  });

  it('is told by monotonic time in one process, whatever the wall clock says', async () => {
    const heard = started();
    heard.told(START_MS);
    await clock.advance(2 * MINUTE_MS);
    clock.setWall(0);
    expect(await heard.agoMs()).toBe(2 * MINUTE_MS);
    expect(heard.gatewayMs()).toBe(START_MS + 2 * MINUTE_MS);
  });

  it('outlives a restart by the cloud’s clock, and is not made up by a clock that is not trusted', async () => {
    const heard = started();
    heard.told(START_MS);
    await heard.keep();
    await clock.advance(90 * MINUTE_MS);
    expect(await started().agoMs()).toBe(90 * MINUTE_MS);
    trust = 'untrusted';
    clock.setWall(0);
    expect(await started().agoMs()).toBeNull();
    // Trusted again, and behind: not heard in the future.
    trust = 'trusted';
    expect(await started().agoMs()).toBe(0);
  });

  it('is written seldom, and at once after a start', async () => {
    const heard = started();
    for (let at = 0; at < 20; at += 1) {
      heard.told(clock.wallMs());
      await heard.keep();
      await clock.advance(KEEP_EVERY_MS / 10);
    }
    expect(writes).toBe(2);
  });
});
