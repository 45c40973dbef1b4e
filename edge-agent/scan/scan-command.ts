/** `edge-agent scan`: looks who is on a line, from an installer's laptop or the agent's console. */
import { type ScanProgress, type ScanReport, ScanSpeed } from '@lockerhub/protocol/bank/scan.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Command, InvalidArgumentError } from 'commander';
import { ANSWERS_WITHIN_MS, type ScanTarget, scanLine } from './scan-line.ts';
import { ALL_UNITS, silentMs, USUAL_SPEEDS, wavesOf } from './scan-plan.ts';
import { inWords, speedInWords } from './scan-words.ts';

/** How a scan ends, besides 1 for one that could not be done. */
const EXIT = { good: 0, somethingWrong: 2, stopped: 130 } as const;
/** Modbus TCP's own port. */
const TCP_PORT = 502;
const UNIT_MAX = 255;
/** Progress is told this often at most. */
const TELL_EACH_MS = 1_000;

interface Flags {
  readonly serial?: string;
  readonly tcp?: string;
  readonly baud?: number;
  readonly parity?: ScanSpeed['parity'];
  readonly stopBits?: ScanSpeed['stopBits'];
  readonly ids?: number[];
  readonly timeout?: number;
  readonly json?: boolean;
}

/** The command, to be added to the program. */
export function scanCommand(): Command {
  return new Command('scan')
    .description(
      'Looks which devices answer on a line. Sends nothing but reads. Stop the agent of that line first.',
    )
    .option('--serial <port>', 'a serial port, such as /dev/ttyUSB0')
    .option('--tcp <host[:port]>', 'a device or gateway that speaks Modbus TCP')
    .option('--baud <rate>', 'this speed alone instead of all usual ones', wholeNumber)
    .option('--parity <parity>', 'with --baud: none, even or odd (none)', parity)
    .option('--stop-bits <bits>', 'with --baud: 1 or 2 (1)', stopBits)
    .option('--ids <ids>', 'such as 1-32 or 1,2,17 (all)', ids)
    .option(
      '--timeout <ms>',
      `how long a device may take to answer (serial ${ANSWERS_WITHIN_MS.serial}, TCP ${ANSWERS_WITHIN_MS.tcp})`,
      wholeNumber,
    )
    .option('--json', 'prints the report as JSON')
    .action(async (flags: Flags, command: Command) => {
      process.exitCode = await runScan(flags, (message) => command.error(message));
    });
}

async function runScan(flags: Flags, refuse: (message: string) => never): Promise<number> {
  const target = targetOf(flags, refuse);
  const units = flags.ids ?? ALL_UNITS;
  if (!flags.json) announce(target, units, flags.timeout ?? ANSWERS_WITHIN_MS[target.kind]);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const report = await scanLine(target, {
    clock: systemClock,
    random: systemRandom,
    units,
    withinMs: flags.timeout,
    onProgress: teller(),
    signal: stop.signal,
  });
  console.log(flags.json ? JSON.stringify(report, null, 2) : inWords(report));
  return exitCodeOf(report);
}

function exitCodeOf({ complete, hints }: ScanReport): number {
  if (!complete) return EXIT.stopped;
  return hints.some((hint) => hint !== 'any-unit') ? EXIT.somethingWrong : EXIT.good;
}

function targetOf(
  { serial, tcp, baud, parity, stopBits }: Flags,
  refuse: (message: string) => never,
): ScanTarget {
  if ((serial === undefined) === (tcp === undefined)) {
    return refuse('say what to scan: --serial /dev/ttyUSB0, or --tcp 192.168.1.20');
  }
  if (tcp !== undefined) return tcpTarget(tcp, refuse);
  if (baud === undefined) {
    if (parity !== undefined || stopBits !== undefined) refuse('--parity and --stop-bits need --baud');
    return { kind: 'serial', path: serial ?? '', speeds: USUAL_SPEEDS };
  }
  const speed = ScanSpeed.safeParse({ baud, parity: parity ?? 'none', stopBits: stopBits ?? 1 });
  if (!speed.success) return refuse('--baud: from 1200 to 921600');
  return { kind: 'serial', path: serial ?? '', speeds: [speed.data] };
}

function tcpTarget(tcp: string, refuse: (message: string) => never): ScanTarget {
  const parts = /^(.+?)(?::(\d{1,5}))?$/.exec(tcp);
  const port = Number(parts?.[2] ?? TCP_PORT);
  if (!parts?.[1] || port < 1 || port > 0xffff) return refuse(`--tcp ${tcp}: no host and port`);
  return { kind: 'tcp', host: parts[1], port };
}

/** How long it can take while nobody answers; whoever answers is asked more, which takes a few seconds each. */
function announce(target: ScanTarget, units: readonly number[], withinMs: number): void {
  const [usual, rest] = wavesOf(units);
  const speeds = target.kind === 'serial' ? target.speeds : [null];
  const minutes = (count: number): string =>
    (speeds.reduce((sum, speed) => sum + silentMs(speed, count, withinMs), 0) / 60_000).toFixed(1);
  console.error(
    `ids ${usual.length + rest.length}, speeds ${speeds.length}: usual ids within ${minutes(usual.length)} min, ` +
      `all within ${minutes(usual.length + rest.length)} min if nobody answers; Ctrl-C ends it with what was found`,
  );
}

function teller(): (progress: ScanProgress) => void {
  let toldMs = Number.NEGATIVE_INFINITY;
  return ({ done, of, speed, unit, found }) => {
    const nowMs = systemClock.monotonicMs();
    if (nowMs - toldMs < TELL_EACH_MS) return;
    toldMs = nowMs;
    const at = speed ? ` at ${speedInWords(speed)}` : '';
    console.error(`${done}/${of}: asking id ${unit}${at}; found so far: ${found}`);
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 1_000_000)
    throw new InvalidArgumentError('not a whole number from 1');
  return value;
}

function parity(text: string): string {
  if (!['none', 'even', 'odd'].includes(text)) throw new InvalidArgumentError('none, even or odd');
  return text;
}

function stopBits(text: string): number {
  if (text !== '1' && text !== '2') throw new InvalidArgumentError('1 or 2');
  return Number(text);
}

function ids(text: string): number[] {
  const units = text.split(',').flatMap((part) => {
    const range = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part.trim());
    const from = Number(range?.[1] ?? Number.NaN);
    const to = Number(range?.[2] ?? from);
    if (!(from <= to && to <= UNIT_MAX))
      throw new InvalidArgumentError(`"${part}" is no id or range from 1 to ${UNIT_MAX}`);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
  // 0 is everybody's: nobody answers it.
  if (units.includes(0)) throw new InvalidArgumentError('0 is for all devices at once; ids begin at 1');
  return units;
}
