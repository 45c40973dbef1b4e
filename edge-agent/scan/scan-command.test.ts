/** The command as a process of its own, over a pty with paced units, and over TCP. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { Plc } from '@lockerhub/sim/plc/plc.ts';
import { hasSocat } from '@lockerhub/sim/plc/pty-bus.ts';
import { startPlcServer } from '@lockerhub/sim/plc/tcp-server.ts';
import { startPtySerialRig } from '@lockerhub/sim/testing/serial-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterEach, describe, expect, it } from 'vitest';

const WITHIN_MS = 60_000;
/** A stall of a loaded machine must not look like a unit that is dead. */
const PATIENT = ['--timeout', '2000'];
const main = fileURLToPath(new URL('../main.ts', import.meta.url));

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `edge-agent scan` and says how it ended. */
async function edgeAgentScan(...words: string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, 'scan', ...words]);
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string };
    return { code: failed.code, out: failed.stdout, err: failed.stderr };
  }
}

/** Units 1, 2 and 3 at 19200 8N1 behind a pty, whose line is stopped so that the port is free. */
async function freeBus() {
  const rig = await startPtySerialRig({ baud: 19_200, line: { timeoutMs: 2_000 } });
  stops.push(rig.stop);
  await rig.line.stop();
  return rig;
}

describe.skipIf(!hasSocat)('edge-agent scan --serial', () => {
  it(
    'prints who answers, and ends with 2 where two have one id',
    async () => {
      const { adapter, bus, plc } = await freeBus();
      const how = ['--serial', adapter.path, '--baud', '19200', '--ids', '1-3'];
      const good = await edgeAgentScan(...how, ...PATIENT);
      expect(good).toMatchObject({ code: 0 });
      expect(good.out).toMatch(/^at 19200 8N1:\nid +verdict.*\n1 +answers .*\n2 +answers .*\n3 +answers /);
      expect(good.err).toContain('asking id 1');

      bus.faults.always('twins', 2);
      const { code, out } = await edgeAgentScan(...how, '--json');
      expect(code).toBe(2);
      const report = JSON.parse(out);
      expect(report.hints).toContain('two-answer');
      expect(report.passes[0].units.find(({ unit }: { unit: number }) => unit === 2).verdict).toBe(
        'two-answer',
      );
      expect(plc.record.filter(({ kind }) => kind === 'executed')).toEqual([]);
      expect(bus.requests.every(({ functionCode }) => functionCode <= 4)).toBe(true);
    },
    WITHIN_MS,
  );

  it(
    'refuses a port that a running line has, and does not disturb it',
    async () => {
      const rig = await startPtySerialRig({ baud: 19_200, line: { timeoutMs: 2_000 } });
      stops.push(rig.stop);
      const { code, err } = await edgeAgentScan(
        '--serial',
        rig.adapter.path,
        '--baud',
        '19200',
        '--ids',
        '1',
      );
      expect(code).toBe(1);
      expect(err).toContain('another program has this serial port open');
      expect(rig.line.online).toBe(true);
    },
    WITHIN_MS,
  );

  it(
    'ends with what it has when it is interrupted',
    async () => {
      const { adapter } = await freeBus();
      const child = spawn(
        process.execPath,
        [main, 'scan', '--serial', adapter.path, '--baud', '19200', '--json'],
        {
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      let out = '';
      let err = '';
      child.stdout.on('data', (data) => {
        out += String(data);
      });
      child.stderr.on('data', (data) => {
        err += String(data);
      });
      const ended = once(child, 'exit');
      await waitFor(() => err.includes('asking id'), WITHIN_MS, 'the scan to begin');
      child.kill('SIGINT');
      expect(await ended).toEqual([130, null]);
      expect(JSON.parse(out)).toMatchObject({ complete: false });
    },
    WITHIN_MS,
  );
});

describe('edge-agent scan --tcp', () => {
  it(
    'asks the units behind a gateway over one connection',
    async () => {
      const plc = new Plc({
        clock: systemClock,
        units: [2, 7].map((unit) => ({
          unit,
          device: 'waveshare-relay' as const,
          coils: 16,
          discreteInputs: 16,
        })),
        doors: [],
      });
      const server = await startPlcServer({ plc, connections: 'one-refuse' });
      stops.push(() => server.stop());
      const { code, out } = await edgeAgentScan(
        '--tcp',
        `127.0.0.1:${server.port}`,
        '--ids',
        '1-8',
        '--json',
      );
      expect(code).toBe(0);
      const [pass] = JSON.parse(out).passes;
      expect(pass).toMatchObject({ speed: null, asked: 8 });
      expect(
        pass.units.map(({ unit, verdict }: { unit: number; verdict: string }) => [unit, verdict]),
      ).toEqual([
        [2, 'answers'],
        [7, 'answers'],
      ]);
      expect(plc.record.filter(({ kind }) => kind === 'executed')).toEqual([]);
    },
    WITHIN_MS,
  );

  it(
    'says that nobody takes the connection',
    async () => {
      const { code, err } = await edgeAgentScan('--tcp', '127.0.0.1:1', '--ids', '1');
      expect(code).toBe(1);
      expect(err).toContain('the device refuses the connection');
    },
    WITHIN_MS,
  );

  it.each([
    [[], 'say what to scan'],
    [['--tcp', 'a', '--serial', 'b'], 'say what to scan'],
    [['--serial', 'b', '--parity', 'even'], 'need --baud'],
    [['--serial', 'b', '--ids', '0'], 'ids begin at 1'],
    [['--serial', 'b', '--ids', '9-3'], 'no id or range'],
    [['--tcp', 'a:99999'], 'no host and port'],
  ])('refuses %j', async (words, complaint) => {
    const { code, err } = await edgeAgentScan(...words);
    expect(code).toBe(1);
    expect(err).toContain(complaint);
  });
});
