/** What the installer asks and the plan holds: it refuses what the plan would, and nothing else, before it writes anything. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Plan } from './plan.ts';

const INSTALLER = join(import.meta.dirname, '../../deploy/install.sh');
/** It comes after the answers: no release lies beside the one of this repository, and not everybody is root. */
const NEXT = /run it as root|no release lies beside it/;

let scratch: string;
let root: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'answers-'));
  root = await mkdtemp(join(scratch, 'root-'));
});
afterAll(() => rm(scratch, { recursive: true }));

/** What the installer says to such flags. */
function said(...flags: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const all = [INSTALLER, 'hub', '--yes', '--root', root, ...flags];
    execFile('sh', all, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

function planOf(building: string, manager: Record<string, string>): unknown {
  return {
    building: { building, name: 'Linden Court', timeZone: 'Etc/UTC', language: 'en' },
    staff: [{ login: 'ada', name: 'Ada', role: 'manager', ...manager }],
  };
}

const BEYOND_254 = `ada@${'linden.'.repeat(36)}example`;
const ANSWERS: Readonly<
  Record<string, { readonly tried: readonly string[]; readonly planOf: (answer: string) => unknown }>
> = {
  '--manager-email': {
    tried: [
      ...['ada@linden.example', 'Ada.Vogt+desk@mail.linden.example', "o'neil_1@x1.org", '-a@b.co', 'a@b-.cd'],
      ...['ada', 'ada@linden', 'ada@@linden.example', 'a da@linden.example', 'ada@linden.example '],
      ...['.ada@linden.example', 'ada.@linden.example', 'a..b@linden.example', "ada'@linden.example"],
      ...[
        'ada@-linden.example',
        'ada@linden..example',
        'ada@linden.e',
        'ada@linden.example1',
        'ädа@linden.example',
      ],
      ...[
        'ada@10.0.0.2',
        'ada@linden.example\nx',
        'no\nada@linden.example',
        'ada@linden.example.',
        '@linden.example',
      ],
      ...['ada@lin_den.example', 'Ada <ada@linden.example>', BEYOND_254, BEYOND_254.slice(3)],
    ],
    planOf: (email) => planOf('linden-court', { email }),
  },
  '--building': {
    tried: [
      ...[
        'linden-court',
        'a',
        '9',
        'a--b',
        'a'.repeat(40),
        'a'.repeat(41),
        '-a',
        'a-',
        'Linden',
        'linden court',
      ],
      ...['lindén', 'a/b', 'a\nb', '..'],
    ],
    planOf: (building) => planOf(building, {}),
  },
  '--manager': {
    tried: ['Ada', ' ', `  ${'ä'.repeat(120)} `, 'ä'.repeat(121), 'آدا "فوغت"'],
    planOf: (name) => planOf('a', { name }),
  },
  '--login': {
    tried: ['Ada', ' ', 'a'.repeat(80), 'a'.repeat(81)],
    planOf: (login) => planOf('a', { login }),
  },
};

it.each(Object.entries(ANSWERS))('%s', async (flag, { tried, planOf }) => {
  const taken = await Promise.all(tried.map(async (answer) => NEXT.test(await said(flag, answer))));
  const fits = tried.map((answer) => Plan.safeParse(planOf(answer)).success);
  expect(new Set(fits).size).toBe(2);
  expect(Object.fromEntries(tried.map((answer, at) => [answer, taken[at]]))).toEqual(
    Object.fromEntries(tried.map((answer, at) => [answer, fits[at]])),
  );
  expect(await readdir(root)).toEqual([]);
});

it('--password-file', async () => {
  const file = join(scratch, 'password');
  for (const password of [
    'correct horse',
    'ä'.repeat(10),
    'x'.repeat(200),
    'x'.repeat(201),
    'too short',
    '',
  ]) {
    await writeFile(file, `${password}\nanother line\n`);
    const answer = await said('--password-file', file);
    const { success } = Plan.safeParse(planOf('a', { password }));
    expect([password, NEXT.test(answer), answer.includes('has to have 10 to 200 characters')]).toEqual([
      password,
      success,
      !success,
    ]);
  }
  expect(await said('--password-file', join(scratch, 'none'))).toContain("can't be read");
});

it('says in plain words what is wrong', async () => {
  expect(await said('--manager-email', 'ada@linden')).toBe(
    'install: "ada@linden" is no e-mail address like ada@example.org\n',
  );
  expect(await said('--building', 'Linden Court')).toContain('is no short name: a-z, 0-9 and dashes');
});
