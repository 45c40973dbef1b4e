import { NEED_KINDS } from '@lockerhub/protocol/http/fleet.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLOCK_OFF_MS,
  type Heard,
  isOnline,
  needsOf,
  newestOf,
  SILENT_AFTER_MS,
  type Standing,
  weightOf,
} from './needs.ts';

const NOW = 1_800_000_000_000;
const HEARD: Heard = {
  lastMs: NOW,
  clock: 'trusted',
  clockOffMs: 0,
  disk: 'ok',
  unsentEntries: 0,
  unsentBefore: 0,
  software: 'lockerhub 0.2.0',
  agents: [{ software: 'edge-agent 0.2.0' }],
};
const WELL: Standing = {
  hub: HEARD,
  frozen: false,
  forked: false,
  quarantined: 0,
  openCases: 0,
  damagedSeq: null,
};
const kinds = (standing: Standing, newest: string | null = '0.2.0') =>
  needsOf(standing, NOW, newest).map(({ kind }) => kind);
const heard = (change: Partial<Heard>) => kinds({ ...WELL, hub: { ...HEARD, ...change } });

describe('the needs of a building', () => {
  it('are none while all is well', () => {
    expect(kinds(WELL)).toEqual([]);
  });

  it.each<[string, Partial<Heard>, string[]]>([
    ['heard a quarter of an hour ago', { lastMs: NOW - SILENT_AFTER_MS }, []],
    ['silent for longer', { lastMs: NOW - SILENT_AFTER_MS - 1 }, ['silent']],
    ['a clock five minutes ahead', { clockOffMs: CLOCK_OFF_MS }, []],
    ['a clock further ahead', { clockOffMs: CLOCK_OFF_MS + 1 }, ['clock-off']],
    ['a clock in 1970', { clockOffMs: -NOW, clock: 'untrusted' }, ['clock-off', 'clock-untrusted']],
    ['a full disk', { disk: 'low' }, ['disk-low']],
    [
      'many entries unsent, and more of them',
      { unsentEntries: 9_000, unsentBefore: 800 },
      ['unsent-growing'],
    ],
    ['many unsent, and fewer of them: it catches up', { unsentEntries: 9_000, unsentBefore: 9_001 }, []],
    ['few unsent', { unsentEntries: 40, unsentBefore: 0 }, []],
    ['many unsent, first sight of it', { unsentEntries: 9_000, unsentBefore: null }, []],
    ['an older version', { software: 'lockerhub 0.1.9', agents: [] }, ['version-behind']],
    [
      'one that came before the newest was final',
      { software: 'lockerhub 0.2.0-rc.3', agents: [] },
      ['version-behind'],
    ],
    ['a version that nobody can read', { software: 'a build of mine' }, []],
    [
      'an agent of an older version',
      { agents: [{ software: 'edge-agent 0.1.0' }, { software: 'edge-agent 0.2.0' }] },
      ['agents-differ'],
    ],
    ['an agent of a newer one', { agents: [{ software: 'edge-agent 0.2.1' }] }, ['agents-differ']],
    ['an agent whose version nobody can read', { agents: [{ software: 'mine' }] }, []],
  ])('name %s', (_what, change, expected) => {
    expect(heard(change)).toEqual(expected);
  });

  it('name what the cloud itself knows', () => {
    const all = {
      ...WELL,
      hub: null,
      frozen: true,
      forked: true,
      quarantined: 2,
      openCases: 3,
      damagedSeq: 7,
    };
    expect(needsOf(all, NOW, null)).toEqual([
      { kind: 'log-damaged', figure: 7 },
      { kind: 'fork', figure: null },
      { kind: 'frozen', figure: null },
      { kind: 'quarantine', figure: 2 },
      { kind: 'cases', figure: 3 },
      { kind: 'no-hub', figure: null },
    ]);
  });

  it('weigh by the gravest first, whatever else there is', () => {
    const some = fc.subarray([...NEED_KINDS], { minLength: 1 });
    fc.assert(
      fc.property(some, some, (a, b) => {
        const weight = (of: readonly (typeof NEED_KINDS)[number][]) =>
          weightOf(of.map((kind) => ({ kind, figure: null })));
        const gravest = (of: readonly (typeof NEED_KINDS)[number][]) => NEED_KINDS.indexOf(of[0] as never);
        if (gravest(a) < gravest(b)) expect(weight(a)).toBeGreaterThan(weight(b));
        expect(weight(a)).toBeGreaterThan(weightOf([]));
      }),
    );
  });
});

it('finds the newest version by its numbers, not by its letters', () => {
  expect(newestOf(['lockerhub 0.9.0', 'lockerhub 0.10.0', '', 'lockerhub 0.2.11'])).toBe('lockerhub 0.10.0');
  expect(newestOf(['lockerhub 0.3.0-rc.1', 'lockerhub 0.3.0', 'lockerhub 0.2.0'])).toBe('lockerhub 0.3.0');
  expect(newestOf(['nothing'])).toBeNull();
});

it('counts a hub as online for two missed heartbeats and no longer', () => {
  expect([isOnline(NOW - 75_000, NOW), isOnline(NOW - 75_001, NOW), isOnline(null, NOW)]).toEqual([
    true,
    false,
    false,
  ]);
});
