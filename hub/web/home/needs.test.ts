import type { BankView, BuildingView } from '@lockerhub/protocol/http/staff.ts';
import { describe, expect, it } from 'vitest';
import { countDoors, countZones, needsOf } from './needs.ts';

type Door = BankView['doors'][number];
const door = (number: number, more: Partial<Door> = {}): Door => ({
  number,
  door: 'closed',
  sensed: true,
  inService: true,
  unverified: false,
  closedZones: [],
  holds: [],
  ...more,
});
const held = [
  { delivery: '01890000-0000-7000-8000-000000000001', unitName: '4B', state: 'deposited', zone: null },
];

function bank(more: Partial<BankView> = {}): BankView {
  return {
    bank: 'lobby',
    name: 'Lobby',
    layout: { bank: 'lobby', name: 'Lobby', depthMm: 500, bottomMm: 100, columns: [] },
    online: true,
    since: 5,
    lines: [{ line: 'plc', state: 'online' }],
    emergency: null,
    map: { signed: true, untried: [] },
    reach: 'agent',
    doors: [door(1)],
    ...more,
  };
}
function building(more: Partial<BuildingView> = {}): BuildingView {
  return {
    building: 'linden-court',
    name: 'Linden Court',
    timeZone: 'UTC',
    language: 'en',
    epoch: 1,
    fencedBy: null,
    clock: { state: 'trusted', reason: 'ntp', now: 1 },
    disk: 'ok',
    head: { seq: 1, hash: 'a'.repeat(64) },
    banks: [bank()],
    openCases: 0,
    waiting: 0,
    ...more,
  };
}

describe('what needs a person', () => {
  it('is the other hub alone, where another one speaks for the building', () => {
    expect(needsOf(building({ fencedBy: 2, disk: 'low', openCases: 2 }))).toEqual([{ kind: 'fenced' }]);
  });

  it('is nothing when all is well', () => {
    expect(needsOf(building())).toEqual([]);
  });

  it('puts a forced door before a full disk before cases before banks before the clock', () => {
    const needs = needsOf(
      building({
        clock: { state: 'untrusted', reason: 'it is 1970', now: 1 },
        disk: 'low',
        openCases: 2,
        banks: [
          bank({ online: false, since: null }),
          bank({ bank: 'garage', doors: [door(3, { door: 'forced' })] }),
        ],
      }),
    );
    expect(needs.map(({ kind }) => kind)).toEqual(['forced', 'disk', 'cases', 'bank-away', 'clock']);
  });

  it('puts an emergency before everything else', () => {
    const doors = [door(3, { door: 'forced' })];
    const needs = needsOf(building({ banks: [bank({ emergency: 'normal', doors })] }));
    expect(needs.map(({ kind }) => kind)).toEqual(['emergency', 'forced']);
  });

  it('names a line that is away, unless its whole bank is', () => {
    const lines = [{ line: 'plc', state: 'offline' as const, reason: 'no answer' }];
    expect(needsOf(building({ banks: [bank({ lines })] }))).toMatchObject([
      { kind: 'line-away', line: 'plc', reason: 'no answer' },
    ]);
    expect(needsOf(building({ banks: [bank({ lines, online: false })] })).map(({ kind }) => kind)).toEqual([
      'bank-away',
    ]);
  });
});

describe('a bank in numbers', () => {
  const doors = [
    door(1),
    door(2, { holds: held }),
    door(3, { door: 'open' }),
    door(4, { inService: false }),
    door(5, { door: 'unknown' }),
    door(6, { door: 'unsensed', sensed: false }),
    door(7, { door: 'forced', holds: held }),
  ];

  it('has free only what is in service, empty and shut', () => {
    expect(countDoors(bank({ doors }))).toEqual({
      all: 7,
      compartments: 7,
      occupied: 2,
      open: 2,
      outOfService: 1,
      free: 2,
    });
  });

  it('counts the zones of a room, and not its door, as in use or free', () => {
    const zones = ['A1', 'A2', 'A3', 'A4'].map((zone) => ({ zone, size: 'M' as const, shelfMm: 900 }));
    const cells = [{ number: 1, size: 'XL' as const, heightMm: 2_000, zones }];
    const layout = { ...bank().layout, columns: [{ widthMm: 900, cells }] };
    const inRoom = held.map((parcel) => ({ ...parcel, zone: 'A1' }));
    const room = door(1, { holds: [...inRoom, ...inRoom], closedZones: ['A3'] });
    const standing = bank({ layout, doors: [room] });
    expect(countDoors(standing)).toMatchObject({ all: 1, compartments: 0, occupied: 0, free: 0 });
    expect(countZones(standing)).toEqual({ all: 4, free: 2 });
    for (const shut of [{ inService: false }, { unverified: true }, { door: 'open' as const }]) {
      expect(countZones(bank({ layout, doors: [{ ...room, ...shut }] })).free).toBe(0);
    }
    expect(countZones(bank({ layout, doors: [room], online: false })).free).toBe(0);
  });

  it('has nothing free while it is away', () => {
    expect(countDoors(bank({ doors, online: false })).free).toBe(0);
  });
});
