import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInProfiles } from './built-in-profiles.ts';
import { YAML_BYTES_MAX } from './checked-yaml.ts';
import { readProfile } from './read-profile.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const builtIn = fileURLToPath(new URL('./profiles/wago-750.yaml', import.meta.url));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-profile-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Runs `edge-agent` and says how it ended. */
async function edgeAgent(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...words]);
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string };
    return { code: failed.code, out: failed.stdout, err: failed.stderr };
  }
}

describe('a profile in a file', () => {
  it('that is too long is refused unread', async () => {
    const path = join(folder, 'long.yaml');
    await writeFile(path, '');
    await truncate(path, YAML_BYTES_MAX + 1);
    await expect(readProfile(path)).rejects.toMatchObject({ code: 'profile-invalid' });
  });
});

describe('edge-agent profiles', () => {
  it('list prints one a line: its name and what it is', async () => {
    const { code, out } = await edgeAgent('profiles', 'list');
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t')[0])).toEqual(await builtInProfiles());
    for (const line of lines) expect(line).toMatch(/^[a-z0-9-]+\t\S/);
  });

  it('list ends without a word when nobody reads on', async () => {
    const child = spawn(process.execPath, [main, 'profiles', 'list'], { stdio: ['ignore', 'pipe', 'pipe'] });
    // Long before the program has begun: its first line meets a closed pipe, as a later one does behind `head -1`.
    child.stdout.destroy();
    let complaint = '';
    child.stderr.on('data', (data) => {
      complaint += String(data);
    });
    const [code] = await once(child, 'close');
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
  });

  it('check says that a file is good', async () => {
    expect(await edgeAgent('profiles', 'check', builtIn)).toMatchObject({
      code: 0,
      out: expect.stringContaining('profile "wago-750"'),
    });
  });

  it.each([
    [
      'a mistake',
      'profile: x1\ntitle: X\npulse: { method: magic }\n',
      /x\.yaml: line 1: outputs: .*line 3: pulse\.method: /,
    ],
    ['no YAML', 'profile: [', /x\.yaml is not YAML: line 1/],
    ['no file', null, /the profile .*x\.yaml cannot be read: .*no such file/],
  ])('check exits 1 with the reason for %s', async (_, text, reason) => {
    const path = join(folder, 'x.yaml');
    await rm(path, { force: true });
    if (text !== null) await writeFile(path, text);
    const { code, err } = await edgeAgent('profiles', 'check', path);
    expect(code).toBe(1);
    expect(err).toMatch(reason);
    // The reason and nothing about the program's insides.
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});
