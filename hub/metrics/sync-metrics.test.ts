import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { FRESH_MS, type SyncFigures, syncMetrics } from './sync-metrics.ts';

const FIGURES: SyncFigures = {
  isLive: true,
  entries: 41,
  rows: 2,
  oldestMs: 7_800_000,
  heardAgoMs: 4_000,
  reconnects: 3,
  refused: 1,
};

function begin(read: () => SyncFigures | null = () => FIGURES) {
  const registry = new Registry();
  const clock = new VirtualClock(0);
  let asked = 0;
  const counted = async () => {
    asked += 1;
    return read();
  };
  syncMetrics({ registry, clock, read: counted });
  return { clock, asked: () => asked, lines: async () => (await registry.metrics()).split('\n') };
}

describe('the figures of the sync for Prometheus', () => {
  it('are in base units', async () => {
    expect(await begin().lines()).toEqual(
      expect.arrayContaining([
        'lockerhub_sync_live 1',
        'lockerhub_sync_unsent_entries 41',
        'lockerhub_sync_unsent_rows 2',
        'lockerhub_sync_oldest_unsent_seconds 7800',
        'lockerhub_sync_heard_seconds 4',
        'lockerhub_sync_reconnects 3',
        'lockerhub_sync_refused 1',
      ]),
    );
  });

  it('say that they are not known of a building that belongs to no cloud', async () => {
    expect(await begin(() => null).lines()).toContain('lockerhub_sync_unsent_entries Nan');
  });

  it('ask the store once in a while, however often they are asked for, and again after a failure', async () => {
    let isBroken = false;
    const { clock, asked, lines } = begin(() => {
      if (isBroken) throw new Error('the store is away');
      return FIGURES;
    });
    await Promise.all([lines(), lines()]);
    await clock.advance(FRESH_MS - 1);
    await lines();
    expect(asked()).toBe(1);
    await clock.advance(1);
    isBroken = true;
    await expect(lines()).rejects.toThrow('the store is away');
    isBroken = false;
    expect(await lines()).toContain('lockerhub_sync_live 1');
    expect(asked()).toBe(3);
  });
});
