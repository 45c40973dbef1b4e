import { accepted } from '@lockerhub/sim/testing/schema-arbitrary.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { AgentError } from '../error.ts';
import { builtInProfiles, loadProfile } from './built-in-profiles.ts';
import { YAML_BYTES_MAX } from './checked-yaml.ts';
import { Profile, parseProfile } from './profile.ts';

const GOOD = `profile: my-plc
title: A PLC
outputs: { area: coils, first: 1, address: 8192, count: 8 }
sensors: { area: discrete-inputs, first: 1, address: 0, count: 8, closed: 0 }
pulse:
  method: held-coil
  on: 0xFF00
  off: 0
`;

function yaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false });
}

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
      tcp: { port: 502, connections: 4 },
      limits: { readBits: 2_000, readRegisters: 125 },
      lateWriteQuarantineMs: 120_000,
    });
    expect(parseProfile(GOOD, 'my.yaml').serial).toBeUndefined();
    expect(parseProfile(`${GOOD}serial: { baud: 19200 }`, 'my.yaml').serial).toEqual({
      baud: 19_200,
      parity: 'none',
      stopBits: 1,
      frameGapMs: 5,
    });
  });

  it.each([
    ['count: 8, closed: 0', 'count: 8, closed: 2', 'my.yaml: line 4: sensors.closed: '],
    ['method: held-coil', 'method: magic', 'line 6: pulse.method: '],
    ['  off: 0', '  of: 0', 'line 8: pulse.of: no such key'],
    // Written at each start of the agent, it would open every door.
    ['  off: 0', '  off: 0xFF00', 'line 8: pulse.off: the same word as pulse.on'],
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
    [
      'area: coils',
      'area: holding-registers',
      'line 3: outputs.area: held-coil pulses outputs of area coils',
    ],
    [
      'area: coils, first: 1',
      'area: coils, first: 65530',
      'line 3: outputs.first: 8 points numbered from 65530',
    ],
    ['pulse:', 'serial: { baud: 9601, parity: odd, stopBits: 3 }\npulse:', 'line 5: serial.stopBits: '],
    ['pulse:', 'tcp: { connections: 0 }\npulse:', 'line 5: tcp.connections: '],
    ['pulse:', 'watchdog: { timeoutMs: 500, arm: [] }\npulse:', 'line 5: watchdog.arm: '],
    [
      'pulse:',
      'watchdog: { timeoutMs: 1001, arm: [{ register: 1, value: 1 }], check: [{ register: 1, holds: 1 }] }\npulse:',
      'line 5: watchdog.timeoutMs: 1001 ms is longer than the pulse',
    ],
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

  const pulsedBy = (outputs: string, pulse: string) =>
    GOOD.replace(/outputs:.*/, `outputs: ${outputs}`).replace(/pulse:[\s\S]*$/, `pulse: ${pulse}\n`);

  it.each([
    [
      'a watchdog where the device times the pulse',
      `${pulsedBy('{ area: coils, first: 1, address: 0, count: 8 }', '{ method: trigger-coil, on: 0xFF00 }')}watchdog: { timeoutMs: 500, arm: [{ register: 1, value: 1 }], check: [{ register: 1, holds: 1 }] }`,
      'line 6: watchdog: only held-coil outputs need one',
    ],
    [
      'a register command that runs over',
      pulsedBy(
        '{ area: holding-registers, first: 1, address: 1, count: 8 }',
        '{ method: timed-register, command: 0xFFF0, unitMs: 1000 }',
      ),
      'line 5: pulse.command: with 255 units on top it goes beyond 65535',
    ],
    [
      'a mailbox beyond the registers',
      pulsedBy('{ area: mailbox, first: 1, count: 8 }', '{ method: mailbox, address: 65530 }'),
      'line 5: pulse.address: 32 registers from address 65530 go beyond 65535',
    ],
    [
      'a compartment 0 behind a mailbox',
      pulsedBy('{ area: mailbox, first: 0, count: 8 }', '{ method: mailbox }'),
      'line 3: outputs.first: ',
    ],
  ])('with %s is refused by line and key', (_, text, said) => {
    expect(complaint(text)).toContain(said);
  });

  it('of any parts whatever is taken whole or refused by line and key', () => {
    fc.assert(
      fc.property(accepted(Profile), (parts) => {
        if (Profile.safeParse(parts).success) return;
        expect(complaint(yaml(parts))).toMatch(/^my\.yaml: line \d+: [a-z]/);
      }),
      { numRuns: 200 },
    );
  });

  it('says the same again when its defaults are written out, whatever its manners', async () => {
    const known = await Promise.all((await builtInProfiles()).map(loadProfile));
    const { power, serial, tcp, connection, jamAfterMs, lateWriteQuarantineMs } = Profile.shape;
    const manners = fc.record({
      power: accepted(power),
      serial: accepted(serial.unwrap()),
      tcp: accepted(tcp),
      connection: accepted(connection),
      jamAfterMs: accepted(jamAfterMs),
      lateWriteQuarantineMs: accepted(lateWriteQuarantineMs),
    });
    fc.assert(
      fc.property(fc.constantFrom(...known), manners, (profile, other) => {
        const taken = parseProfile(yaml({ ...profile, ...other }), 'my.yaml');
        expect(taken).toMatchObject({ profile: profile.profile, pulse: profile.pulse });
        expect(parseProfile(yaml(taken), 'my.yaml')).toEqual(taken);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['', '- 1', 'null', '42'])('of the wrong kind (%j) is refused', (text) => {
    expect(complaint(text)).toContain('my.yaml');
  });

  it('that is absurdly long is refused unread', () => {
    expect(complaint('#'.repeat(YAML_BYTES_MAX + 1))).toContain('longer than');
  });
});
