/** Managers told by mail, over a real hub and a real mail server: what is told, once, in whose language, and over restarts. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { MailSink } from '@lockerhub/sim/testing/mail-sink.ts';
import { ToldBank } from '@lockerhub/sim/testing/told-bank.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';

const WITHIN_MS = 20_000;
const OWN = 'mila@example.org';
const OTHER = 'omar@example.org';
let scratch: string;
let stick: string;
let state: string;
let inbox: string;
let rig: HubRig;
let sink: MailSink;
let token: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'notices-'));
  [stick, state, inbox] = [join(scratch, 'stick'), join(scratch, 'state'), join(scratch, 'inbox')];
  await mkdir(state);
  sink = await MailSink.start();
  rig = await startHubRig(
    { ...smallPlan(), policy: { undoMs: 0 } },
    { smtp: sink.smtp, backupFolder: stick, update: { inbox, state } },
  );
  token = await rig.signIn('manager');
  await ask('me/account', { email: OWN, language: 'es' });
  await ask('staff', { login: 'omar', name: 'Omar', role: 'manager', email: OTHER });
  // Managers who said nowhere are told nothing by mail.
  await ask('staff', { login: 'noa', name: 'Noa', role: 'manager' });
  const desk = await rig.signIn('desk');
  await rig.ask('/api/v1/me/account', { token: desk, body: { email: 'desk@example.org', language: 'en' } });
});
afterAll(async () => {
  await rig.end();
  await sink.stop();
  await rm(scratch, { recursive: true });
});

const ask = (path: string, body?: unknown) => rig.ask(`/api/v1/${path}`, { token, body });
const ended = async () =>
  (
    await rig.hub.store.query<{ outcome: string }>(
      `select data->>'outcome' as outcome from log where type = 'notice.ended' order by seq`,
    )
  ).map(({ outcome }) => outcome);
const told = (count: number) =>
  waitFor(async () => (await ended()).length === count, WITHIN_MS, `${count} notices to have ended`);
/** Notices that have not ended. */
const waiting = async () =>
  (
    await rig.hub.store.query(
      `select 1 from living join log on log.seq = living.since where log.type = 'notice.queued'`,
    )
  ).length;
const reset = () => rig.hub.accounts.reset('omar', '0'.repeat(64));

it('tells managers of a password that was reset at the console, each in their language', async () => {
  await reset();
  await told(2);
  expect(await ended()).toEqual(['sent', 'sent']);
  const [own] = sink.mailsTo(OWN);
  expect(own?.subject).toBe('Se restableció una contraseña en el hub de Rig House');
  expect(own?.text).toContain('Omar (omar)');
  expect(own?.text).toContain('Hola, The manager:');
  expect(own?.text).toMatch(/En la red del edificio: http:\/\/127\.0\.0\.1:\d+\//);
  const [other] = sink.mailsTo(OTHER);
  expect(other?.subject).toBe('A password was reset at the hub of Rig House');
  expect(sink.mailsTo('desk@example.org')).toEqual([]);
  // The way in itself goes by no mail.
  expect(JSON.stringify(sink.mails)).not.toContain('invitation');
});

it('tells once that backups fail, with the reason, and again once one was made in between', async () => {
  const about = () => sink.mailsTo(OTHER).filter(({ subject }) => subject.startsWith('No backup'));
  expect((await ask('backups', {})).status).toBe(503);
  await told(4);
  expect(about()).toHaveLength(1);
  expect(about()[0]?.text).toContain('Why: The disk for backups is not there');
  expect((await ask('backups', {})).status).toBe(503);
  await mkdir(stick);
  expect((await ask('backups', {})).status).toBe(200);
  await rm(stick, { recursive: true });
  expect((await ask('backups', {})).status).toBe(503);
  await told(6);
  expect(about()).toHaveLength(2);
  expect(sink.mailsTo(OWN).at(-1)?.text).toContain('Por qué: El disco de las copias no está');
});

it('tells that an update was put back, and why; one that was kept is told to nobody', async () => {
  const end = async (update: string, isKept: boolean) => {
    const data = { update, version: '0.2.0', commit: null, at: null };
    await rig.hub.buildingLog.record({ kind: 'hub' }, [{ type: 'update.asked', data }]);
    const last = {
      endedAtMs: 1,
      release: '0.2.0-b',
      isKept,
      why: null,
      code: isKept ? null : 'unhealthy',
      update,
    };
    await writeFile(join(state, 'last.json'), JSON.stringify(last));
    const isEnded = async () =>
      (await rig.hub.store.query(`select 1 from log where type = 'update.ended' and subject = $1`, [update]))
        .length === 1;
    await waitFor(isEnded, WITHIN_MS, 'the end in the log');
  };
  await end('019b0000-0000-7000-8000-00000000000a', true);
  await end('019b0000-0000-7000-8000-00000000000b', false);
  await told(8);
  const [mail, ...more] = sink.mailsTo(OTHER).filter(({ subject }) => subject.includes('update'));
  expect(more).toEqual([]);
  expect(mail?.subject).toBe('An update of the hub of Rig House was not kept');
  expect(mail?.text).toContain('Why: The newer release did not run. Everything was put back.');
});

it('waits while the mail server is away, holds up no parcel, and goes after a restart', async () => {
  sink.state = 'away';
  await reset();
  const bank = new ToldBank(rig);
  await bank.dropOff();
  await waitFor(async () => rig.hub.notifications.trouble('email') !== null, WITHIN_MS, 'the try');
  // The same one does not wait twice.
  await reset();
  expect(await waiting()).toBe(2);
  rig = await rig.restart(() => {
    sink.state = 'up';
  });
  await told(10);
  expect((await ended()).slice(-2)).toEqual(['sent', 'sent']);
  expect(await waiting()).toBe(0);
});

it('goes to nobody who is no manager any more when it could go', async () => {
  sink.state = 'away';
  token = await rig.signIn('manager');
  const before = sink.mailsTo(OTHER).length;
  await reset();
  const omar = rig.hub.register.all('staff').find(({ login }) => login === 'omar')?.id;
  expect((await ask(`staff/${omar}`, { role: 'desk' })).status).toBe(200);
  rig = await rig.restart(() => {
    sink.state = 'up';
  });
  await told(12);
  expect((await ended()).slice(-2).toSorted()).toEqual(['sent', 'unsent']);
  expect(sink.mailsTo(OTHER)).toHaveLength(before);
  expect((await ask(`staff/${omar}`, { role: 'manager' })).status).toBe(200);
});

it('does not tell that backups fail when one was made before the mail could go', async () => {
  sink.state = 'away';
  token = await rig.signIn('manager');
  await mkdir(stick);
  expect((await ask('backups', {})).status).toBe(200);
  await rm(stick, { recursive: true });
  await ask('backups', {});
  await mkdir(stick);
  expect((await ask('backups', {})).status).toBe(200);
  rig = await rig.restart(() => {
    sink.state = 'up';
  });
  await told(14);
  expect((await ended()).slice(-2)).toEqual(['void', 'void']);
});

it('tells of each update that was put back without an id, as of one that a console of before began, once', async () => {
  const about = () =>
    sink.mailsTo(OTHER).filter(({ subject }) => subject === 'An update of the hub of Rig House was not kept');
  const before = about().length;
  const last = { release: '0.2.0-b', isKept: false, why: 'x', code: 'not-calm' };
  await writeFile(join(state, 'last.json'), JSON.stringify({ ...last, endedAtMs: 2 }));
  await told(16);
  rig = await rig.restart();
  await writeFile(join(state, 'last.json'), JSON.stringify({ ...last, endedAtMs: 3, update: null }));
  await told(18);
  expect(about()).toHaveLength(before + 2);
  const ends = await rig.hub.store.query<{ subject: string; release: string }>(
    `select subject, data->>'release' as release from log where type = 'update.ended' order by seq desc limit 2`,
  );
  expect(ends.map(({ release }) => release)).toEqual(['0.2.0-b', '0.2.0-b']);
  expect(new Set(ends.map(({ subject }) => subject)).size).toBe(2);
});

it('fails nothing where there is no mail server, and says who could not be told', async () => {
  const alone = await startHubRig(smallPlan());
  const manager = await alone.signIn('manager');
  const body = { email: OWN, language: 'en' };
  await alone.ask('/api/v1/me/account', { token: manager, body });
  await alone.hub.accounts.reset('manager', '0'.repeat(64));
  const outcomes = () =>
    alone.hub.store.query(`select data->>'outcome' as outcome from log where type = 'notice.ended'`);
  await waitFor(async () => (await outcomes()).length === 1, WITHIN_MS, 'its end');
  expect(await outcomes()).toEqual([{ outcome: 'unsent' }]);
  expect(alone.logged()).not.toContain(OWN);
  await alone.end();
});

it('writes no address into any log', async () => {
  const entries = await rig.hub.store.query<{ payload: string }>('select payload from log');
  const all = rig.logged() + entries.map(({ payload }) => payload).join('');
  for (const address of [OWN, OTHER]) expect([address, all.includes(address)]).toEqual([address, false]);
});
