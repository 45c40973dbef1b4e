import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { execute } from './execute.ts';
import { oneAtATime } from './one-at-a-time.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'lockerhub-lock-'));
});
afterEach(() => rm(state, { recursive: true }));

it('refuses whoever cannot wait, lets the others wait, and goes on after an error', async () => {
  const order: string[] = [];
  let end = () => {};
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  let begun = () => {};
  const isHeld = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const first = oneAtATime(state, 'refuse', async () => {
    begun();
    await held;
    order.push('first');
  });
  await isHeld;
  const refused = oneAtATime(state, 'refuse', async () => void order.push('never'));
  await expect(refused).rejects.toMatchObject({ code: 'update-running' });
  const second = oneAtATime(state, 'wait', async () => {
    order.push('second');
    throw new Error('it failed');
  });
  end();
  await first;
  await expect(second).rejects.toThrow('it failed');
  expect(await oneAtATime(state, 'refuse', async () => 'third')).toBe('third');
  expect(order).toEqual(['first', 'second']);
});

it('is let go of by a process that is killed', async () => {
  const script = `import { oneAtATime } from '${join(import.meta.dirname, 'one-at-a-time.ts')}';
    await oneAtATime('${state}', 'refuse', async () => process.kill(process.pid, 'SIGKILL'));`;
  await expect(execute(process.execPath, ['--input-type=module', '-e', script])).rejects.toThrow();
  expect(await oneAtATime(state, 'wait', async () => 'taken')).toBe('taken');
});
