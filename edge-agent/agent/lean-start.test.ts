import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { codeFolder } from './lean-start.ts';

const LEAN_START = fileURLToPath(import.meta.resolve('./lean-start.ts'));
/** Counts its starts where a start anew can't forget them, and says what it is in the end. */
const PROGRAM = `
import { appendFileSync } from 'node:fs';
import { startLean } from ${JSON.stringify(LEAN_START)};
appendFileSync(process.argv[2], process.pid + ' ');
startLean();
console.log(JSON.stringify({ flags: process.execArgv, words: process.argv.slice(2), arenas: process.env.MALLOC_ARENA_MAX }));
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-lean-'));
  await writeFile(join(folder, 'program.ts'), PROGRAM);
});
afterEach(() => rm(folder, { recursive: true }));

async function run(flags: readonly string[], environment: Record<string, string | undefined> = {}) {
  const { MALLOC_ARENA_MAX: _, ...inherited } = process.env;
  const starts = join(folder, 'starts');
  const words = [starts, '--config', 'a file.yaml'];
  const command = [...flags, join(folder, 'program.ts'), ...words];
  const said = await new Promise<string>((resolve, reject) => {
    const options = { env: { ...inherited, ...environment } };
    execFile(process.execPath, command, options, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
  const pids = (await readFile(starts, 'utf8')).trim().split(' ');
  return { ...JSON.parse(said), pids };
}

it.skipIf(process.platform === 'win32')(
  'is the same process, started once more, with all that it was told',
  async () => {
    const { flags, words, arenas, pids } = await run(['--title=agent']);
    expect(flags).toEqual(expect.arrayContaining(['--title=agent', '--optimize-for-size', '--no-opt']));
    expect([words.slice(1), arenas]).toEqual([['--config', 'a file.yaml'], '2']);
    expect([pids.length, new Set(pids).size]).toEqual([2, 1]);
  },
);

it.skipIf(process.platform === 'win32')('keeps what was set for it', async () => {
  const { arenas, pids } = await run([], { MALLOC_ARENA_MAX: '4' });
  expect([arenas, pids.length]).toEqual(['4', 2]);
});

it('keeps its code in the first folder that it may write', async () => {
  await writeFile(join(folder, 'a-file'), '');
  expect(codeFolder([join(folder, 'a-file', 'below'), join(folder, 'good', 'code'), folder])).toBe(
    join(folder, 'good', 'code'),
  );
  expect(codeFolder([join(folder, 'a-file', 'below')])).toBeUndefined();
});
