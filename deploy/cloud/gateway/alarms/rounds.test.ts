/** Rounds, alarms and notices over a real Postgres, a real SMTP server and a real receiver of webhooks. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AlarmNotice } from '@lockerhub/protocol/http/alarms.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { newWebhookSecret, signatureOf } from '@lockerhub/protocol/webhooks/signature.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { temporaryPostgres } from '@lockerhub/sim/postgres/local-postgres.ts';
import { type CloudDatabase, cloudDatabase } from '@lockerhub/sim/testing/cloud-database.ts';
import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { goRound } from '../fleet/round.ts';
import { AlarmMail } from './mail.ts';
import { type NoticeWork, sendDue } from './notices.ts';
import { callWebhook } from './webhook.ts';

const MINUTE = 60_000;
const HOUSES = 25;
const START = Date.UTC(2026, 5, 1);
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

interface Heard {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Awaited<ReturnType<typeof temporaryPostgres>>;
let cloud: CloudDatabase;
let clock: VirtualClock;
let organisation: string;
let buildings: string[];
let mails: string[];
let calls: Heard[];
let smtp: SMTPServer;
let receiver: Server;
let mail: AlarmMail;
let answerWith = 200;
const secret = newWebhookSecret(systemRandom);
const portOf = (each: { address(): unknown }) => (each.address() as AddressInfo).port;

beforeAll(async () => {
  server = await temporaryPostgres();
  await standUp();
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  receiver = createServer((asked, answer) => {
    let body = '';
    asked.on('data', (chunk) => {
      body += chunk;
    });
    asked.on('end', () => {
      calls.push({ headers: asked.headers, body });
      answer.writeHead(answerWith).end('thanks');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  mail = new AlarmMail({
    url: `smtp://127.0.0.1:${portOf(smtp.server)}`,
    password: undefined,
    from: 'Lockerhub <alarms@example.org>',
  });
});
afterAll(async () => {
  mail.stop();
  await cloud.close();
  receiver.close();
  await new Promise<void>((resolve) => smtp.close(resolve));
  await server.remove();
});

beforeEach(async () => {
  clock = new VirtualClock(START);
  mails = [];
  calls = [];
  answerWith = 200;
  await cloud.sql(`with none as (delete from notices) delete from alarm_targets`);
  await cloud.sql(
    `truncate alarms, alarm_conditions, alarm_buildings, standings, health_samples, heartbeats`,
  );
  await cloud.sql('update rounds set due_at = 0');
  await hear(buildings);
  await target(1, 'mail', 'duty@example.org', null);
});

/** Buildings with hubs, as if they had enrolled. */
async function standUp(): Promise<void> {
  cloud = await cloudDatabase(server.postgres, 'alarms');
  await cloud.addBuilding();
  const [row] = await cloud.sql<{ id: string }>('select id from organisations');
  organisation = row?.id ?? '';
  await cloud.sql('delete from buildings');
  buildings = Array.from({ length: HOUSES }, (_, n) => uuid(n + 1));
  await cloud.sql(
    `insert into buildings (id, organisation, name, made_at, epoch, epoch_instance)
     select id, $2, 'House ' || lpad(n::text, 2, '0'), 0, 1, id
     from unnest($1::uuid[]) with ordinality as given (id, n)`,
    [buildings, organisation],
  );
  await cloud.sql(
    `insert into hubs (building, instance, epoch, token_hash, enrolled_at, software, schema)
     select id, id, 1, id::text, $1, 'lockerhub 0.1.0', 1 from buildings`,
    [START],
  );
}

const target = (n: number, channel: string, address: string, signedBy: string | null) =>
  cloud.sql(
    `insert into alarm_targets (target, organisation, channel, address, secret, made_at) values ($1, $2, $3, $4, $5, 0)`,
    [uuid(n), organisation, channel, address, signedBy],
  );

/** These hubs were heard just now. */
async function hear(which: readonly string[], change: { readonly disk?: 'ok' | 'low' } = {}): Promise<void> {
  await cloud.sql(
    `insert into heartbeats (building, instance, at, hub_head_seq, hub_head_hash, unsent_entries, unsent_rows, wall_ms,
       clock, disk, software, schema)
     select id, epoch_instance, $2, 0, '', 0, 0, $2, 'trusted', $3, 'lockerhub 0.1.0', 1 from buildings where id = any($1)
     on conflict (building) do update set at = excluded.at, wall_ms = excluded.wall_ms, disk = excluded.disk`,
    [which, clock.wallMs(), change.disk ?? 'ok'],
  );
}

const round = () => goRound({ database: cloud.database, clock, random: systemRandom });

function work(): NoticeWork {
  return {
    database: cloud.database,
    clock,
    random: systemRandom,
    log: pino({ level: 'silent' }),
    send: (id, body, { channel, address, secret: signedBy }) =>
      channel === 'mail'
        ? mail.send(address, id, body)
        : callWebhook(
            { address, secret: signedBy ?? '' },
            { id, body, nowMs: clock.wallMs() },
            { allowPrivate: true },
          ),
  };
}

/** Minutes pass, in which these hubs are heard, with a round in each. */
async function minutes(count: number, heard: readonly string[]): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await clock.advance(MINUTE);
    await hear(heard);
    await round();
    await sendDue(work());
  }
}

const subjects = () =>
  mails.map((text) => /^Subject: (.*(?:\r\n .*)*)/m.exec(text)?.[1]?.replace(/\r\n /g, ' '));
const alarms = () =>
  cloud.sql<{ kind: string; now: number; total: number; ended_at: string | null }>(
    'select kind, now, total, ended_at from alarms order by alarm',
  );

describe('an outage', () => {
  it('of many buildings is one mail when it begins and one when it is over', async () => {
    const well = buildings.slice(0, 2);
    await minutes(18, well);
    expect(mails).toHaveLength(1);
    expect(subjects()[0]).toContain('Hubs are silent: 23 buildings');
    expect(mails[0]).toContain('and 3 more');
    await minutes(5, well);
    expect(mails).toHaveLength(1);
    await minutes(22, buildings);
    expect(subjects()[1]).toContain('Over: Hubs are silent');
    expect(await alarms()).toMatchObject([{ kind: 'silent', now: 0, total: 23 }]);
  });

  it('that comes and goes is one alarm', async () => {
    for (let n = 0; n < 3; n += 1) {
      await minutes(17, buildings.slice(1));
      await minutes(1, buildings);
    }
    expect(await alarms()).toMatchObject([{ now: 1, total: 1, ended_at: null }]);
    expect(mails).toHaveLength(1);
  });

  it('is counted once by gateways that look at the same time', async () => {
    await clock.advance(20 * MINUTE);
    const went = await Promise.all([round(), round(), round()]);
    expect(went.filter(Boolean)).toHaveLength(1);
    expect(await alarms()).toMatchObject([{ now: HOUSES, total: HOUSES }]);
  });

  it('that begins when another is long known is an alarm of its own', async () => {
    await minutes(17, buildings.slice(1));
    await clock.advance(20 * MINUTE);
    await hear(buildings.slice(1));
    await minutes(17, buildings.slice(2));
    expect((await alarms()).map(({ total }) => total)).toEqual([1, 1]);
  });
});

it('sorts the list by what needs a person, and keeps samples within their rings', async () => {
  await hear(buildings.slice(0, 1), { disk: 'low' });
  await round();
  const rows = await cloud.sql<{ building: string }>(
    'select building from standings where weight > 0 order by weight desc',
  );
  expect(rows.map(({ building }) => building)).toEqual(buildings.slice(0, 1));
  for (let hour = 0; hour < 30; hour += 1) {
    await clock.advance(60 * MINUTE);
    await round();
  }
  const [kept] = await cloud.sql<{ day: string; month: string }>(
    `select count(*) filter (where ring = 'day') as day, count(*) filter (where ring = 'month') as month
     from health_samples where building = $1`,
    [buildings[0]],
  );
  // After a day its slots are used again; a month has room for all.
  expect([Number(kept?.day), Number(kept?.month)]).toEqual([24, 31]);
});

describe('a notice', () => {
  beforeEach(() => target(2, 'webhook', `http://127.0.0.1:${portOf(receiver)}/alarm`, secret));

  it('is sent once, by one of two gateways', async () => {
    await clock.advance(20 * MINUTE);
    await round();
    await clock.advance(MINUTE);
    await round();
    await Promise.all([sendDue(work()), sendDue(work()), sendDue(work())]);
    expect([mails.length, calls.length]).toEqual([1, 1]);
  });

  it('is signed, so that a receiver knows who says it and when', async () => {
    await minutes(20, []);
    const [call] = calls;
    const id = String(call?.headers['webhook-id']);
    const timestamp = Number(call?.headers['webhook-timestamp']);
    expect(call?.headers['webhook-signature']).toBe(signatureOf(secret, id, timestamp, call?.body ?? ''));
    expect(AlarmNotice.parse(JSON.parse(call?.body ?? ''))).toMatchObject({ event: 'began', total: HOUSES });
  });

  it('that does not arrive is tried again, later and later, and then given up on', async () => {
    answerWith = 500;
    await minutes(18, []);
    for (let hour = 0; hour < 24; hour += 1) {
      await clock.advance(60 * MINUTE);
      await sendDue(work());
    }
    expect(calls).toHaveLength(8);
    const ids = new Set(calls.map(({ headers }) => headers['webhook-id']));
    expect(ids.size).toBe(1);
    const failed = await cloud.sql(`select reason from notices where state = 'failed'`);
    expect(failed).toEqual([{ reason: 'it answered with 500' }]);
  });

  it('that a gateway died with is sent by another', async () => {
    await clock.advance(20 * MINUTE);
    await round();
    await clock.advance(MINUTE);
    await round();
    const dies = { ...work(), send: () => new Promise<never>(() => {}) };
    void sendDue(dies);
    // Its lease is what the other one waits for.
    await expect.poll(() => cloud.sql('select 1 from notices where tries = 1')).toHaveLength(2);
    expect(await sendDue(work())).toBe(0);
    await clock.advance(MINUTE);
    expect(await sendDue(work())).toBe(2);
    expect([mails.length, calls.length]).toEqual([1, 1]);
  });
});
