/** One program that is started, watched, started again when it dies, and stopped cleanly. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, delay, type Timer } from '@lockerhub/protocol/time/clock.ts';
import { waitFor } from '../testing/wait-for.ts';

/** The first pause before a dead process is started again; doubles up to the last while it keeps dying early. */
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 10_000;
/** A process that lived so long did not die of its start. */
const HEALTHY_AFTER_MS = 10_000;
/** First creation of a store takes up to 10 s (FINDINGS 1) and much more on a loaded machine. */
const READY_WITHIN_MS = 120_000;
/** A hub finishes what it accepted, then checkpoints; one that hangs is killed after this. */
const STOP_WITHIN_MS = 15_000;
/** A log file larger than this makes room at the next start. */
const LOG_BYTES = 8 * 1024 * 1024;
const TAIL_LINES = 12;

export type ProcessState = 'stopped' | 'starting' | 'up' | 'down';

/** What there is to run, and how to know that it is ready. */
export interface Program {
  /** In words, for people: "hub". Also the name of its log file. */
  readonly name: string;
  /** Flags for Node, the script and its arguments. */
  readonly command: readonly string[];
  /** What it finds in its environment beside ours. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its log and the note of its process id go. */
  readonly folder: string;
  readonly isReady: () => Promise<boolean>;
}

/** A process that could not be started. The message ends with what it last said. */
export class ProcessFailed extends Error {
  readonly code = 'process-failed';
}

export class SupervisedProcess {
  readonly #program: Program;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #child: ChildProcess | undefined;
  #state: ProcessState = 'stopped';
  #starts = 0;
  #pauseMs = FIRST_PAUSE_MS;
  /** How long it stays away after it was killed on purpose; null: it was not. */
  #darkMs: number | null = null;
  #restart: Timer | undefined;

  constructor(program: Program, clock: Clock, onChange: () => void = () => {}) {
    this.#program = program;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get state(): ProcessState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How often it was started since we watch it. */
  get starts(): number {
    return this.#starts;
  }

  get logFile(): string {
    return join(this.#program.folder, `${this.#program.name}.log`);
  }

  /**
   * Starts it and waits until it is ready. From then on it is started again whenever it dies.
   *
   * @throws ProcessFailed if it ends before it was ready once.
   */
  async start(): Promise<void> {
    await this.#endLeftover();
    const child = this.#spawn();
    await waitFor(
      async () => hasEnded(child) || (await this.#look(child)),
      READY_WITHIN_MS,
      `the ${this.#program.name} to be ready; see ${this.logFile}`,
    );
    if (this.#state === 'up') return;
    this.#restart?.cancel();
    throw new ProcessFailed(
      `the ${this.#program.name} ended (${child.signalCode ?? child.exitCode}) before it was ready:\n${this.#tail()}`,
    );
  }

  /** Waits until it is up again after it was killed. */
  async untilUp(): Promise<void> {
    await waitFor(() => this.#state === 'up', READY_WITHIN_MS, `the ${this.#program.name} to be up again`);
  }

  /**
   * Pulls its plug: SIGKILL, nothing is said goodbye to. Resolves once it is dead; it is started again by itself after
   * `darkMs`.
   */
  async kill(darkMs: number = FIRST_PAUSE_MS): Promise<void> {
    const child = this.#child;
    if (!child || hasEnded(child)) return;
    this.#darkMs = darkMs;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Ends it in order, or with force if that takes too long. It stays stopped. */
  async stop(): Promise<void> {
    this.#restart?.cancel();
    const child = this.#child;
    this.#set('stopped');
    if (!child || hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const force = this.#clock.after(STOP_WITHIN_MS, () => child.kill('SIGKILL'));
    await ended;
    force.cancel();
    await rm(this.#pidFile, { force: true });
  }

  get #pidFile(): string {
    return join(this.#program.folder, `${this.#program.name}.pid`);
  }

  #spawn(): ChildProcess {
    const log = this.#openLog();
    const startedMs = this.#clock.monotonicMs();
    const child = spawn(process.execPath, [...this.#program.command], {
      env: { ...withoutOurs(process.env), ...this.#program.environment },
      stdio: ['ignore', log, log],
      // Ctrl-C goes to the whole group of the terminal; this one is stopped by us, in order.
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    this.#starts += 1;
    this.#set('starting');
    child.once('error', (error) => this.#ended(child, startedMs, error));
    child.once('exit', () => this.#ended(child, startedMs));
    if (child.pid !== undefined) writeFileSync(this.#pidFile, String(child.pid));
    return child;
  }

  #ended(child: ChildProcess, startedMs: number, error?: Error): void {
    if (child !== this.#child || this.#state === 'stopped') return;
    if (error) console.error(`the ${this.#program.name} could not be started: ${error.message}`);
    this.#set('down');
    const livedMs = this.#clock.monotonicMs() - startedMs;
    const isHealthy = this.#darkMs !== null || livedMs > HEALTHY_AFTER_MS;
    this.#pauseMs = isHealthy ? FIRST_PAUSE_MS : Math.min(this.#pauseMs * 2, LAST_PAUSE_MS);
    this.#restart = this.#clock.after(this.#darkMs ?? this.#pauseMs, () => void this.#comeBack());
    this.#darkMs = null;
  }

  async #comeBack(): Promise<void> {
    const child = this.#spawn();
    while (child === this.#child && this.#state === 'starting') {
      if (!(await this.#look(child))) await delay(this.#clock, 50);
    }
  }

  /** Whether it is ready now; then it counts as up. */
  async #look(child: ChildProcess): Promise<boolean> {
    const ready = await this.#program.isReady().catch(() => false);
    if (ready && child === this.#child && this.#state === 'starting') this.#set('up');
    return this.#state === 'up';
  }

  #set(state: ProcessState): void {
    this.#state = state;
    this.#onChange();
  }

  #openLog(): number {
    const size = statSync(this.logFile, { throwIfNoEntry: false })?.size ?? 0;
    if (size > LOG_BYTES) renameSync(this.logFile, `${this.logFile}.old`);
    return openSync(this.logFile, 'a', 0o600);
  }

  #tail(): string {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  }

  /** Ends what an earlier watcher left running because it was itself killed. Only ever the very same command. */
  async #endLeftover(): Promise<void> {
    const pid = Number(readIfThere(this.#pidFile));
    if (!Number.isInteger(pid) || pid <= 1) return;
    const isOurs = () =>
      readIfThere(`/proc/${pid}/cmdline`)?.split('\0').slice(1, -1).join(' ') ===
      this.#program.command.join(' ');
    if (!isOurs()) return;
    console.log(`A ${this.#program.name} of an earlier start still runs (process ${pid}); stopping it.`);
    process.kill(pid, 'SIGTERM');
    await waitFor(
      () => !isOurs(),
      STOP_WITHIN_MS,
      `the earlier ${this.#program.name} (process ${pid}) to end`,
    );
  }
}

/** The settings in our environment were read by us; a program is told by its flags. */
function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('LOCKERHUB_')));
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
