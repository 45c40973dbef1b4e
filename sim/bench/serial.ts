/**
 * A command with its read-back on a serial bus, over a pty at the pace of each speed, beside what the bytes and the
 * silence between frames take by themselves (findings, section 3: a coil write and a read of 64 coils).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Line } from '@lockerhub/edge-agent/lines/line.ts';
import { createSerialLine } from '@lockerhub/edge-agent/lines/serial-line.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { hasSocat } from '../plc/pty-bus.ts';
import { characterMs, silenceMs } from '../plc/serial-bus.ts';
import { waitFor } from '../testing/wait-for.ts';
import { asJson, startProgram } from './program.ts';
import { median } from './samples.ts';
import type { Row } from './table.ts';

const BAUDS = [9_600, 19_200, 115_200] as const;
/** Of the physical limit (third issue, "Speed"). */
const AIM = 1.15;
const COMMANDS = 60;
const QUICK_COMMANDS = 15;
const WARM_UP = 5;
const UNIT = 1;
const COILS = 64;
const LOOK = { unit: UNIT, kind: 'read', area: 'coils', address: 0, count: COILS } as const;
/** FC05 takes this word for "on", and zero for "off". */
const ON = 0xff00;
const ANSWERS_WITHIN_MS = 500;
const ONLINE_WITHIN_MS = 10_000;
/** Request and answer of a coil write, of a read of 64 coils: unit, function, data and checksum. */
const BYTES = { write: 8 + 8, read: 8 + (5 + COILS / 8) };
/** Before each request and before each answer. */
const SILENCES = 4;

/** Runs the bench; without `socat` there is no pty to run it on, and it says so. */
export async function benchSerial(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  if (!hasSocat) {
    say('left out: it needs socat');
    return [];
  }
  const rows: Row[] = [];
  for (const baud of BAUDS) {
    say(`${baud} baud`);
    rows.push(rowOf(baud, median(await commandsAt(baud, quick ? QUICK_COMMANDS : COMMANDS))));
  }
  return rows;
}

function rowOf(baud: number, productMs: number): Row {
  const settings = { baud };
  const limitMs = (BYTES.write + BYTES.read) * characterMs(settings) + SILENCES * silenceMs(settings);
  return {
    what: `serial command with read-back, ${baud} baud, beside the bytes alone`,
    product: productMs,
    peer: limitMs,
    unit: 'ms',
    aim: `≤ ${AIM} × the bytes`,
    met: productMs <= AIM * limitMs,
  };
}

/** How long each command took, in ms. */
async function commandsAt(baud: number, commands: number): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-bench-serial-'));
  const path = join(folder, 'bus');
  const bus = await startProgram({
    script: 'sim/bench/serial-bus.ts',
    arguments: [path, String(baud)],
    ready: asJson,
  });
  const line = lineOn(path, baud);
  try {
    line.start();
    await waitFor(() => line.online, ONLINE_WITHIN_MS, 'the serial line to be online');
    const times: number[] = [];
    for (let turn = 0; turn < commands + WARM_UP; turn++) times.push(await commandOn(line, turn));
    return times.slice(WARM_UP);
  } finally {
    await line.stop();
    await bus.stop();
    await rm(folder, { recursive: true });
  }
}

function lineOn(path: string, baud: number): Line {
  return createSerialLine({
    id: 'bus',
    path,
    baud,
    parity: 'none',
    stopBits: 1,
    timeoutMs: ANSWERS_WITHIN_MS,
    frameGapMs: 0,
    trials: [LOOK],
    clock: systemClock,
    random: systemRandom,
  });
}

async function commandOn(line: Line, turn: number): Promise<number> {
  const begunMs = performance.now();
  const value = turn % 2 === 0 ? ON : 0;
  await line.request({ unit: UNIT, kind: 'write-coil', address: turn % COILS, value }, 'command');
  await line.request(LOOK, 'command');
  return performance.now() - begunMs;
}
