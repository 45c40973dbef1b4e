import { HEARTBEAT_MS, VERSION } from '@lockerhub/protocol/bank/messages.ts';
import type { Arrived } from '@lockerhub/protocol/bank/topics.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../sim/clock/seeded-random.ts';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { createLogger } from '../config/logging.ts';
import type { BankCommand, HandOverCommand } from '../deliveries/bank-command.ts';
import { Refusal } from '../deliveries/refusal.ts';
import { StoreError } from '../store/store-error.ts';
import { BankLink, MAX_WAITING } from './bank-link.ts';

const BOOT = '01890000-0000-7000-8000-00000000b007';
const GRANT = '01890000-0000-7000-8000-000000000001';

let clock: VirtualClock;
let link: BankLink;
let sent: { name: string; message: Record<string, unknown> }[];
let done: (BankCommand | HandOverCommand)[];
let execute: (command: BankCommand | HandOverCommand) => Promise<unknown>;
let cut: number;
let beside: () => Promise<void>;
const CERTIFICATE = { text: 'a claim', signature: 'c2ln' };
const IN_NO_LOG = { grantSeq: null, newestSeq: null };

beforeEach(() => {
  clock = new VirtualClock(1_700_000_000_000);
  sent = [];
  done = [];
  cut = 0;
  beside = async () => {};
  execute = async (command) => void done.push(command);
  link = new BankLink({
    bank: 'hall',
    clock,
    random: new SeededRandom(1),
    log: createLogger('silent'),
    bootId: BOOT,
    epoch: 3,
    certificate: () => CERTIFICATE,
    hashAt: async (seq) => (seq === 5 ? 'cd'.repeat(32) : null),
    head: () => ({ seq: 7, hash: 'ab'.repeat(32) }),
    publish: async (name, message) => {
      sent.push({ name, message });
      return true;
    },
    execute: (command) => execute(command),
    onListHeld: () => {},
    onScan: () => {},
    onState: () => {},
    onChange: () => {},
    history: {
      beside: (_bank, records) => beside().then(() => records.map((one) => ({ ...one, ...IN_NO_LOG }))),
    },
    disconnect: () => (cut += 1),
  });
});

function available(session: number, agent: 'online' | 'offline' = 'online'): void {
  link.receive({ name: 'availability', message: { v: VERSION, session, agent, lines: [] } });
}

function door(session: number): Arrived {
  const report = { v: VERSION, session, compartment: 1, sensed: true, door: 'closed' as const };
  return { name: 'compartment', message: { ...report, grant: null, delivery: null } };
}

function event(session: number, number: number): Arrived {
  const happened = { v: VERSION, session, number, kind: 'opened' as const, compartment: 1, ageMs: 5 };
  return { name: 'event', message: { ...happened, grant: GRANT, delivery: null } };
}

const types = async () => {
  await link.settled();
  return done.map((command) => command.type);
};
const sentOf = (name: string) => sent.filter((one) => one.name === name).map(({ message }) => message);
const openAt = (session: number, deadlineMs: number) =>
  link.open({
    type: 'open',
    bank: 'hall',
    session,
    grant: GRANT,
    delivery: null,
    purpose: 'staff',
    compartment: 1,
    deadlineMs,
  });

describe('sessions', () => {
  it('begin with an announcement: at boot a bank is unknown, and nothing that it says counts', async () => {
    expect([link.online, link.session]).toEqual([false, null]);
    link.receive(door(1));
    link.receive(event(1, 1));
    expect(await types()).toEqual([]);
    available(1);
    link.receive(door(1));
    expect([await types(), link.session]).toEqual([['bank-online', 'door-seen'], 1]);
  });

  it('are not ended by the will of an older one', async () => {
    available(1);
    available(2);
    available(1, 'offline');
    expect([await types(), link.session]).toEqual([['bank-online', 'bank-online'], 2]);
    available(2, 'offline');
    expect([(await types()).at(-1), link.session]).toEqual(['bank-offline', null]);
  });

  it('take no report of another session, and events of earlier ones, which were never acknowledged', async () => {
    available(2);
    link.receive(door(1));
    link.receive(event(1, 4));
    link.receive(event(3, 1));
    expect(await types()).toEqual(['bank-online', 'bank-event']);
    expect(done[1]).toMatchObject({ session: 1, number: 4 });
  });

  it('end when the connection breaks without a will', async () => {
    available(1);
    link.disconnected('gone');
    link.disconnected('gone');
    expect(await types()).toEqual(['bank-online', 'bank-offline']);
  });
});

describe('the heartbeat', () => {
  it('beats at once and then every two seconds, with session, boot, epoch and head, until the session ends', async () => {
    available(5);
    const state = { v: VERSION, session: 5, software: 'x', epoch: 3, head: null, compartments: [1] };
    link.receive({ name: 'state', message: state });
    await clock.advance(2 * HEARTBEAT_MS);
    expect(sentOf('heartbeat')).toHaveLength(3);
    expect(sentOf('heartbeat')[1]).toMatchObject({
      session: 5,
      epoch: 3,
      certificate: CERTIFICATE,
      hub: { bootId: BOOT, monotonicMs: HEARTBEAT_MS },
      head: { seq: 7 },
    });
    available(5, 'offline');
    await clock.advance(10 * HEARTBEAT_MS);
    expect(sentOf('heartbeat')).toHaveLength(3);
  });

  it('is one heart a bank, however often a session is announced anew', async () => {
    for (let session = 1; session <= 4; session++) available(session);
    sent = [];
    await clock.advance(3 * HEARTBEAT_MS);
    expect(sentOf('heartbeat').map((beat) => beat.session)).toEqual([4, 4, 4]);
  });
});

describe('opens', () => {
  it('go out in their session and in time only', async () => {
    available(2);
    await openAt(1, 5_000);
    await openAt(2, 0);
    expect(sentOf('open')).toEqual([]);
    await openAt(2, 5_000);
    expect(sentOf('open')).toMatchObject([
      { session: 2, epoch: 3, grant: GRANT, deadline: { bootId: BOOT, monotonicMs: 5_000 } },
    ]);
    available(2, 'offline');
    await openAt(2, 5_000);
    expect(sentOf('open')).toHaveLength(1);
  });

  it('that were refused are told, those that began are not', async () => {
    available(1);
    const answer = { v: VERSION, id: BOOT, grant: GRANT } as const;
    link.receive({ name: 'openResponse', message: { ...answer, result: 'begun' } });
    link.receive({ name: 'openResponse', message: { ...answer, result: 'refused', reason: 'expired' } });
    await link.settled();
    expect(done.slice(1)).toEqual([{ type: 'open-refused', bank: 'hall', grant: GRANT, reason: 'expired' }]);
  });
});

describe('what the building did not take', () => {
  it.each([
    ['the building', new Refusal('overloaded', 'too much to do')],
    ['the store', new StoreError('overloaded', 'too much to write')],
  ])('because %s was overloaded is said anew in a new session', async (_, error) => {
    available(1);
    await link.settled();
    execute = () => Promise.reject(error);
    link.receive(door(1));
    await link.settled();
    expect(cut).toBe(1);
  });

  it('and never would take does not end session after session', async () => {
    available(1);
    await link.settled();
    execute = () => Promise.reject(new StoreError('write-refused', 'no'));
    link.receive(event(1, 1));
    await link.settled();
    expect(cut).toBe(0);
  });
});

describe('questions after outcomes', () => {
  const ask = (count: number) =>
    link.askOutcomes({ type: 'ask-outcomes', bank: 'hall', session: 1, grants: Array(count).fill(GRANT) });

  it('are one question at a time, however often the building asks of an agent that is silent', async () => {
    available(1);
    for (let n = 0; n < 20; n += 1) {
      ask(1);
      await clock.advance(5_000);
    }
    expect(sentOf('outcomes')).toHaveLength(21);
  });

  it('are asked again until they are answered, and answered once', async () => {
    available(1);
    ask(1);
    await clock.advance(11_000);
    expect(sentOf('outcomes')).toHaveLength(3);
    const id = String(sentOf('outcomes').at(-1)?.id);
    const outcomes = [{ grant: GRANT, outcome: 'opened' as const, compartment: 1, closed: true }];
    for (const answered of [String(sentOf('outcomes')[0]?.id), id, id]) {
      link.receive({ name: 'outcomesResponse', message: { v: VERSION, id: answered, outcomes } });
    }
    await clock.advance(60_000);
    expect(sentOf('outcomes')).toHaveLength(3);
    expect((await types()).slice(1)).toEqual(['grant-outcome']);
  });

  it('are cut into parts that a message can hold, and end with their session', async () => {
    available(1);
    ask(250);
    expect(sentOf('outcomes').map(({ grants }) => (grants as string[]).length)).toEqual([100, 100, 50]);
    available(2);
    await clock.advance(60_000);
    expect(sentOf('outcomes')).toHaveLength(3);
  });
});

describe('the queue', () => {
  it('keeps the order, goes on after a command that failed, and has a bound', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    execute = async (command) => {
      await held;
      done.push(command);
      if (command.type === 'door-seen') throw new Error('refused');
    };
    available(1);
    for (let waiting = 1; waiting < MAX_WAITING; waiting++) {
      expect(link.receive(waiting % 2 ? door(1) : event(1, waiting))).toBe(true);
    }
    expect(link.receive(door(1))).toBe(false);
    release();
    await link.settled();
    expect(done).toHaveLength(MAX_WAITING);
    expect(done.slice(0, 4).map((command) => command.type)).toEqual([
      'bank-online',
      'door-seen',
      'bank-event',
      'door-seen',
    ]);
    expect(link.receive(door(1))).toBe(true);
  });
});

describe('questions after records', () => {
  const want = (session: number, ...doors: readonly number[]) => {
    for (const compartment of doors)
      link.askRecord({ type: 'ask-records', bank: 'hall', session, compartment });
  };
  const asked = () => sentOf('records').map((question) => question.compartments as number[]);
  const answer = (id: unknown, ...doors: readonly number[]) =>
    link.receive({
      name: 'recordsResponse',
      message: {
        v: VERSION,
        id: String(id),
        records: doors.map((compartment) => ({
          ...{ compartment, grant: null, delivery: null, purpose: null, outcome: null, closed: false },
          ...{ outstanding: false, openedAt: null, forced: false },
        })),
      },
    });
  const told = async () => {
    await clock.advance(0);
    await link.settled();
    return done.flatMap((command) =>
      command.type === 'records-told' ? [command.records.map(({ compartment }) => compartment)] : [],
    );
  };

  it('gather the doors of a session’s begin, and are about a bounded number at a time', async () => {
    available(1);
    want(1, ...Array.from({ length: 250 }, (_, index) => index + 1), 7);
    want(2, 900);
    await clock.advance(100);
    expect(asked().map(({ length }) => length)).toEqual([100, 100, 50]);
    answer(sentOf('records')[2]?.id, 201, 250, 999);
    expect(await told()).toEqual([[201, 250]]);
  });

  it('are asked again until an answer was compared with the log, and never in another session', async () => {
    available(1);
    want(1, 3);
    await clock.advance(100);
    want(1, 3);
    await clock.advance(100);
    expect(asked()).toEqual([[3]]);
    beside = () => Promise.reject(new StoreError('stalled', 'no'));
    answer(sentOf('records')[0]?.id, 3);
    expect(await told()).toEqual([]);
    beside = async () => {};
    await clock.advance(5_100);
    expect(asked()).toEqual([[3], [3]]);
    answer(sentOf('records')[0]?.id, 3);
    answer(sentOf('records')[1]?.id, 3);
    answer(sentOf('records')[1]?.id, 3);
    expect(await told()).toEqual([[3]]);
    want(1, 4);
    available(2);
    await clock.advance(60_000);
    expect(asked()).toHaveLength(2);
  });
});

describe('the head that an agent keeps', () => {
  const OWN = { seq: 7, hash: 'ab'.repeat(32) };
  it.each([
    ['is one of the log', 3, { seq: 5, hash: 'cd'.repeat(32) }, null],
    ['is none yet', 3, null, null],
    ['is of a hub before this one', 2, { seq: 900, hash: OWN.hash }, null],
    ['is beyond the log', 3, { seq: 8, hash: OWN.hash }, /has seen entry 8, the log ends at 7/],
    ['is another entry of that number', 3, { seq: 5, hash: OWN.hash }, /has seen another entry 5/],
    ['is of a hub after this one', 4, null, /obeys epoch 4, this hub bears 3/],
  ])('%s', async (_what, epoch, head, ahead) => {
    available(1);
    const state = { v: VERSION, session: 1, software: 'x', epoch, head, compartments: [1] };
    link.receive({ name: 'state', message: state });
    await clock.advance(0);
    await link.settled();
    await clock.advance(HEARTBEAT_MS);
    // An agent that knows better is a witness: it must not forget what it has seen.
    expect(sentOf('heartbeat').map((beat) => beat.head)).toEqual([null, ahead === null ? OWN : null]);
    const told = done.flatMap((command) => (command.type === 'head-told' ? [command.ahead] : []));
    expect(told).toEqual([ahead === null ? null : expect.stringMatching(ahead)]);
  });
});
