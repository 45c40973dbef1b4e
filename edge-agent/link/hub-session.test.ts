import { HEARTBEAT_LOST_MS, type Heartbeat, VERSION } from '@lockerhub/protocol/bank/messages.ts';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../sim/clock/seeded-random.ts';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { VirtualJournal } from '../../sim/scenarios/virtual/virtual-journal.ts';
import type { BankLink, FromHub, LinkListener } from './bank-link.ts';
import { EventOutbox, RESEND_AFTER_MS } from './event-outbox.ts';
import { FIRST_HEARTBEAT_WITHIN_MS, HubSession } from './hub-session.ts';

const bootId = '0197b7a0-0000-7000-8000-000000000001';
const otherBootId = '0197b7a0-0000-7000-8000-000000000002';

/** A carrier in memory: the test plays broker and hub. */
class MemoryLink implements BankLink {
  readonly sent: { name: string; message: { session?: number; number?: number; agent?: string } }[] = [];
  readonly listeners: LinkListener[] = [];
  readonly wills: number[] = [];
  closed = 0;

  connect(will: { session: number }, listener: LinkListener) {
    this.wills.push(will.session);
    this.listeners.push(listener);
    return {
      publish: async (name: string, message: object) => {
        this.sent.push({ name, message });
      },
      close: async () => {
        this.closed += 1;
      },
    };
  }

  get last(): LinkListener {
    const last = this.listeners.at(-1);
    if (!last) throw new Error('nothing has connected');
    return last;
  }

  events() {
    return this.sent.filter(({ name }) => name === 'event').map(({ message }) => message);
  }
}

let expelled: number;

async function begin() {
  expelled = 0;
  const clock = new VirtualClock(0);
  const link = new MemoryLink();
  const requests: FromHub[] = [];
  let number = 0;
  const session = new HubSession({
    link,
    outbox: await EventOutbox.open(
      { journal: new VirtualJournal(clock, { records: [] }), onFailure: () => {} },
      { nowMs: clock.monotonicMs(), wallMs: clock.wallMs() },
    ),
    clock,
    random: new SeededRandom(1),
    log: pino({ level: 'silent' }),
    raiseSession: async () => ++number,
    bank: {
      lines: () => [],
      compartments: () => [{ compartment: 1, sensed: true, door: 'closed', grant: null, delivery: null }],
      state: () => ({ software: 'test', epoch: 1, head: null, compartments: [1] }),
    },
    onHeartbeat: () => null,
    onExpelled: () => {
      expelled += 1;
    },
    onRequest: (request) => requests.push(request),
  });
  running = session;
  const beat = (change: Partial<Heartbeat> = {}) =>
    link.last.message({
      name: 'heartbeat',
      message: {
        v: VERSION,
        session: number,
        hub: { bootId, monotonicMs: 1_000_000 + clock.monotonicMs() },
        epoch: 1,
        head: null,
        ...change,
      },
    });
  return { clock, link, session, requests, beat, current: () => number };
}

let running: HubSession | undefined;
afterEach(() => running?.stop());

describe('a session with the hub', () => {
  it('announces itself first, with the number that its will has', async () => {
    const { clock, link, session } = await begin();
    session.start();
    await clock.advance(1);
    expect(session.number).toBeNull();
    link.last.up();
    expect(link.wills).toEqual([1]);
    expect(link.sent.map(({ name }) => name)).toEqual(['availability', 'state', 'compartment']);
    expect(link.sent.every(({ message }) => message.session === 1)).toBe(true);
    expect(session.number).toBe(1);
  });

  it('begins another one if the first heartbeat is late, and trusts no time before it', async () => {
    const { clock, link, session, beat } = await begin();
    session.start();
    await clock.advance(1);
    link.last.up();
    await clock.advance(FIRST_HEARTBEAT_WITHIN_MS - 1);
    expect(session.hubTime?.alive(clock.monotonicMs())).toBe(false);
    await clock.advance(1);
    expect(session.number).toBeNull();
    await clock.advance(1_000);
    expect(link.wills).toEqual([1, 2]);
    link.last.up();
    beat();
    expect(session.hubTime?.alive(clock.monotonicMs())).toBe(true);
  });

  it('ignores the heartbeat of another session, and ends with another boot of the hub', async () => {
    const { clock, link, session, beat } = await begin();
    session.start();
    await clock.advance(1);
    link.last.up();
    beat({ session: 77 });
    expect(session.hubTime?.alive(clock.monotonicMs())).toBe(false);
    beat();
    beat({ hub: { bootId: otherBootId, monotonicMs: 5 } });
    expect(session.number).toBeNull();
    await clock.advance(1_000);
    expect(link.wills).toEqual([1, 2]);
  });

  it('does not take an old open for a fresh one when its link was frozen', async () => {
    const { clock, link, session, beat } = await begin();
    session.start();
    await clock.advance(1);
    link.last.up();
    beat();
    await clock.advance(HEARTBEAT_LOST_MS - 500);
    // All that the hub sent in these seconds arrives now: a heartbeat and an open, both four seconds old.
    const sentAtMs = 1_000_000 + clock.monotonicMs() - 4_000;
    beat({ hub: { bootId, monotonicMs: sentAtMs } });
    const deadline = { bootId, monotonicMs: sentAtMs + 3_000 };
    expect(session.hubTime?.passed(deadline, clock.monotonicMs())).toBe(true);
  });

  it('begins another one when the heartbeat stops, with ever longer pauses up to a cap', async () => {
    const { clock, link, session, beat } = await begin();
    session.start();
    await clock.advance(1);
    link.last.up();
    beat();
    await clock.advance(HEARTBEAT_LOST_MS);
    expect(session.number).toBeNull();
    expect(link.closed).toBe(1);
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const known = link.wills.length;
      const sinceMs = clock.monotonicMs();
      while (link.wills.length === known) await clock.advance(10);
      pauses.push(clock.monotonicMs() - sinceMs);
      link.last.down('refused', false);
    }
    expect(Math.max(...pauses)).toBeLessThanOrEqual(10_010);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(5_000);
    expect(pauses[0]).toBeLessThanOrEqual(510);
  });

  it('tells events until they are acknowledged, also those from before the session', async () => {
    const { clock, link, session, beat } = await begin();
    session.tell({ kind: 'forced', compartment: 1, grant: null, delivery: null });
    session.start();
    await clock.advance(1);
    link.last.up();
    beat();
    // Kept before the session: its name has to be durable first.
    await clock.advance(10);
    expect(link.events()).toMatchObject([{ session: 1, number: 1 }]);
    for (let passed = 0; passed < 2 * RESEND_AFTER_MS; passed += 1_000) {
      await clock.advance(1_000);
      beat();
    }
    expect(link.events().length).toBeGreaterThanOrEqual(2);
    link.last.message({ name: 'ack', message: { v: VERSION, session: 1, number: 1 } });
    const told = link.events().length;
    for (let passed = 0; passed < 2 * RESEND_AFTER_MS; passed += 1_000) {
      await clock.advance(1_000);
      beat();
    }
    expect(link.events()).toHaveLength(told);
  });

  it('says that it was expelled when the hub says so, and not for any other end', async () => {
    const { clock, link, session } = await begin();
    session.start();
    await clock.advance(1);
    link.last.down('cut', false);
    expect(expelled).toBe(0);
    await clock.advance(1_000);
    link.last.down('revoked', true);
    expect(expelled).toBe(1);
  });

  it('hears nothing from a connection that is over', async () => {
    const { clock, link, session, requests } = await begin();
    session.start();
    await clock.advance(1);
    const old = link.last;
    old.up();
    old.down('cut', false);
    await clock.advance(1_000);
    link.last.up();
    old.message({ name: 'outcomes', message: { v: VERSION, id: bootId, session: 1, grants: [] } });
    expect(requests).toEqual([]);
    link.last.message({ name: 'outcomes', message: { v: VERSION, id: bootId, session: 2, grants: [] } });
    expect(requests).toHaveLength(1);
  });
});
