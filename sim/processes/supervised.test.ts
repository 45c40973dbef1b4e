import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SupervisedProcess } from './supervised.ts';

/** Notes its process id, ends in order at SIGTERM, and is ready once the note is there. */
const LIVES = `
import { appendFileSync } from 'node:fs';
appendFileSync(process.argv[2], process.pid + '\\n');
process.on('SIGTERM', () => { appendFileSync(process.argv[2], 'bye\\n'); process.exit(0); });
setInterval(() => {}, 1000);
`;

describe('a supervised process', () => {
  let folder = '';
  let notes = '';
  const running: SupervisedProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-supervised-'));
    notes = join(folder, 'notes');
    await writeFile(join(folder, 'lives.mjs'), LIVES);
    await writeFile(join(folder, 'dies.mjs'), `console.error('no store in here'); process.exit(3);`);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((process) => process.stop()));
    await rm(folder, { recursive: true });
  });

  const lines = async () => (await readFile(notes, 'utf8').catch(() => '')).split('\n').filter(Boolean);

  function supervised(script: string): SupervisedProcess {
    const started: SupervisedProcess = new SupervisedProcess(
      {
        name: 'hub',
        command: [join(folder, script), notes],
        folder,
        isReady: async () => (await lines()).at(-1) === String(started.pid),
      },
      systemClock,
    );
    running.push(started);
    return started;
  }

  it('is started again after its plug was pulled', async () => {
    const hub = supervised('lives.mjs');
    await hub.start();
    const { pid } = hub;
    await hub.kill();
    expect(hub.state).toBe('down');
    await hub.untilUp();
    expect(hub.pid).not.toBe(pid);
    expect(hub.starts).toBe(2);
  });

  it('ends in order and stays stopped', async () => {
    const hub = supervised('lives.mjs');
    await hub.start();
    await hub.stop();
    expect(hub.state).toBe('stopped');
    expect((await lines()).at(-1)).toBe('bye');
  });

  it('says why it could not be started, in its own words', async () => {
    await expect(supervised('dies.mjs').start()).rejects.toThrow(
      /ended \(3\) before it was ready:\nno store in here/,
    );
  });

  it.skipIf(process.platform !== 'linux')('ends what an earlier watcher left running', async () => {
    const first = supervised('lives.mjs');
    await first.start();
    const second = supervised('lives.mjs');
    await second.start();
    expect((await lines()).slice(0, 2)).toEqual([expect.any(String), 'bye']);
    await first.stop();
  });
});
