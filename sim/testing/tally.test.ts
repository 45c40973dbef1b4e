import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVitest } from 'vitest/node';
import { isGreen, linesOf, type Tally, TallyReporter } from './tally.ts';

describe('the tally of a run', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(import.meta.dirname, 'tally-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function run(name: string, source: string): Promise<Tally | undefined> {
    await writeFile(join(folder, name), `import { describe, it, beforeAll } from 'vitest';\n${source}`);
    const reporter = new TallyReporter();
    const before = process.exitCode;
    const vitest = await createVitest('test', {
      root: folder,
      config: false,
      include: [name],
      watch: false,
      reporters: [reporter],
      silent: true,
    });
    try {
      await vitest.start();
    } finally {
      await vitest.close();
      process.exitCode = before;
    }
    return reporter.tally;
  }

  it('counts passed, failed and skipped ones, the skipped by name', async () => {
    const tally = await run(
      'mixed.spec.ts',
      `it('a', () => {}); it('b', () => { throw new Error('no') }); it.skip('c', () => {});`,
    );
    expect(tally).toEqual({ passed: 1, failed: 1, skipped: ['mixed.spec.ts > c'] });
  });

  it('counts a file that cannot be loaded as a failure', async () => {
    expect(await run('broken.spec.ts', `it('a', () => {}); throw new Error('on load')`)).toMatchObject({
      failed: 1,
    });
  });

  it('counts a hook that fails, and an error that nobody catches', async () => {
    const tally = await run(
      'hooks.spec.ts',
      `describe('s', () => { beforeAll(() => { throw new Error('hook') }); it('a', () => {}) });
       it('late', async () => { Promise.reject(new Error('nobody catches')); await new Promise((r) => setImmediate(r)) });`,
    );
    expect(tally).toMatchObject({ passed: 1, failed: 2 });
  });

  it('is green only if something ran, nothing failed, and skips are allowed where there are some', () => {
    expect(isGreen({ passed: 0, failed: 0, skipped: [] }, true)).toBe(false);
    expect(isGreen({ passed: 2, failed: 1, skipped: [] }, true)).toBe(false);
    expect(isGreen({ passed: 2, failed: 0, skipped: ['x'] }, true)).toBe(true);
    expect(isGreen({ passed: 2, failed: 0, skipped: ['x'] }, false)).toBe(false);
  });

  it('ends with the counts', () => {
    expect(linesOf({ passed: 3, failed: 0, skipped: ['file > test'] })).toEqual([
      '1 skipped:',
      '  file > test',
      '3 passed, 0 failed',
    ]);
  });
});
