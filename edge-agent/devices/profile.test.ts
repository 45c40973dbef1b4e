import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../error.ts';
import { YAML_BYTES_MAX } from './checked-yaml.ts';
import { BUILT_IN_PROFILES, loadProfile, parseProfile } from './profile.ts';

const GOOD = `profile: my-plc
title: A PLC
outputs: { area: coils, first: 1, address: 8192, count: 8 }
sensors: { area: discrete-inputs, first: 1, address: 0, count: 8, closed: 0 }
pulse:
  method: held-coil
  on: 0xFF00
  off: 0
`;

/** What parsing says about a bad text. */
function complaint(text: string): string {
  try {
    parseProfile(text, 'my.yaml');
  } catch (error) {
    if (error instanceof AgentError && error.code === 'profile-invalid') return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a profile', () => {
  it('has sensible defaults', () => {
    expect(parseProfile(GOOD, 'my.yaml')).toMatchObject({
      pulse: { lengthMs: 300, capMs: 1000 },
      power: { solenoidsAtOnce: 1, pauseBetweenPulsesMs: 300 },
      connection: { onFault: 'reconnect' },
      lateWriteQuarantineMs: 120_000,
    });
  });

  it.each([
    ['count: 8, closed: 0', 'count: 8, closed: 2', 'my.yaml: line 4: sensors.closed: '],
    ['method: held-coil', 'method: magic', 'line 6: pulse.method: '],
    ['  off: 0', '  of: 0', 'line 8: pulse.of: no such key'],
    ['title: A PLC', 'titel: A PLC', 'line 2: titel: no such key'],
    ['title: A PLC\n', '', 'line 1: title: '],
    ['  off: 0', '  off: 0\n  capMs: 1001', 'line 9: pulse.capMs: '],
    ['  off: 0', '  off: 0\n  capMs: 200', 'pulse.lengthMs: 300 ms is longer than the cap of 200 ms'],
    [
      'address: 8192',
      'address: 65535',
      'line 3: outputs.address: 8 points from address 65535 go beyond 65535',
    ],
    ['profile: my-plc', 'profile: My PLC', 'line 1: profile: lower-case letters'],
    ['title: A PLC', 'title: "A PLC', 'my.yaml is not YAML: line '],
    ['title: A PLC', 'title: &a [*a]', 'line 2: write *a out'],
  ])('with %j turned into %j is refused by line and key', (from, to, said) => {
    expect(complaint(GOOD.replace(from, to))).toContain(said);
  });

  it('whose shortest pulse is longer than the cap is refused', () => {
    const text = GOOD.replace(
      / {2}method[\s\S]*$/,
      '  method: timed-coil\n  address: 512\n  unitMs: 500\n  capMs: 400\n',
    );
    expect(complaint(text)).toContain(
      'pulse.unitMs: the shortest pulse of 500 ms is longer than the cap of 400 ms',
    );
  });

  it.each(['', '- 1', 'null', '42'])('of the wrong kind (%j) is refused', (text) => {
    expect(complaint(text)).toContain('my.yaml');
  });

  it('that is absurdly long is refused unread', () => {
    expect(complaint('#'.repeat(YAML_BYTES_MAX + 1))).toContain('longer than');
  });
});

describe('the profiles that come with the agent', () => {
  it.each(BUILT_IN_PROFILES)('%s is good and named as its file', async (name) => {
    expect((await loadProfile(name)).profile).toBe(name);
  });

  it('are all listed', async () => {
    const files = await readdir(new URL('./profiles/', import.meta.url));
    expect(files.sort()).toEqual(BUILT_IN_PROFILES.map((name) => `${name}.yaml`).sort());
  });

  it('are loaded by name only', async () => {
    await expect(loadProfile('../../package')).rejects.toMatchObject({ code: 'profile-invalid' });
  });
});
