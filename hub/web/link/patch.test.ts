import type { BuildingView, LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import { describe, expect, it } from 'vitest';
import { addHappening, HAPPENINGS_KEPT, patchBuilding, readLiveEvent, staleAfter } from './patch.ts';

const HASH = 'a'.repeat(64);
const building: BuildingView = {
  building: 'linden-court',
  name: 'Linden Court',
  timeZone: 'Europe/Berlin',
  language: 'en',
  epoch: 1,
  fencedBy: null,
  clock: { state: 'trusted', reason: 'ntp', now: 1_000 },
  disk: 'ok',
  head: { seq: 7, hash: HASH },
  banks: ['lobby', 'garage'].map((bank) => ({
    bank,
    name: bank,
    layout: {
      bank,
      name: bank,
      depthMm: 500,
      bottomMm: 100,
      columns: [{ widthMm: 400, cells: [{ number: 1, size: 'S', heightMm: 200 }] }],
    },
    map: { signed: true, untried: [] },
    online: true,
    since: 500,
    lines: [],
    emergency: null,
    reach: 'agent',
    doors: [
      {
        number: 1,
        door: 'closed',
        sensed: true,
        inService: true,
        unverified: false,
        holds: [],
        closedZones: [],
      },
    ],
  })),
  openCases: 0,
  waiting: 0,
};

function entry(seq: number, type = 'hub.started', data: Record<string, unknown> = {}): LogEntryView {
  return { seq, epoch: 1, hash: HASH, type, at: 1, clock: 'trusted', by: { kind: 'hub' }, data };
}

function event(name: string, data: unknown) {
  const read = readLiveEvent(name, data);
  if (!read) throw new Error(`no event "${name}"`);
  return read;
}

const UNPROVEN = { signed: false, untried: [] };

describe('a live event', () => {
  it('changes the one door that it is about', () => {
    const after = patchBuilding(
      building,
      event('door', {
        bank: 'garage',
        number: 1,
        door: 'open',
        sensed: true,
        inService: true,
        unverified: false,
        closedZones: [],
        holds: [],
      }),
    );
    expect(after.banks[1]?.doors[0]?.door).toBe('open');
    expect(after.banks[0]).toBe(building.banks[0]);
  });

  it('of a bank that the page does not know changes nothing', () => {
    const away = {
      bank: 'attic',
      name: 'Attic',
      online: false,
      since: null,
      lines: [],
      emergency: null,
      map: UNPROVEN,
    };
    expect(patchBuilding(building, event('bank', away))).toBe(building);
  });

  it('keeps layout and doors when a bank goes away', () => {
    const away = {
      bank: 'lobby',
      name: 'Lobby',
      online: false,
      since: 900,
      lines: [],
      emergency: null,
      map: UNPROVEN,
    };
    const after = patchBuilding(building, event('bank', away)).banks[0];
    expect(after).toMatchObject({ online: false, since: 900 });
    expect(after?.doors).toBe(building.banks[0]?.doors);
  });

  it('moves the head forward, never back', () => {
    expect(patchBuilding(building, event('entry', entry(8))).head.seq).toBe(8);
    expect(patchBuilding(building, event('entry', entry(6))).head.seq).toBe(7);
  });

  it('of a name that newer hubs use is passed over', () => {
    expect(readLiveEvent('weather', {})).toBeUndefined();
    expect(readLiveEvent('toString', {})).toBeUndefined();
  });

  it('that does not fit the contract is an error, not a guess', () => {
    expect(() => readLiveEvent('door', { bank: 'lobby', number: 1, door: 'ajar' })).toThrow();
  });
});

describe('the list of what happens', () => {
  it('takes the next entry, newest first, and stays bounded', () => {
    const full = Array.from({ length: HAPPENINGS_KEPT }, (_, index) => entry(HAPPENINGS_KEPT - index));
    const after = addHappening(full, entry(HAPPENINGS_KEPT + 1));
    expect(after).toHaveLength(HAPPENINGS_KEPT);
    expect(after?.[0]?.seq).toBe(HAPPENINGS_KEPT + 1);
  });

  it('takes no entry twice', () => {
    const entries = [entry(3), entry(2)];
    expect(addHappening(entries, entry(3))).toBe(entries);
    expect(addHappening(entries, entry(2))).toBe(entries);
  });

  it('is asked for anew when an entry was missed', () => {
    expect(addHappening([entry(3)], entry(5))).toBeNull();
  });
});

describe('what is asked for anew', () => {
  it.each([
    ['delivery.deposited', {}, 'deliveries'],
    ['message.sent', {}, 'outbox'],
    ['case.opened', {}, 'cases'],
    ['terminal.paired', {}, 'terminals'],
    ['agent.joined', {}, 'agents'],
    ['row.changed', { table: 'residents' }, 'residents'],
    ['row.changed', { table: 'couriers' }, 'couriers'],
    ['row.changed', { table: 'couriers' }, 'carriers'],
    ['row.changed', { table: 'carriers' }, 'carriers'],
    ['row.changed', { table: 'carriers' }, 'deliveries'],
    ['row.changed', { table: 'banks' }, 'building'],
    ['compartment.retired', {}, 'building'],
    ['clock.distrusted', {}, 'building'],
    ['commissioning.signed', {}, 'building'],
    ['grant.ended', { delivery: 'd' }, 'delivery'],
    ['grant.ended', { delivery: null }, 'health'],
    ['lock.jammed', {}, 'health'],
    ['supply.failed', {}, 'health'],
    ['row.changed', { table: 'policies' }, 'health'],
    ['row.changed', { table: 'policies' }, 'policy'],
  ] as const)('after %s %o: %s', (type, data, name) => {
    expect(staleAfter(event('entry', entry(9, type, data)))).toContain(name);
  });

  it('after a door moved: only a walk through its bank, the event says the rest', () => {
    const moved = {
      bank: 'lobby',
      number: 1,
      door: 'open',
      sensed: true,
      inService: true,
      unverified: false,
      closedZones: [],
      holds: [],
    };
    expect(staleAfter(event('door', moved))).toEqual(['commissioning']);
  });
});
