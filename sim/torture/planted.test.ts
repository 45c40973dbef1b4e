import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATCHES = fileURLToPath(new URL('../scenarios/planted/', import.meta.url));
const names = readdirSync(PATCHES);

describe('the planted bugs', () => {
  it('are at least ten', () => {
    expect(names.length).toBeGreaterThanOrEqual(10);
  });

  // They are searched for by `npm run torture`; here only that each still fits the code that it breaks.
  it.each(names)('%s still fits the code', (name) => {
    expect(() => execFileSync('git', ['apply', '--check', `${PATCHES}${name}`], { cwd: ROOT })).not.toThrow();
  });
});
