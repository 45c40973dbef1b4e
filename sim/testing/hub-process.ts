/** A hub as a process of its own: to be killed, or to live under another clock. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { waitFor } from './wait-for.ts';

/** A store that was killed is recovered first; a loaded machine gets plenty. */
const READY_WITHIN_MS = 60_000;
const Ready = z.object({ event: z.literal('ready'), http: z.string() });

export class HubProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  private constructor(child: ChildProcess, ended: Promise<void>, url: string) {
    this.#child = child;
    this.#ended = ended;
    this.url = url;
  }

  /** Starts a hub on a folder that holds a building, and waits until it answers. @throws Error if it ends before. */
  static async start(folder: string, environment: Record<string, string> = {}): Promise<HubProcess> {
    const main = fileURLToPath(import.meta.resolve('@lockerhub/hub/main.ts'));
    const flags = ['--data', folder, '--port', '0', '--mqtt-port', '0', '--mqtts-port', '0'];
    const child = spawn(process.execPath, [main, ...flags], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...environment },
    });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    let said = '';
    child.stdout.on('data', (chunk) => (said += String(chunk)));
    const isReady = () => {
      if (child.exitCode !== null) throw new Error(`the hub ended: ${said}`);
      const line = said.split('\n').find((each) => each.includes('"ready"'));
      return line === undefined ? undefined : Ready.parse(JSON.parse(line));
    };
    const { http } = await waitFor(isReady, READY_WITHIN_MS, 'the hub to be ready');
    return new HubProcess(child, ended, http);
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }

  /** kill -9, as a power cut ends it. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
