/**
 * As much of systemd as an updater asks for, over the real hub or agent: starts and stops it, and starts it
 * again whenever it dies. It runs from the release that `current` leads to when it is started.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { askReady, type Place } from '@lockerhub/deploy/update/ask-ready.ts';
import { systemClock, type Timer } from '@lockerhub/protocol/time/clock.ts';
import { waitFor } from '../testing/wait-for.ts';
import { StandInUnits } from './stand-in-units.ts';

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 15_000;
const AGAIN_AFTER_MS = 250;

export interface StandInOptions {
  /** With `programs/current`, `units` and `firewall.nft`. */
  readonly folder: string;
  /** Of a release: what is run. */
  readonly script: string;
  /** Where it says how it is. */
  readonly place: Place;
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export class StandInSystem {
  readonly #options: StandInOptions;
  readonly #server: Server;
  #program: ChildProcess | undefined;
  #release = '';
  #restarts = 0;
  #again: Timer | undefined;
  #wanted = false;
  readonly units: StandInUnits;

  private constructor(options: StandInOptions) {
    this.#options = options;
    this.units = new StandInUnits(join(options.folder, 'units'), join(options.folder, 'firewall.nft'));
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#obey(JSON.parse(Buffer.concat(chunks).toString()) as string[]).then(
          (said) => response.end(said),
          (error: Error) => response.writeHead(500).end(error.message),
        );
      });
    });
  }

  static async start(options: StandInOptions): Promise<StandInSystem> {
    const system = new StandInSystem(options);
    system.#server.listen(0, '127.0.0.1');
    await once(system.#server, 'listening');
    return system;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The release that the program which runs now was started from. */
  get release(): string {
    return this.#release;
  }

  /** The program dies with everything else. */
  async powerCut(): Promise<void> {
    this.#wanted = false;
    this.#again?.cancel();
    await this.#end('SIGKILL');
    this.units.boot();
  }

  async startProgram(): Promise<void> {
    this.#wanted = true;
    this.#again?.cancel();
    const program = isAlive(this.#program) ? this.#program : this.#spawn();
    const isReady = async () => !isAlive(program) || (await askReady(this.#options.place))?.ready;
    await waitFor(isReady, READY_WITHIN_MS, 'the program to be ready or to end');
    if (!isAlive(program)) throw new Error('the program ended before it was ready');
  }

  async stopProgram(): Promise<void> {
    this.#wanted = false;
    this.#again?.cancel();
    await this.#end('SIGTERM');
  }

  async end(): Promise<void> {
    await this.stopProgram();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #obey(words: readonly string[]): Promise<string> {
    const [verb, unit] = [words[0], words.at(-1) ?? ''];
    if (verb === 'daemon-reload' || unit.startsWith('lockerhub-')) return this.units.obey(words);
    if (verb === 'stop') await this.stopProgram();
    if (verb === 'start') await this.startProgram();
    return `MainPID=${this.#program?.pid ?? 0}\nNRestarts=${this.#restarts}\nActiveState=${this.#wanted}`;
  }

  #spawn(): ChildProcess {
    const { folder, script, flags, environment } = this.#options;
    const release = realpathSync(join(folder, 'programs', 'current'));
    this.#release = basename(release);
    const words = [join(release, script), ...flags];
    const program = spawn(process.execPath, words, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [program.stdout, program.stderr])
      stream?.on('data', (chunk: Buffer) => appendFileSync(join(folder, 'program.log'), chunk));
    program.once('exit', () => {
      if (program !== this.#program || !this.#wanted) return;
      this.#restarts += 1;
      this.#again = systemClock.after(AGAIN_AFTER_MS, () => void this.#spawn());
    });
    this.#program = program;
    return program;
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const program = this.#program;
    if (!program || !isAlive(program)) return;
    const ended = once(program, 'exit');
    program.kill(signal);
    const force = systemClock.after(STOP_WITHIN_MS, () => program.kill('SIGKILL'));
    await ended;
    force.cancel();
  }
}

function isAlive(child: ChildProcess | undefined): child is ChildProcess {
  return child !== undefined && child.exitCode === null && child.signalCode === null;
}
