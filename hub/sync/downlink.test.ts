/** What a shape brings is kept with the place behind it, or neither is: a kill loses no row. */
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { beforeEach, expect, it } from 'vitest';
import { StoreError } from '../store/store-error.ts';
import type { ShapeRow } from './cloud.ts';
import { Downlink, type DownlinkOptions } from './downlink.ts';

const PLACE = { handle: 'h', offset: '7_0' };
const MARK = { name: 'shape/units', value: JSON.stringify(PLACE) };

/** What each transaction that was begun wrote, and how the next ones fail. */
let written: Parameters<DownlinkOptions['log']['merge']>[1][];
let failures: (StoreError | null)[];
let downlink: Downlink;

beforeEach(() => {
  written = [];
  failures = [];
  downlink = new Downlink({
    store: {} as DownlinkOptions['store'],
    log: {
      async merge(_into, arrival) {
        const failure = failures.shift();
        if (failure) throw failure;
        written.push(arrival);
        return { entries: [], written: [], changed: [] };
      },
      append: () => Promise.reject(new Error('rows and their place are one transaction')),
    },
    onArrived: () => {},
  });
});

const arriving = (count: number): ShapeRow[] =>
  Array.from({ length: count }, (_, index) => {
    const stamp = { atMs: 1_700_000_000_000, count: 0, node: 'cloud' };
    const stamps = { fields: { name: stamp }, switches: {}, removed: null, erased: null, unknown: {} };
    return { id: newId(systemClock, systemRandom), name: `Unit ${index}`, stamps };
  });
it('writes the place with the last of the rows, never before them', async () => {
  await downlink.apply('units', arriving(600), PLACE);
  expect(written.map(({ rows }) => rows.length)).toEqual([250, 250, 100]);
  expect(written.map(({ marks }) => marks)).toEqual([[], [], [MARK]]);
});

it('keeps the place before these rows where the store does not take them all', async () => {
  failures = [null, new StoreError('closed', 'the plug was pulled')];
  await expect(downlink.apply('units', arriving(300), PLACE)).rejects.toMatchObject({ code: 'closed' });
  expect(written.flatMap(({ marks }) => marks)).toEqual([]);
});

it('passes the place where nothing new came', async () => {
  await downlink.apply('units', [], PLACE);
  expect(written.map(({ marks }) => marks)).toEqual([[MARK]]);
});
