import type { ChannelName, Contact } from '@lockerhub/protocol/http/messages.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { createLogger } from '../config/logging.ts';
import type { NotifierCommand } from '../deliveries/command.ts';
import { Register } from '../log/register.ts';
import { NOTHING_SET } from '../people/nothing-set.ts';
import { StoreError } from '../store/store-error.ts';
import { MAX_ATTEMPTS, Notifications } from './notifications.ts';
import { NotifierError } from './notifier.ts';
import type { MessageRow } from './outbox.ts';
import { residentLetters } from './resident-letters.ts';
import type { Waiting } from './waiting.ts';

const HOUR_MS = 3_600_000;
const EMAIL = { channel: 'email', to: 'a@example.org' } as const;
const SMS = { channel: 'sms', to: '+491701234567' } as const;
const NEVER = new NotifierError('no such mailbox', { permanent: true });
const LATER = new NotifierError('try later', { permanent: false });
const AWAY = new NotifierError('ECONNREFUSED', { permanent: false, away: true });

let clock: VirtualClock;
let queued: MessageRow[];
/** What waits for managers. */
let notices: Waiting[];
let told: NotifierCommand[];
let out: { channel: ChannelName; message: string; to: string }[];
let tries: { channel: ChannelName; message: string }[];
/** What a channel answers for a message; undefined: it takes it. */
let fault: (channel: ChannelName, message: string) => Error | undefined;
let logger: ReturnType<typeof createLogger>;
let logged: string[];
let over: Set<string>;
let set: Set<ChannelName>;
let register: Register;
let notifications: Notifications;

function message(name: string, resident = 'mail', without: string | null = null): MessageRow {
  return {
    message: name,
    kind: 'parcels-arrived',
    resident,
    deliveries: [],
    state: 'queued',
    channel: null,
    reason: null,
    without,
    queued_at: 0,
    sent_at: null,
    seq: queued.length + 1,
  };
}

function lives(id: string, contacts: readonly Contact[] | null, email: string | null = null): void {
  const row = { ...NOTHING_SET, id, household: 'h', name: 'A', language: 'en', email, contacts };
  register.apply({ table: 'residents', row });
}

beforeEach(() => {
  clock = new VirtualClock(0);
  queued = [];
  told = [];
  out = [];
  tries = [];
  fault = () => undefined;
  logged = [];
  logger = createLogger('silent', { write: (line) => void logged.push(line) });
  over = new Set();
  set = new Set(['email', 'sms']);
  register = new Register();
  lives('mail', null, EMAIL.to);
  lives('both', [SMS, EMAIL]);
  lives('none', []);
  const facts = {
    kind: 'reminder',
    language: 'en',
    building: 'B',
    name: 'A',
    unitName: '1',
    places: [],
  } as const;
  const outbox = {
    queued: async () => [...queued],
    facts: async (row: MessageRow) => ({
      ...facts,
      code: '12345678',
      qr: 'QR',
      isOver: over.has(row.message),
    }),
  };
  notices = [];
  notifications = new Notifications({
    sources: [{ queued: async () => [...notices] }, residentLetters({ outbox, register })],
    notifiers: {
      get: async (channel) =>
        set.has(channel)
          ? {
              channel,
              async send({ message, to }) {
                tries.push({ channel, message });
                const refusal = fault(channel, message);
                if (refusal) throw refusal;
                out.push({ channel, message, to });
              },
              stop: () => {},
            }
          : undefined,
      stop: () => {},
    },
    clock,
    log: logger,
    execute: async (command) => {
      told.push(command);
      if (command.type !== 'message-failed' || command.final) {
        queued = queued.filter((row) => row.message !== command.message);
        notices = notices.filter((row) => row.message !== command.message);
      }
    },
  });
});

async function run(...rows: MessageRow[]): Promise<void> {
  queued.push(...rows);
  notifications.wake();
  await notifications.idle();
}
const sent = (name: string, channel: string) => ({ type: 'message-sent', message: name, channel });

describe('a message', () => {
  it('goes out once by the first contact; without one it stays in the outbox', async () => {
    notifications.wake();
    await run(message('one', 'both'), message('two', 'none'), message('three', 'unknown'), message('four'));
    expect(out).toEqual(
      expect.arrayContaining([
        { channel: 'sms', message: 'one', to: SMS.to },
        { channel: 'email', message: 'four', to: EMAIL.to },
      ]),
    );
    expect(out).toHaveLength(2);
    expect(told).toHaveLength(4);
    expect(told).toEqual(expect.arrayContaining([sent('two', 'outbox'), sent('three', 'outbox')]));
  });

  it.each([
    ['never', NEVER],
    ['later', LATER],
    ['away', AWAY],
  ])('falls back to the next contact at once where the first one says %s', async (_, refusal) => {
    fault = (channel) => (channel === 'sms' ? refusal : undefined);
    await run(message('one', 'both'));
    expect(told).toMatchObject([
      { type: 'message-failed', channel: 'sms', final: false },
      sent('one', 'email'),
    ]);
  });

  it('does not go again by a channel that had lost it, nor by one that is not set', async () => {
    await run(message('one', 'both', 'sms'));
    set.delete('sms');
    await run(message('two', 'both'));
    expect(out.map(({ channel }) => channel)).toEqual(['email', 'email']);
  });

  it('is given up at once when every contact says never, and after so many tries', async () => {
    fault = () => NEVER;
    await run(message('one', 'both'));
    expect(told).toMatchObject([
      { channel: 'sms', final: false },
      { channel: 'email', final: true, reason: 'no such mailbox' },
    ]);
    told = [];
    fault = () => LATER;
    await run(message('two'));
    await clock.advance(48 * HOUR_MS);
    expect(told).toHaveLength(MAX_ATTEMPTS);
    expect(told.at(-1)).toMatchObject({ attempt: MAX_ATTEMPTS, final: true });
  });

  it('is not sent if what it tells of is over by then', async () => {
    over.add('one');
    await run(message('one'));
    expect(told).toEqual([{ type: 'message-void', message: 'one' }]);
    expect(tries).toEqual([]);
  });

  it('waits for the one before it to the same person, and for nobody else’s', async () => {
    fault = (_, name) => (name === 'first' ? LATER : undefined);
    await run(message('first'), message('second'), message('other', 'both'));
    expect(out.map(({ message }) => message)).toEqual(['other']);
    fault = () => undefined;
    await clock.advance(HOUR_MS);
    expect(out.map(({ message }) => message)).toEqual(['other', 'first', 'second']);
  });
});

describe('a provider that is down for a day', () => {
  it('loses nothing, is asked seldom, and gets all in their order when it is back', async () => {
    fault = () => AWAY;
    const people = Array.from({ length: 40 }, (_, at) => `person-${at}`);
    for (const person of people) lives(person, [EMAIL]);
    const rows = people.flatMap((person) => [message(`${person} a`, person), message(`${person} b`, person)]);
    await run(...rows);
    await clock.advance(24 * HOUR_MS);
    expect(queued).toHaveLength(80);
    expect(told.every((command) => command.type === 'message-failed' && !command.final)).toBe(true);
    // Some fifty pauses, and at each of them no more than are sent at once.
    expect(tries.length).toBeLessThan(260);
    expect(notifications.trouble('email')).toBe('ECONNREFUSED');
    fault = () => undefined;
    await clock.advance(HOUR_MS);
    expect(queued).toEqual([]);
    expect(notifications.trouble('email')).toBeNull();
    for (const person of people) {
      const own = out.filter(({ message }) => message.startsWith(`${person} `)).map(({ message }) => message);
      expect(own).toEqual([`${person} a`, `${person} b`]);
    }
  });

  it('is asked at once after it was set anew', async () => {
    fault = () => AWAY;
    await run(message('one'));
    await clock.advance(HOUR_MS);
    fault = () => undefined;
    notifications.changed('email');
    await notifications.idle();
    expect(told.at(-1)).toEqual(sent('one', 'email'));
  });

  it('holds up nobody who can be reached by another way', async () => {
    fault = (channel) => (channel === 'email' ? AWAY : undefined);
    await run(message('one'), message('two', 'both'));
    expect(told.at(-1)).toEqual(sent('two', 'sms'));
  });
});

const LETTER = { subject: 's', text: 't', short: 's', direction: 'ltr', language: 'en' } as const;
const notice = (name: string, isOver = false): Waiting => ({
  ...{ message: name, whom: 'manager', without: [], channel: null, reason: null },
  contacts: () => [{ channel: 'email', to: 'm@example.org' }],
  write: async () => (isOver ? null : { letter: LETTER, qr: undefined }),
});
const unwritable = (error: Error): Waiting => ({
  ...notice('unwritable'),
  write: () => Promise.reject(error),
});

it('logs where an error came about that nobody foresaw, and nothing of what it says', async () => {
  logger.level = 'warn';
  const inner = Object.assign(new Error(`said of ${SMS.to}`), { code: 'ETOOHOT' });
  fault = () => new TypeError(`no letter to ${EMAIL.to},\ncode 1234 5678`, { cause: inner });
  await run(message('one'));
  expect(told).toMatchObject([{ type: 'message-failed', final: false, reason: 'the notifier failed' }]);
  const [line = '{}', ...more] = logged;
  expect(more).toEqual([]);
  const here = expect.arrayContaining([expect.stringContaining('notifications.test.ts')]);
  expect(JSON.parse(line)).toMatchObject({
    msg: 'a message did not go out',
    cause: { name: 'TypeError', at: here, cause: { name: 'Error', code: 'ETOOHOT', at: here } },
  });
  for (const secret of [EMAIL.to, SMS.to, '1234', 'letter to']) expect(line).not.toContain(secret);
});

it('fails one letter that cannot be written for itself alone, and gives it up after so many tries', async () => {
  notices = [unwritable(new RangeError('no such time zone'))];
  await run(message('one'));
  expect(out.map(({ message: name }) => name)).toEqual(['one']);
  expect(told).toContainEqual({
    ...{ type: 'message-failed', message: 'unwritable', channel: 'email', attempt: 1, final: false },
    reason: 'the letter could not be written',
  });
  const tried = () => told.filter((each) => each.message === 'unwritable');
  await clock.advance(1_000);
  expect(tried()).toHaveLength(1);
  await clock.advance(MAX_ATTEMPTS * HOUR_MS);
  await notifications.idle();
  expect(tried()).toHaveLength(MAX_ATTEMPTS);
  expect(told.at(-1)).toMatchObject({ message: 'unwritable', final: true });
});

it('lets all wait while the store cannot be read', async () => {
  notices = [unwritable(new StoreError('query-failed', 'no answer'))];
  await run();
  expect(told).toEqual([]);
});

it('lets a manager’s letter go before residents’, who wait for nothing of it', async () => {
  notices = [notice('reset'), notice('over', true)];
  await run(message('one'));
  expect(out.map(({ message: name }) => name)).toEqual(['reset', 'one']);
  expect(told).toContainEqual({ type: 'message-void', message: 'over' });
  fault = (_, name) => (name === 'later' ? LATER : undefined);
  notices = [notice('later')];
  await run(message('two'));
  expect(out.at(-1)).toMatchObject({ message: 'two' });
  expect(told.at(-1)).toEqual(sent('two', 'email'));
});

it('sends nothing after it was stopped', async () => {
  await notifications.stop();
  await run(message('one'));
  await clock.advance(HOUR_MS);
  expect(told).toEqual([]);
});
