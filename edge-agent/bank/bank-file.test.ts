import { describe, expect, it } from 'vitest';
import { AgentError } from '../error.ts';
import { parseBankFile } from './bank-file.ts';
import { wireBank } from './wire-bank.ts';

const GOOD = `layout:
  bank: lobby
  name: Lobby
  depthMm: 500
  columns:
    - widthMm: 400
      cells:
        - { number: 1, size: S, heightMm: 150 }
        - { number: 2, size: M, heightMm: 300 }
lines:
  - { id: plc, host: 10.0.0.5, profile: waveshare-relay-32-inputs, locks: pulsed }
wiring:
  - { compartment: 1, line: plc, unit: 1, output: 1, sensor: { point: 1 } }
  - { compartment: 2, line: plc, unit: 1, output: 2, sensor: none }
`;

function mistakeIn(text: string): string {
  try {
    parseBankFile(text, 'lobby.yaml');
  } catch (error) {
    if (error instanceof AgentError && error.code === 'bank-file-invalid') return error.message;
    throw error;
  }
  return 'none';
}

describe('a bank file', () => {
  it('is wired by the profiles of its devices', async () => {
    const { wires, lines } = await wireBank(parseBankFile(GOOD));
    expect(lines).toMatchObject([{ id: 'plc', host: '10.0.0.5', port: 502, timeoutMs: 1_000 }]);
    expect(wires.pollMs).toBe(100);
    expect(wires.lines).toMatchObject([
      {
        supply: { atOnce: 1, pauseMs: 300 },
        blocks: [
          { area: 'coils', address: 1, count: 1 },
          { area: 'discrete-inputs', address: 0, count: 1 },
        ],
      },
    ]);
    const [first, second] = wires.compartments;
    expect(first).toMatchObject({
      compartment: 1,
      pulse: { kind: 'write-coil', address: 0x200, value: 3 },
      off: null,
    });
    expect(first?.sensor?.isClosed([1])).toBe(true);
    expect(first?.sensor?.isClosed([0])).toBe(false);
    expect(second).toMatchObject({ compartment: 2, sensor: null, lifeBlock: 0 });
  });

  it('can ask for another pulse that the device gives', async () => {
    const longer = GOOD.replace('locks:', 'pulseMs: 500, locks:');
    const { wires } = await wireBank(parseBankFile(longer));
    expect(wires.compartments[0]).toMatchObject({ pulse: { value: 5 }, pulseMs: 500 });
    const its = longer.replace('waveshare-relay-32-inputs', 'kerong-cu48');
    expect((await wireBank(parseBankFile(its))).wires.compartments[0]).toMatchObject({ pulseMs: 500 });
  });

  it('can say that a sensor shows the other bit, and that lines share a supply', async () => {
    const text = GOOD.replace('{ point: 1 }', '{ point: 1, closed: 0 }')
      .replace('lines:', 'supplies: { main: { solenoidsAtOnce: 2, pauseBetweenPulsesMs: 50 } }\nlines:')
      .replace('locks: pulsed', 'locks: pulsed, supply: main');
    const { wires } = await wireBank(parseBankFile(text));
    expect(wires.compartments[0]?.sensor?.isClosed([0])).toBe(true);
    expect(wires.lines[0]?.supply).toEqual({ id: 'shared/main', atOnce: 2, pauseMs: 50 });
  });

  const mistakes: readonly [string, (good: string) => string, RegExp][] = [
    ['no YAML', () => 'lines: [', /lobby.yaml is not YAML: line 1/],
    ['a key that there is not', (t) => t.replace('host:', 'hots:'), /line 11: lines\.0\.(host|hots)/],
    [
      'a line that there is not',
      (t) => t.replace('line: plc, unit: 1, output: 2', 'line: foo, unit: 1, output: 2'),
      /line 14: wiring\.1\.line: no line "foo"; use one of: plc/,
    ],
    [
      'a door that there is not',
      (t) => t.replace('compartment: 2', 'compartment: 9'),
      /line 14: wiring\.1\.compartment: the layout has no compartment 9/,
    ],
    [
      'a door wired twice',
      (t) => t.replace('compartment: 2', 'compartment: 1'),
      /compartment 1 is wired twice/,
    ],
    [
      'a door not wired',
      (t) => t.replace(/ {2}- \{ compartment: 2.*\n/, ''),
      /wiring: not wired: compartment 2/,
    ],
    [
      'an output for two doors',
      (t) => t.replace('output: 2', 'output: 1'),
      /line 14: wiring\.1\.output: this output already opens compartment 1/,
    ],
    [
      'two lines of one name',
      (t) => t.replace('wiring:', '  - { id: plc, host: h, profile: generic-coils, locks: pulsed }\nwiring:'),
      /line 12: lines\.1\.id: there is another line "plc"/,
    ],
    [
      'a supply that there is not',
      (t) => t.replace('locks: pulsed', 'locks: pulsed, supply: x'),
      /line 11: lines\.0\.supply: no supply "x"/,
    ],
    [
      'a number twice in the layout',
      (t) => t.replace('number: 2', 'number: 1'),
      /line 9: layout\.columns\.0\.cells\.1\.number: compartment 1 appears twice/,
    ],
    ['no word on the locks', (t) => t.replace(', locks: pulsed', ''), /line 11: lines\.0\.locks/],
  ];
  for (const [what, spoil, message] of mistakes) {
    it(`is refused for ${what}, by line and key`, () => {
      expect(mistakeIn(spoil(GOOD))).toMatch(message);
    });
  }

  const unfit: readonly [string, (good: string) => string, RegExp][] = [
    [
      'pulsed locks on outputs that hold',
      (t) => t.replace('waveshare-relay-32-inputs', 'generic-coils'),
      /line "plc": generic-coils leaves its outputs on.*continuous-duty/,
    ],
    [
      'pulsed locks behind a watchdog that nobody arms',
      (t) => t.replace('waveshare-relay-32-inputs', 'wago-750'),
      /line "plc": wago-750 leaves its outputs on/,
    ],
    [
      'a mailbox',
      (t) => t.replace('waveshare-relay-32-inputs', 'generic-mailbox'),
      /line "plc": this agent speaks to no mailbox yet/,
    ],
    [
      'a pulse that a device does not give which was made for one length',
      (t) =>
        t.replace('waveshare-relay-32-inputs', 'siemens-logo8-m').replace('locks:', 'pulseMs: 500, locks:'),
      /line "plc": pulseMs: siemens-logo8-m cannot give a pulse of 500 ms, the nearest it gives is 300 ms/,
    ],
    [
      'a pulse between the units of the device',
      (t) => t.replace('locks:', 'pulseMs: 250, locks:'),
      /line "plc": pulseMs: waveshare-relay-32-inputs cannot give a pulse of 250 ms, the nearest it gives is 300 ms/,
    ],
    [
      'an output beyond the device',
      (t) => t.replace('output: 2', 'output: 33'),
      /compartment 2 on line "plc": waveshare-relay-32-inputs has no output 33; its outputs are 1 to 32/,
    ],
    [
      'a profile that there is not',
      (t) => t.replace('waveshare-relay-32-inputs', 'nothing'),
      /no profile "nothing"; use one of/,
    ],
  ];
  for (const [what, spoil, message] of unfit) {
    it(`is refused for ${what}`, async () => {
      await expect(wireBank(parseBankFile(spoil(GOOD)))).rejects.toThrow(message);
    });
  }
});
