import { describe, expect, it } from 'vitest';
import { loadProfile } from '../devices/built-in-profiles.ts';
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

/** Two relay boards and a lock board on one bus: door 2 is driven by unit 3 and sensed by unit 4. */
const SERIAL = GOOD.replace(
  /lines:[\s\S]*/,
  `lines:
  - id: bus
    serial: { path: /dev/ttyUSB0 }
    profile: waveshare-relay-32-inputs
    units:
      - { unit: 3, profile: eletechsup-r4d-8 }
    locks: pulsed
wiring:
  - { compartment: 1, line: bus, unit: 4, output: 1, sensor: { point: 1 } }
  - { compartment: 2, line: bus, unit: 3, output: 8, sensor: { unit: 4, point: 32 } }
`,
);

/** A relay board without inputs, and a board of inputs at another address. */
const APART = GOOD.replace('32-inputs, locks: pulsed }', '8, locks: pulsed }').replace(
  /wiring:[\s\S]*/,
  `  - { id: inputs, host: 10.0.0.6, profile: generic-coils }
wiring:
  - { compartment: 1, line: plc, unit: 1, output: 1, sensor: { line: inputs, unit: 2, point: 3, closed: 0 } }
  - { compartment: 2, line: plc, unit: 1, output: 2, sensor: { line: inputs, unit: 2, point: 4 } }
`,
);

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

  it.each(['generic-mailbox', 'schneider-m221', 'siemens-s7-1200-mailbox'])(
    'can use the mailbox of %s',
    async (name) => {
      const { wires } = await wireBank(parseBankFile(GOOD.replace('waveshare-relay-32-inputs', name)));
      // Status and doors in one read: a sequence never meets the result of another.
      expect(wires.lines[0]).toMatchObject({
        blocks: [{ area: 'holding-registers', address: 16, count: 17 }],
        mailboxes: [{ unit: 1, address: 0, heartbeatTimeoutMs: 1_000, block: 0, offset: 0 }],
      });
      expect(wires.compartments).toMatchObject([
        { pulse: { kind: 'mailbox', unit: 1, compartment: 1 }, off: null, pulseMs: 300 },
        { pulse: { kind: 'mailbox', unit: 1, compartment: 2 } },
      ]);
      expect(
        wires.compartments[0]?.sensor?.isClosed(Array.from({ length: 17 }, (_, at) => (at === 16 ? 1 : 0))),
      ).toBe(true);
    },
  );

  it('can drive pulsed locks by held outputs behind a watchdog', async () => {
    const { wires } = await wireBank(parseBankFile(GOOD.replace('waveshare-relay-32-inputs', 'wago-750')));
    const write = { unit: 1, kind: 'write-register' };
    expect(wires.lines[0]?.watchdogs).toMatchObject([
      {
        unit: 1,
        timeoutMs: 500,
        arm: [
          { ...write, address: 0x1008, value: 0xaa55 },
          { ...write, address: 0x1000, value: 5 },
          { ...write, address: 0x100a, value: 1 },
        ],
        check: [
          { read: { unit: 1, address: 0x1006, count: 1 }, holds: 1 },
          { read: { unit: 1, address: 0x1000, count: 1 }, holds: 5 },
        ],
        feed: null,
      },
    ]);
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

  it('takes the TCP port from the profile, unless it says one', async () => {
    const logo = GOOD.replace('waveshare-relay-32-inputs', 'siemens-logo8-m');
    const at = async (text: string) => (await wireBank(parseBankFile(text))).lines;
    expect(await at(logo)).toMatchObject([{ kind: 'tcp', port: 502 }]);
    expect(await at(logo.replace('host:', 'port: 1502, host:'))).toMatchObject([{ port: 1_502 }]);
    const profile = JSON.stringify({ ...(await loadProfile('siemens-logo8-m')), tcp: { port: 510 } });
    expect(await at(logo.replace('siemens-logo8-m', profile))).toMatchObject([{ port: 510 }]);
  });

  it('puts units of several kinds on a serial bus, each with its own profile', async () => {
    const { wires, lines } = await wireBank(parseBankFile(SERIAL));
    expect(lines).toMatchObject([
      { kind: 'serial', path: '/dev/ttyUSB0', baud: 9_600, parity: 'none', stopBits: 1, frameGapMs: 5 },
    ]);
    expect(wires.compartments).toMatchObject([
      { compartment: 1, unit: 4, pulse: { kind: 'write-coil', unit: 4, address: 0x200, value: 3 } },
      { compartment: 2, unit: 3, pulse: { kind: 'write-register', unit: 3, address: 8, value: 0x0601 } },
    ]);
    // Unit 3 senses nothing, and an output of it is polled all the same: to know whether it lives.
    const [relay, sensors] = wires.lines[0]?.blocks ?? [];
    expect(relay).toMatchObject({ unit: 3, area: 'holding-registers', address: 8, count: 1 });
    expect(sensors).toMatchObject({ unit: 4, area: 'discrete-inputs', address: 0, count: 32 });
    // Door 2 is seen by unit 4, and its own unit 3 tells whether it lives.
    expect(wires.compartments.map(({ sensor }) => sensor?.block)).toEqual([1, 1]);
    expect(wires.compartments.map(({ lifeBlock }) => lifeBlock)).toEqual([1, 0]);
    expect(wires.compartments[1]?.sensor?.isClosed([...Array(31).fill(0), 1])).toBe(true);
    expect(lines).toMatchObject([{ trials: [{ unit: 3 }, { unit: 4 }] }]);
  });

  it('can sense a door by another line than the one that opens it', async () => {
    const { wires, lines } = await wireBank(parseBankFile(APART));
    expect(wires.lines).toMatchObject([
      // Nothing is sensed here, and an output is polled all the same: to know whether the board lives.
      { line: 'plc', blocks: [{ unit: 1, area: 'coils', address: 0, count: 1 }] },
      { line: 'inputs', blocks: [{ unit: 2, area: 'discrete-inputs', address: 2, count: 2 }] },
    ]);
    expect(lines).toMatchObject([{ probes: [{ unit: 1 }] }, { probes: [{ unit: 2 }] }]);
    const [first, second] = wires.compartments;
    expect(first).toMatchObject({ line: 'plc', unit: 1, lifeBlock: 0 });
    expect(first?.sensor).toMatchObject({ line: 'inputs', unit: 2, block: 0 });
    expect(first?.sensor?.isClosed([0, 1])).toBe(true);
    expect(second?.sensor?.isClosed([0, 1])).toBe(true);
    expect(second?.sensor?.isClosed([1, 0])).toBe(false);
  });

  it('can say how a bus is set, whatever its units are shipped with', async () => {
    const set = 'path: /dev/ttyUSB0, baud: 19200, parity: even, stopBits: 2';
    const { lines } = await wireBank(parseBankFile(SERIAL.replace('path: /dev/ttyUSB0', set)));
    expect(lines).toMatchObject([{ baud: 19_200, parity: 'even', stopBits: 2 }]);
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
    [
      'a line that leads nowhere',
      (t) => t.replace('host: 10.0.0.5, ', ''),
      /line 11: lines\.0\.host: say host \(Modbus TCP\) or serial \(a bus\)/,
    ],
    [
      'a line by TCP and by a bus',
      () => SERIAL.replace('    profile: w', '    host: 10.0.0.5\n    profile: w'),
      /line 13: lines\.0\.host: a line has either host or serial/,
    ],
    [
      'a TCP port of a bus',
      () => SERIAL.replace('    profile: w', '    port: 502\n    profile: w'),
      /line 13: lines\.0\.port: is a TCP port, and this line is a serial bus/,
    ],
    [
      'one serial port for two lines',
      () =>
        SERIAL.replace(
          'wiring:',
          '  - { id: b, serial: { path: /dev/ttyUSB0 }, profile: waveshare-relay-8, locks: pulsed }\nwiring:',
        ),
      /line 17: lines\.1\.serial: line "bus" has \/dev\/ttyUSB0 already; put all its units on that line/,
    ],
    [
      'a unit id for two devices',
      () => SERIAL.replace('    locks:', '      - { unit: 3, profile: waveshare-relay-8 }\n    locks:'),
      /line 16: lines\.0\.units\.1\.unit: unit 3 is named twice; two devices of one id cannot share a line/,
    ],
    [
      'a unit that no bus has',
      () => SERIAL.replace('unit: 4, output', 'unit: 0, output'),
      /line 18: wiring\.0\.unit: a unit on a serial line has a number from 1 to 247/,
    ],
    [
      'a sensor on a unit that no bus has',
      () => SERIAL.replace('{ unit: 4, point', '{ unit: 248, point'),
      /line 19: wiring\.1\.sensor\.unit: a unit on a serial line/,
    ],
    [
      'a baud that there is not',
      () => SERIAL.replace('path: /dev/ttyUSB0', 'path: /dev/ttyUSB0, baud: 300'),
      /line 12: lines\.0\.serial\.baud/,
    ],
    [
      'a sensor on a line that there is not',
      () => APART.replace('line: inputs, unit: 2, point: 4', 'line: input, unit: 2, point: 4'),
      /line 15: wiring\.1\.sensor\.line: no line "input"; use one of: plc, inputs/,
    ],
    [
      'a sensor on another line without its unit',
      () => APART.replace('unit: 2, point: 4', 'point: 4'),
      /line 15: wiring\.1\.sensor\.unit: say which unit of line "inputs" senses this door/,
    ],
    [
      'a sensor on a unit that no bus has, on another line',
      () =>
        APART.replace('host: 10.0.0.6', 'serial: { path: /dev/ttyUSB0 }').replace(
          'unit: 2, point: 4',
          'unit: 0, point: 4',
        ),
      /line 15: wiring\.1\.sensor\.unit: a unit on a serial line/,
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
      'units of different baud on a bus',
      () => SERIAL.replace('eletechsup-r4d-8', 'kerong-cu48').replace('output: 8', 'output: 0'),
      /line "bus": lines\.0\.serial\.baud: units of different baud cannot share a bus \(as shipped: kerong-cu48 115200, waveshare-relay-32-inputs 9600\)/,
    ],
    [
      'a device without a serial port on a bus',
      () => SERIAL.replace('eletechsup-r4d-8', 'siemens-logo8-m').replace('output: 8', 'output: 1'),
      /line "bus": lines\.0\.profile: siemens-logo8-m has no serial port; reach it by host/,
    ],
    [
      'more lines to a device than it takes',
      (t) =>
        t
          .replaceAll('waveshare-relay-32-inputs', 'siemens-s7-1200')
          .replace('locks: pulsed', 'locks: continuous-duty')
          .replace(
            'wiring:',
            '  - { id: b, host: 10.0.0.5, profile: siemens-s7-1200, locks: continuous-duty }\nwiring:',
          ),
      /line "b": lines\.1\.host: 10\.0\.0\.5:502 takes 1 connection at once, for line "plc"; put all its units on one/,
    ],
    [
      'a mailbox whose status takes more than one read',
      (t) =>
        t.replace(
          'profile: waveshare-relay-32-inputs',
          'profile: { profile: my-plc, title: P, outputs: { area: mailbox, first: 1, count: 2 }, sensors: { area: register-bits, first: 1, address: 32, count: 2, closed: 1 }, pulse: { method: mailbox }, limits: { readRegisters: 11 } }',
        ),
      /line "plc": the status of unit 1 is not read in one request/,
    ],
    [
      'an output beyond the device',
      (t) => t.replace('output: 2', 'output: 33'),
      /compartment 2 on line "plc": waveshare-relay-32-inputs has no output 33; its outputs are 1 to 32/,
    ],
    [
      'a sensor beyond the device on another line',
      () => APART.replace('point: 4', 'point: 2001'),
      /compartment 2 on line "inputs": generic-coils has no sensor 2001; its sensors are 1 to 2000/,
    ],
    [
      'a sensor on a device that senses nothing',
      () => APART.replace('profile: generic-coils', 'profile: waveshare-relay-8'),
      /compartment 1 on line "inputs": waveshare-relay-8 senses no doors; write sensor: none, or name the line that does/,
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
