import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-config-'));
  await writeFile(join(folder, 'bank.yaml'), 'layout: {}');
});
afterEach(() => rm(folder, { recursive: true }));

const GOOD = `hub: mqtt://127.0.0.1:1883
building: linden-court
username: lobby
password: secret-of-lobby
bankFile: bank.yaml
folder: data
`;

async function read(text: string) {
  const path = join(folder, 'agent.yaml');
  await writeFile(path, text);
  return readConfig(path);
}

describe('an agent’s configuration', () => {
  it('names files beside itself', async () => {
    expect(await read(GOOD)).toMatchObject({
      hub: { building: 'linden-court', username: 'lobby', password: 'secret-of-lobby' },
      bankFileText: 'layout: {}',
      folder: join(folder, 'data'),
    });
  });

  it('can keep its password in a file', async () => {
    await writeFile(join(folder, 'secret'), 'from-a-file\n');
    const text = GOOD.replace('password: secret-of-lobby', 'passwordFile: secret');
    expect((await read(text)).hub).toMatchObject({ password: 'from-a-file' });
    await writeFile(join(folder, 'secret'), 'two words');
    await expect(read(text)).rejects.toThrow(/secret must hold one password and nothing else/);
  });

  it.each([
    ['', undefined],
    ['hub: hub.local\n', { host: 'hub.local' }],
    ['hub: 10.0.0.7:8884\n', { host: '10.0.0.7', port: 8884 }],
    ['hub: "[fd00::7]:8884"\n', { host: 'fd00::7', port: 8884 }],
  ])('of one that has joined needs no more than %j', async (hub, name) => {
    expect((await read(`${hub}bankFile: bank.yaml\nfolder: data\n`)).hub).toEqual({ name });
  });

  const mistakes: readonly [string, (good: string) => string, RegExp][] = [
    [
      'an address that is none',
      (t) => t.replace('mqtt://127.0.0.1:1883', 'http://10.0.0.1'),
      /line 1: hub: write the hub as host/,
    ],
    ['no password', (t) => t.replace(/password.*\n/, ''), /password: write either password or passwordFile/],
    ['a bank file that is not there', (t) => t.replace('bank.yaml', 'none.yaml'), /none.yaml cannot be read/],
    [
      'a password that would cross the network in the clear',
      (t) => t.replace('127.0.0.1', '10.0.0.1'),
      /hub: .* mqtt:\/\/ is for an agent on the hub’s own machine/,
    ],
    [
      'a password beside what it got when it joined',
      (t) => t.replace('mqtt://127.0.0.1:1883', 'hub.local'),
      /password: only for mqtt:\/\//,
    ],
    ['a key that there is not', (t) => `${t}colour: red\n`, /line 7: colour: no such key/],
  ];
  for (const [what, spoil, message] of mistakes) {
    it(`is refused for ${what}, without its password in the message`, async () => {
      const failure = await read(spoil(GOOD)).catch((error: Error) => error);
      expect(failure).toMatchObject({ code: 'config-invalid', message: expect.stringMatching(message) });
      expect(String(failure)).not.toContain('secret-of-lobby');
    });
  }
});
