import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { BANKS_SHOWN, type BankLocks, FRESH_MS, LockMetrics } from './lock-metrics.ts';

function begin(banks: string[], read: (bank: string) => Partial<BankLocks> = () => ({})) {
  const registry = new Registry();
  const clock = new VirtualClock(0);
  const asked: string[] = [];
  new LockMetrics({
    registry,
    clock,
    banks: () => banks,
    read: async (bank) => {
      asked.push(bank);
      const nothing = { openings: 0, jams: 0, retries: 0, wearing: 0, outOfService: 0 };
      return { bank, ...nothing, medianMs: null, p95Ms: null, isEmergency: false, ...read(bank) };
    },
  });
  return { clock, asked, banks, lines: async () => (await registry.metrics()).split('\n') };
}

describe('the figures of locks for Prometheus', () => {
  it('are one series a bank, in base units', async () => {
    const hall = { openings: 12, jams: 2, medianMs: 45, p95Ms: 900, wearing: 1, isEmergency: true };
    const { lines } = begin(['hall', 'yard'], (bank) => (bank === 'hall' ? hall : {}));
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'lockerhub_lock_openings{bank="hall"} 12',
        'lockerhub_lock_jams{bank="hall"} 2',
        'lockerhub_lock_opening_seconds{bank="hall",quantile="0.5"} 0.045',
        'lockerhub_lock_opening_seconds{bank="hall",quantile="0.95"} 0.9',
        'lockerhub_locks_wearing{bank="hall"} 1',
        'lockerhub_bank_emergency{bank="hall"} 1',
        'lockerhub_lock_openings{bank="yard"} 0',
      ]),
    );
    expect((await lines()).filter((line) => line.includes('opening_seconds{bank="yard"'))).toEqual([]);
  });

  it('ask the store once a minute, however often they are asked for', async () => {
    const { clock, asked, lines } = begin(['hall']);
    await Promise.all([lines(), lines()]);
    await clock.advance(FRESH_MS - 1);
    await lines();
    expect(asked).toEqual(['hall']);
    await clock.advance(1);
    await lines();
    expect(asked).toEqual(['hall', 'hall']);
  });

  it('have no more series than so many banks, and say how many are left out', async () => {
    const { banks, clock, lines } = begin(Array.from({ length: BANKS_SHOWN + 3 }, (_, n) => `bank-${n}`));
    const series = async () => (await lines()).filter((line) => line.startsWith('lockerhub_lock_openings{'));
    expect(await series()).toHaveLength(BANKS_SHOWN);
    expect(await lines()).toContain('lockerhub_lock_banks_left_out 3');
    banks.splice(1);
    await clock.advance(FRESH_MS);
    expect(await series()).toEqual(['lockerhub_lock_openings{bank="bank-0"} 0']);
  });

  it('try again after a failure', async () => {
    let isBroken = true;
    const { lines } = begin(['hall'], () => {
      if (isBroken) throw new Error('the store is away');
      return { openings: 3 };
    });
    await expect(lines()).rejects.toThrow('the store is away');
    isBroken = false;
    expect(await lines()).toContain('lockerhub_lock_openings{bank="hall"} 3');
  });
});
