/** Programs that the bench runs beside itself: started, awaited until they say that they are ready, stopped in order. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const ROOT = join(import.meta.dirname, '..', '..');
/** A first start creates a store. */
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 30_000;
/** What a program said last, for the message when it fails. */
const TAIL_LINES = 20;
const KILOBYTE = 1024;

export interface ProgramPlan<Ready> {
  /** The script, from the project's root. */
  readonly script: string;
  /** For Node itself. */
  readonly flags?: readonly string[];
  readonly arguments?: readonly string[];
  /** Whether the bench and it send each other messages. */
  readonly ipc?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** What a line of its output tells about being ready; undefined: not that line. */
  readonly ready: (line: string) => Ready | undefined;
}

export interface RunningProgram<Ready> {
  readonly ready: Ready;
  readonly child: ChildProcess;
  /** Resident memory now, in MB of 10^6 bytes. */
  memoryMb(): number;
  /** The most that was resident since its start, in the same unit. */
  peakMb(): number;
  /** Resolves when it has ended by itself. @throws Error if it ended with another code than 0. */
  readonly ended: Promise<void>;
  /** Asks it to end, and waits for that. @throws Error if it does not, or had failed before. */
  stop(): Promise<void>;
}

/** Those that run; none may outlive the bench, however it ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program. @throws Error with what it said last, if it ends before it is ready. */
export async function startProgram<Ready>(plan: ProgramPlan<Ready>): Promise<RunningProgram<Ready>> {
  const command = [...(plan.flags ?? []), join(ROOT, plan.script), ...(plan.arguments ?? [])];
  const child = spawn(process.execPath, command, {
    env: { ...process.env, ...plan.environment },
    stdio: ['ignore', 'pipe', 'pipe', plan.ipc ? 'ipc' : 'ignore'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const tail: string[] = [];
  const ready = Promise.withResolvers<Ready>();
  // `pipe` for both above.
  for (const stream of [child.stdout, child.stderr] as Readable[]) {
    createInterface(stream).on('line', (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      const said = plan.ready(line);
      if (said !== undefined) ready.resolve(said);
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => {
    if (code !== 0) throw new Error(`${plan.script} ended (${signal ?? code}):\n${tail.join('\n')}`);
  });
  // Whoever awaits it meets the error; a program that was killed on purpose is no unhandled one.
  ended.catch(() => {});
  const fail = (why: string) => ready.reject(new Error(`${plan.script} ${why}:\n${tail.join('\n')}`));
  child.once('close', (code, signal) => fail(`ended (${signal ?? code}) before it was ready`));
  const late = setTimeout(() => fail(`was not ready within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS);
  try {
    return {
      ready: await ready.promise,
      child,
      ended,
      memoryMb: () => memoryMbOf(child, plan.script, 'VmRSS'),
      peakMb: () => memoryMbOf(child, plan.script, 'VmHWM'),
      stop: () => stop(child, plan.script),
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(late);
  }
}

/** Reads a line as JSON; undefined for one that is none. */
export function asJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function stop(child: ChildProcess, script: string): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    throw new Error(`${script} had ended before it was stopped (${child.signalCode ?? child.exitCode})`);
  }
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  const [, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  clearTimeout(force);
  if (signal === 'SIGKILL') throw new Error(`${script} did not end within ${STOP_WITHIN_MS} ms`);
}

/** As Linux counts it (proc(5), `VmRSS` in kB). */
/** `figure`: as `proc(5)` names it. */
function memoryMbOf(child: ChildProcess, script: string, figure: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const kilobytes = Number(new RegExp(`^${figure}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
  if (Number.isNaN(kilobytes)) throw new Error(`the memory of ${script} cannot be read`);
  return (kilobytes * KILOBYTE) / 1e6;
}
