import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandView } from '@lockerhub/protocol/http/cloud-commands.ts';
import { CloudRig } from '@lockerhub/sim/testing/cloud-rig.ts';
import { type Answer, firstAdmin, invited, type SignedIn } from '@lockerhub/sim/testing/operator-rig.ts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RunningGateway } from '../gateway.ts';

const INSTANCE = '00000000-0000-4000-8000-000000000001';
const OPEN = { kind: 'open-compartment', bank: 'lobby', compartment: 3, reason: 'a resident is locked out' };
const RETIRE = { kind: 'retire-compartment', bank: 'lobby', compartment: 3, reason: 'it is wet' };

let releases: string;
let rig: CloudRig;
let running: RunningGateway;
let ada: SignedIn;
let ben: SignedIn;
let building: string;
let of: string;
const code = ({ body }: Answer) => (body as { code?: string } | undefined)?.code;

beforeAll(async () => {
  releases = await mkdtemp(join(tmpdir(), 'lockerhub-releases-'));
  await writeFile(join(releases, 'lockerhub-0.2.0-linux-x64.tar'), 'a release');
  await writeFile(join(releases, 'notes.txt'), 'none');
  rig = await CloudRig.start({ releases });
  running = await rig.gateway();
  ada = await firstAdmin(running, 'Linden Homes', 'ada');
  ben = await invited(running.url, ada, 'support', 'ben');
});
afterAll(async () => {
  await rig.end();
  await rm(releases, { recursive: true });
});

let made = 0;
beforeEach(async () => {
  made += 1;
  const { body } = await ada.ask(`/api/v1/organisations/${ada.organisation}/buildings`, {
    name: 'Court',
    slug: `court-${made}`,
    timeZone: 'UTC',
  });
  building = (body as { building: string }).building;
  of = `/api/v1/buildings/${building}`;
  await rig.sql('update buildings set epoch = 4, epoch_instance = $2 where id = $1', [building, INSTANCE]);
  await rig.sql(
    `insert into hubs (building, instance, epoch, token_hash, enrolled_at, software, schema)
     values ($1, $2, 4, $3, 0, '', 1)`,
    [building, INSTANCE, building],
  );
  await hear(0);
});

const hear = (agoMs: number) =>
  rig.sql(
    `insert into heartbeats (building, instance, at, hub_head_seq, hub_head_hash, unsent_entries, unsent_rows, wall_ms,
       clock, disk, software, schema) values ($1, $2, $3, 0, '', 0, 0, $3, 'trusted', 'ok', '', 1)
     on conflict (building) do update set at = excluded.at`,
    [building, INSTANCE, Date.now() - agoMs],
  );

async function ask(by: SignedIn, argument: unknown): Promise<string> {
  const answer = await by.ask(`${of}/commands`, argument);
  expect([answer.status, code(answer)]).toEqual([200, undefined]);
  return (answer.body as { command: string }).command;
}
const decide = (by: SignedIn, command: string, act: string) => by.ask(`${of}/commands/${command}/${act}`, {});
const given = () =>
  rig.sql<{
    command: string;
    epoch: number;
    approved_by: string | null;
    issued_at: string;
    expires_at: string;
  }>('select command, epoch, approved_by, issued_at, expires_at from commands where building = $1', [
    building,
  ]);
async function view(command: string): Promise<CommandView | undefined> {
  const { body } = await ada.ask(`${of}/commands`);
  return (body as { items: CommandView[] }).items.find((each) => each.command === command);
}

it('opens nothing before another operator agrees, and then for a minute', async () => {
  const command = await ask(ada, OPEN);
  expect(await given()).toEqual([]);
  expect(code(await decide(ada, command, 'approve'))).toBe('own-command');
  expect(await given()).toEqual([]);
  expect((await decide(ben, command, 'approve')).status).toBe(204);
  const [row] = await given();
  expect(row).toMatchObject({ command, epoch: 4, approved_by: ben.me.operator });
  expect(Number(row?.expires_at) - Number(row?.issued_at)).toBe(60_000);
  expect(await view(command)).toMatchObject({ state: 'sent', operatorName: 'ada', deciderName: 'ben' });
});

it('is decided once, by whoever is first', async () => {
  const command = await ask(ada, OPEN);
  const answers = await Promise.all([
    decide(ben, command, 'approve'),
    decide(ben, command, 'refuse'),
    decide(ben, command, 'approve'),
  ]);
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  expect((await given()).length).toBeLessThanOrEqual(1);
});

it('no longer waits when its time is over', async () => {
  const command = await ask(ada, OPEN);
  await rig.sql('update command_requests set expires_at = 0 where command = $1', [command]);
  expect(code(await decide(ben, command, 'approve'))).toBe('command-over');
  expect(await view(command)).toMatchObject({ state: 'lapsed' });
});

it('is refused or withdrawn for good', async () => {
  const [refused, withdrawn] = [await ask(ada, OPEN), await ask(ada, OPEN)];
  await decide(ben, refused, 'refuse');
  expect(code(await decide(ben, withdrawn, 'withdraw'))).toBe('foreign-command');
  await decide(ada, withdrawn, 'withdraw');
  for (const command of [refused, withdrawn]) {
    expect(code(await decide(ben, command, 'approve'))).toBe('command-over');
  }
  expect(await given()).toEqual([]);
});

it.each<[string, () => Promise<unknown>, string]>([
  ['offline', () => hear(76_000), 'building-offline'],
  [
    'frozen',
    () => rig.sql('update buildings set frozen_since = 1 where id = $1', [building]),
    'building-frozen',
  ],
  [
    'whose hub was cut off',
    () => rig.sql('update hubs set revoked_at = 1 where building = $1', [building]),
    'building-frozen',
  ],
])(
  'opens nothing in a building that is %s, also if it came to be so meanwhile',
  async (_what, becomes, why) => {
    const command = await ask(ada, OPEN);
    await becomes();
    expect(code(await decide(ben, command, 'approve'))).toBe(why);
    expect(code(await ada.ask(`${of}/commands`, OPEN))).toBe(why);
    expect(await given()).toEqual([]);
    await ask(ada, RETIRE);
  },
);

it('gives other commands at once, for a night', async () => {
  const command = await ask(ben, RETIRE);
  const [row] = await given();
  expect(row).toMatchObject({ command, approved_by: null });
  expect(Number(row?.expires_at) - Number(row?.issued_at)).toBe(86_400_000);
});

it('cannot be decided by way of another building', async () => {
  const command = await ask(ada, OPEN);
  const { body } = await ada.ask(`/api/v1/organisations/${ada.organisation}/buildings`, {
    name: 'Other',
    slug: `other-${made}`,
    timeZone: 'UTC',
  });
  const other = (body as { building: string }).building;
  expect(code(await ben.ask(`/api/v1/buildings/${other}/commands/${command}/approve`, {}))).toBe('not-found');
});

it('brings a hub only to what the cloud offers, by two operators, and gives its bytes to hubs alone', async () => {
  const { body } = await ben.ask(`${of}/releases`);
  const sha256 = createHash('sha256').update('a release').digest('hex');
  const offered = { version: '0.2.0', files: [{ machine: 'x64', sha256, bytes: 9 }] };
  expect(body).toEqual([offered]);
  const update = { kind: 'update-hub', ...offered, reason: 'a fault is mended' };
  const other = { ...update, files: [{ machine: 'x64', sha256: '0'.repeat(64), bytes: 9 }] };
  expect(code(await ada.ask(`${of}/commands`, other))).toBe('not-found');
  const command = await ask(ada, update);
  expect(await given()).toEqual([]);
  expect(code(await decide(ada, command, 'approve'))).toBe('own-command');
  await decide(ben, command, 'approve');
  const [row] = await given();
  expect(Number(row?.expires_at) - Number(row?.issued_at)).toBe(86_400_000);

  const token = 'a'.repeat(43);
  const hash = createHash('sha256').update(token).digest('hex');
  await rig.sql('update hubs set token_hash = $2 where building = $1', [building, hash]);
  const piece = (at: number, by: string, sum = sha256) =>
    fetch(`${running.url}/hub/v1/releases/${sum}?at=${at}&most=4`, {
      headers: { authorization: `Bearer ${by}` },
    });
  const texts = [await piece(0, token), await piece(6, token), await piece(9, token)].map((each) =>
    each.text(),
  );
  expect(await Promise.all(texts)).toEqual(['a re', 'ase', '']);
  expect((await piece(0, 'b'.repeat(43))).status).toBe(401);
  expect((await piece(0, token, '0'.repeat(64))).status).toBe(404);
});
