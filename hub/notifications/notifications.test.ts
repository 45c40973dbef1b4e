import { beforeEach, expect, it } from 'vitest';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { createLogger } from '../config/logging.ts';
import type { NotifierCommand } from '../deliveries/command.ts';
import { Register } from '../log/register.ts';
import { MAX_ATTEMPTS, Notifications } from './notifications.ts';
import { type Notifier, NotifierError } from './notifier.ts';
import type { MessageRow, Outbox } from './outbox.ts';

const HOUR_MS = 3_600_000;

let clock: VirtualClock;
let queued: MessageRow[];
let told: NotifierCommand[];
let mailed: { to: string; qr: string | undefined }[];
let fault: NotifierError | undefined;
let notifications: Notifications;

function message(name: string, resident = 'with-mail'): MessageRow {
  return {
    message: name,
    kind: 'parcels-arrived',
    resident,
    deliveries: [],
    state: 'queued',
    channel: null,
    reason: null,
    queued_at: 0,
    sent_at: null,
    seq: queued.length + 1,
  };
}

beforeEach(() => {
  clock = new VirtualClock(0);
  queued = [];
  told = [];
  mailed = [];
  fault = undefined;
  const register = new Register();
  for (const [id, email] of [
    ['with-mail', 'a@example.org'],
    ['without-mail', null],
  ] as const) {
    register.apply({ table: 'residents', row: { id, household: 'h', name: 'A', language: 'en', email } });
  }
  const mail: Notifier = {
    channel: 'email',
    async send(to, _letter, qr) {
      if (fault) throw fault;
      mailed.push({ to, qr });
    },
    stop: () => {},
  };
  const facts = { kind: 'reminder', language: 'en', building: 'B', name: 'A', unitName: '1', places: [] };
  const outbox = {
    queued: async () => [...queued],
    facts: async () => ({ ...facts, code: '12345678', qr: 'QR' }),
  } as unknown as Outbox;
  notifications = new Notifications({
    outbox,
    register,
    mail,
    clock,
    log: createLogger('silent'),
    execute: async (command) => {
      told.push(command);
      if (command.type === 'message-sent' || command.final) {
        queued = queued.filter((row) => row.message !== command.message);
      }
    },
  });
});

it('mails to those with an address and leaves the others to the outbox, each once', async () => {
  queued = [message('one'), message('two', 'without-mail'), message('three', 'unknown')];
  notifications.wake();
  notifications.wake();
  await notifications.idle();
  expect(mailed).toEqual([{ to: 'a@example.org', qr: 'QR' }]);
  expect(told).toHaveLength(3);
  expect(told).toEqual(
    expect.arrayContaining([
      { type: 'message-sent', message: 'one', channel: 'email' },
      { type: 'message-sent', message: 'two', channel: 'outbox' },
      { type: 'message-sent', message: 'three', channel: 'outbox' },
    ]),
  );
});

it('tries again with growing pauses and sends as soon as the server is back', async () => {
  queued = [message('one')];
  fault = new NotifierError('mail: ECONNREFUSED', false);
  notifications.wake();
  await clock.advance(9_999);
  expect(told).toHaveLength(1);
  await clock.advance(10_000 + 30_000 + 90_000);
  expect(told.map((command) => command.type === 'message-failed' && command.attempt)).toEqual([1, 2, 3, 4]);
  fault = undefined;
  await clock.advance(HOUR_MS);
  expect(told.at(-1)).toEqual({ type: 'message-sent', message: 'one', channel: 'email' });
  expect(mailed).toHaveLength(1);
});

it('gives up after so many attempts, and at once if the server says never', async () => {
  queued = [message('one')];
  fault = new NotifierError('mail: ECONNREFUSED', false);
  notifications.wake();
  await clock.advance(48 * HOUR_MS);
  expect(told).toHaveLength(MAX_ATTEMPTS);
  expect(told.at(-1)).toMatchObject({ type: 'message-failed', attempt: MAX_ATTEMPTS, final: true });
  told = [];
  queued = [message('two')];
  fault = new NotifierError('mail: the mail server said 550', true);
  notifications.wake();
  await clock.advance(HOUR_MS);
  expect(told).toMatchObject([{ attempt: 1, final: true, reason: 'mail: the mail server said 550' }]);
});

it('holds up no other message for one that fails', async () => {
  queued = [message('one')];
  fault = new NotifierError('mail: ETIMEDOUT', false);
  notifications.wake();
  await notifications.idle();
  queued.push(message('two', 'without-mail'));
  notifications.wake();
  await notifications.idle();
  expect(told.at(-1)).toEqual({ type: 'message-sent', message: 'two', channel: 'outbox' });
});

it('sends nothing after it was stopped', async () => {
  await notifications.stop();
  queued = [message('one')];
  notifications.wake();
  await clock.advance(HOUR_MS);
  expect(told).toEqual([]);
});
