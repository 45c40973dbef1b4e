import { beforeEach, describe, expect, it } from 'vitest';
import { AWAY, BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';
import type { Policy } from './policy.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const { single, pair } = PEOPLE;
const ALONE = { unit: single.unit, resident: null };

let rig: BuildingRig;

/** A building at an instant of the wall clock. */
async function at(iso: string, timeZone = 'Europe/Berlin', policy: Partial<Policy> = {}): Promise<void> {
  rig = await BuildingRig.start({ policy });
  rig.timeZone = timeZone;
  await rig.clock.advance(Math.max(0, Date.parse(iso) - rig.clock.wallMs()));
  await rig.allOnline();
}

/** All that is queued goes out. */
async function sendAll(): Promise<void> {
  for (const { id } of [...rig.building.model.messages.values()]) {
    await rig.do({ type: 'message-sent', message: id, channel: 'email' });
  }
}

async function told(to: { unit: string; resident: string | null } = ALONE): Promise<string> {
  const delivery = await rig.dropOff(to);
  await rig.tell();
  await sendAll();
  return delivery;
}

/** When messages of a kind were queued, and to whom. */
function queued(kind: string): { at: string; resident: string; deliveries: string[] }[] {
  return rig.payloads().flatMap((payload) =>
    payload.type === 'message.queued' && payload.data.kind === kind
      ? [
          {
            at: new Date(payload.at).toISOString().slice(0, 16),
            resident: payload.data.resident,
            deliveries: payload.data.deliveries,
          },
        ]
      : [],
  );
}

const openCases = () => rig.entries('case.opened').filter(({ kind }) => kind === 'uncollected');

beforeEach(() => AWAY.clear());

describe('a parcel that waits', () => {
  it('is told of at once by night, and reminded of by day: after 24 and 72 hours, then no more', async () => {
    await at('2026-06-01T01:00:00Z');
    await told();
    expect(queued('parcels-arrived').map(({ at }) => at)).toEqual(['2026-06-01T01:01']);
    await rig.clock.advance(DAY_MS);
    expect(queued('reminder')).toEqual([]);
    await rig.clock.advance(5 * HOUR_MS + 15 * 60_000);
    // 08:00 in Berlin's summer is 06:00 UTC.
    expect(queued('reminder').map(({ at }) => at.slice(0, 14))).toEqual(['2026-06-02T06:']);
    await sendAll();
    await rig.clock.advance(3 * DAY_MS);
    expect(queued('reminder').map(({ at }) => at.slice(0, 14))).toEqual(['2026-06-02T06:', '2026-06-04T06:']);
    await sendAll();
    await rig.clock.advance(60 * DAY_MS);
    expect(queued('reminder')).toHaveLength(2);
  });

  it('is reminded of once in the hour that clocks repeat, and by the clocks of each day', async () => {
    // In Berlin 2026-10-25 has 02:00 to 03:00 twice: from 00:00 and from 01:00 UTC.
    await at('2026-10-24T00:20:00Z', 'Europe/Berlin', { remindFromHour: 2, remindUntilHour: 3 });
    await told();
    await rig.clock.advance(DAY_MS + 3 * HOUR_MS);
    expect(queued('reminder').map(({ at }) => at.slice(0, 13))).toEqual(['2026-10-25T00']);
    await sendAll();
    // Due in the second of the two hours: it goes then, once.
    await at('2026-10-24T01:20:00Z', 'Europe/Berlin', { remindFromHour: 2, remindUntilHour: 3 });
    await told();
    await rig.clock.advance(DAY_MS + 3 * HOUR_MS);
    expect(queued('reminder').map(({ at }) => at.slice(0, 13))).toEqual(['2026-10-25T01']);
    // 08:00 is 07:00 UTC from that day on.
    await at('2026-10-24T03:00:00Z');
    await told();
    await rig.clock.advance(DAY_MS + 6 * HOUR_MS);
    expect(queued('reminder').map(({ at }) => at.slice(0, 13))).toEqual(['2026-10-25T07']);
    // The hour that lacks in spring, 02:00 to 03:00 on 2027-03-28, moves it to the next day.
    await at('2027-03-27T01:20:00Z', 'Europe/Berlin', { remindFromHour: 2, remindUntilHour: 3 });
    await told();
    await rig.clock.advance(2 * DAY_MS);
    expect(queued('reminder').map(({ at }) => at.slice(0, 13))).toEqual(['2027-03-29T00']);
  });

  it('becomes one case after seven days, and its code stays good', async () => {
    await at('2026-06-01T10:00:00Z');
    const delivery = await told();
    await rig.clock.advance(6.9 * DAY_MS);
    await sendAll();
    expect(openCases()).toEqual([]);
    await rig.clock.advance(0.2 * DAY_MS);
    expect(openCases()).toMatchObject([{ delivery }]);
    const { case: opened } = openCases()[0] ?? { case: '' };
    await rig.do({ type: 'close-case', staff: PEOPLE.staff, case: opened, resolution: 'They are ill.' });
    await rig.clock.advance(30 * DAY_MS);
    expect(openCases()).toHaveLength(1);
    const code = rig.building.codeOf(single.resident) ?? '';
    await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
    expect(rig.takeOpen()).toMatchObject({ delivery });
  });

  it('is in one message with the others that are due', async () => {
    await at('2026-06-01T10:00:00Z');
    const first = await told();
    const second = await told();
    await rig.clock.advance(DAY_MS);
    expect(
      queued('reminder')
        .flatMap(({ deliveries }) => deliveries)
        .sort(),
    ).toEqual([first, second].sort());
  });

  it('is not reminded of once it was collected', async () => {
    await at('2026-06-01T10:00:00Z');
    await told();
    const code = rig.building.codeOf(single.resident) ?? '';
    const { visit } = await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    await rig.do({ type: 'end-visit', terminal: TERMINALS.a, visit });
    await rig.clock.advance(10 * DAY_MS);
    expect(queued('reminder')).toEqual([]);
    expect(openCases()).toEqual([]);
  });
});

describe('the clock', () => {
  it.each([
    // Clocks go back at 01:00 UTC on 2026-10-25 in Berlin, from 03:00 to 02:00; forward on 2027-03-28.
    ['2026-10-24T05:30:00Z', '2026-10-25T07:'],
    ['2027-03-27T06:30:00Z', '2027-03-28T06:'],
  ])(
    'of a building whose hour repeats or lacks: a parcel of %s is reminded of once, at 8 on its clocks',
    async (from, reminded) => {
      await at(from);
      await told();
      await rig.clock.advance(2 * DAY_MS);
      await sendAll();
      expect(queued('reminder').map(({ at }) => at.slice(0, 14))).toEqual([reminded]);
    },
  );

  it('that is not trusted lets nothing happen; once it is, what is due happens', async () => {
    await at('2026-06-01T10:00:00Z');
    await told();
    rig.clockTrust = 'untrusted';
    await rig.clock.advance(8 * DAY_MS);
    expect(queued('reminder')).toEqual([]);
    expect(openCases()).toEqual([]);
    rig.clockTrust = 'trusted';
    await rig.clock.advance(15 * 60_000);
    expect(queued('reminder')).toHaveLength(1);
    expect(openCases()).toHaveLength(1);
  });

  it('that was not trusted when a parcel came counts from what this process saw', async () => {
    await at('2026-06-01T10:00:00Z');
    rig.clockTrust = 'untrusted';
    await told();
    rig.clockTrust = 'trusted';
    await rig.clock.advance(23 * HOUR_MS);
    expect(queued('reminder')).toEqual([]);
    await rig.clock.advance(2 * HOUR_MS);
    expect(queued('reminder')).toHaveLength(1);
  });
});

describe('after an outage', () => {
  it('of the provider, the late first message stands for the reminder', async () => {
    await at('2026-06-01T10:00:00Z');
    await rig.dropOff(ALONE);
    await rig.clock.advance(30 * HOUR_MS);
    expect(queued('reminder')).toEqual([]);
    await sendAll();
    await rig.clock.advance(30 * HOUR_MS);
    expect(queued('reminder')).toEqual([]);
    // The one of 72 hours still comes.
    await rig.clock.advance(14 * HOUR_MS);
    expect(queued('reminder')).toHaveLength(1);
  });

  it('of the hub, one reminder stands for all that were missed', async () => {
    await at('2026-06-01T10:00:00Z');
    await told();
    await rig.kill();
    await rig.clock.advance(5 * DAY_MS);
    await rig.boot();
    await rig.clock.advance(HOUR_MS);
    expect(queued('reminder')).toHaveLength(1);
    await sendAll();
    await rig.kill();
    await rig.boot();
    await rig.clock.advance(DAY_MS);
    expect(queued('reminder')).toHaveLength(1);
  });
});

describe('somebody who is away', () => {
  it('is not reminded, and nobody is called, until two days after the return', async () => {
    await at('2026-06-01T10:00:00Z');
    AWAY.set(single.resident, { from: '2026-06-01', until: '2026-06-10' });
    await told();
    await rig.clock.advance(Date.parse('2026-06-10T21:00:00Z') - rig.clock.wallMs());
    expect(queued('reminder')).toEqual([]);
    await rig.clock.advance(DAY_MS);
    expect(queued('reminder').map(({ at }) => at.slice(0, 14))).toEqual(['2026-06-11T06:']);
    await sendAll();
    expect(openCases()).toEqual([]);
    await rig.clock.advance(2 * DAY_MS);
    expect(openCases()).toHaveLength(1);
  });

  it('leaves the others of the household reminded', async () => {
    await at('2026-06-01T10:00:00Z');
    const [gone = '', here = ''] = pair.residents;
    AWAY.set(gone, { from: '2026-06-01', until: '2026-06-10' });
    await told({ unit: pair.unit, resident: null });
    await rig.clock.advance(DAY_MS);
    expect(queued('reminder').map(({ resident }) => resident)).toEqual([here]);
  });
});
