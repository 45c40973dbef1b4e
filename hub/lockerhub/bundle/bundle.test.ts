/** A bundle of a building full of planted people and secrets, unpacked and searched. */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConsoleFile } from '../../console/console-file.ts';
import { bundle } from './bundle.ts';

const SMTP = 'smtps://mail-user:mail-secret-77@mail.planted.example';
const TRACKING = '1Z999AA10123456784';
const PHONE = '+49 170 7654321';
let rig: HubRig;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  rig = await startHubRig(smallPlan(), { smtp: { url: SMTP, from: 'Planted <p@planted.example>' } });
});
afterAll(async () => {
  await rig.end();
  await rm(folder, { recursive: true, force: true });
});

async function unpacked(name: string): Promise<Record<string, string>> {
  const file = join(folder, `${name}.tar.gz`);
  const output = createWriteStream(file);
  const none = join(folder, 'none');
  await bundle(
    {
      data: rig.folder,
      settings: join(folder, 'hub.env'),
      agentSettings: none,
      holdFile: none,
      firewallRules: none,
      environment: {},
      clock: systemClock,
      run: async () => null,
      logFile: join(folder, 'hub.log'),
    },
    output,
  );
  output.end();
  await finished(output);
  const into = await mkdtemp(join(folder, 'unpacked-'));
  await promisify(execFile)('tar', ['--extract', '--gzip', `--file=${file}`, `--directory=${into}`]);
  const names = (await readdir(into)).toSorted();
  return Object.fromEntries(
    await Promise.all(names.map(async (each) => [each, await readFile(join(into, each), 'utf8')])),
  );
}

/** People, contacts, a parcel, codes and keys, wherever somebody could have put them. Returns what must be found nowhere. */
async function plant(): Promise<string[]> {
  const token = await rig.signIn('manager');
  const { json } = await rig.ask('/api/v1/banks/hall/compartments/2/report', { token, body: {} });
  await rig.ask(`/api/v1/cases/${json.case}/note`, {
    token,
    body: { note: `Mara Olsen, ${PHONE}, ${TRACKING}` },
  });
  const own = { email: 'told.planted@staff.example', language: 'en' };
  await rig.ask('/api/v1/me/account', { token, body: own });
  const reason = 'for Jonas Weber';
  await rig.ask('/api/v1/banks/hall/compartments/3/retire', { token, body: { reason } });
  const keyring = JSON.parse(await readFile(join(rig.folder, 'keyring.json'), 'utf8'));
  const code = rig.made?.couriers[0]?.code ?? '';
  const line = (fields: object) =>
    `${JSON.stringify({ level: 'warn', time: 'now', msg: 'planted', ...fields })}\n`;
  await writeFile(
    join(folder, 'hub.log'),
    rig.logged() +
      line({ resident: 'Mara Olsen', to: 'mara@example.org', phone: PHONE, tracking: TRACKING, code }) +
      line({ staff: own.email, msg: `told ${own.email}`, account: own }) +
      line({ msg: `no mailbox mara@example.org; call ${PHONE}; ${TRACKING}; code ${code}` }) +
      line({
        err: {
          type: 'Error',
          message: `550 Mara Olsen unknown, ${SMTP}`,
          stack: 'Error: Mara Olsen\n    at x',
        },
      }) +
      'Mara Olsen printed this\n',
  );
  await writeFile(
    join(folder, 'hub.env'),
    `LOCKERHUB_PORT=8080\nLOCKERHUB_SMTP_URL=${SMTP}\nLOCKERHUB_BACKUP_FOLDER=/media/mara\n`,
  );
  await writeFile(join(rig.folder, 'Mara Olsen.txt'), 'hers');
  return [
    ...[
      'Mara',
      'mara',
      'Olsen',
      'Jonas',
      'Weber',
      'Ines',
      'Duarte',
      'example.org',
      'told.planted',
      'staff.example',
      'The manager',
      'Rig House',
    ],
    ...[
      PHONE,
      '7654321',
      TRACKING,
      code,
      code.replace(' ', ''),
      'mail-secret-77',
      'planted.example',
      'rig password',
    ],
    ...[
      keyring.codeKey,
      keyring.listKey,
      rig.made?.recoveryKey ?? '',
      readConsoleFile(rig.folder)?.token ?? '',
    ],
    ...['PRIVATE KEY', token, rig.made?.terminals[0]?.token ?? ''],
  ].filter((secret) => secret !== '');
}

it('holds what helps, and nothing of anybody', async () => {
  const planted = await plant();
  expect(planted.length).toBeGreaterThan(20);
  const parts = await unpacked('running');
  expect(Object.keys(parts)).toEqual([
    ...['README.txt', 'doctor.json', 'folder.txt', 'log.jsonl'],
    ...['metrics.txt', 'service.log', 'settings.txt', 'versions.json'],
  ]);
  for (const [name, text] of Object.entries(parts)) {
    for (const secret of planted)
      expect([name, secret, text.includes(secret)]).toEqual([name, secret, false]);
  }
  expect(parts['doctor.json']).toContain('bank-never-joined');
  expect(parts['settings.txt']).toBe(
    'LOCKERHUB_PORT 8080\nLOCKERHUB_BACKUP_FOLDER is set\nLOCKERHUB_SMTP_URL is set\n',
  );
  expect(parts['log.jsonl']).toContain('"type":"compartment.retired"');
  expect(parts['folder.txt']).toMatch(/keyring\.json {2}600 .*\n[\s\S]*others/);
  expect(parts['metrics.txt']).toContain('lockerhub_');
  expect(parts['service.log']).toContain('planted');
});

it('is made of a dead hub too', async () => {
  let parts: Record<string, string> = {};
  rig = await rig.restart(async () => {
    parts = await unpacked('dead');
  });
  expect(Object.keys(parts)).not.toContain('log.jsonl');
  expect(parts['doctor.json']).toContain('hub-down');
});
