/** An agent as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BankHub } from './bank-hub.ts';

export class AgentProcess {
  /** What it has printed. */
  readonly output: string[] = [];
  /** The signal or exit code with which it ended. */
  readonly ended: Promise<NodeJS.Signals | number | null>;
  readonly #child: ChildProcess;

  private constructor(configPath: string) {
    const main = fileURLToPath(import.meta.resolve('@lockerhub/edge-agent/main.ts'));
    this.#child = spawn(process.execPath, [main, '--config', configPath], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (data) => this.output.push(String(data)));
    this.#child.stderr?.on('data', (data) => this.output.push(String(data)));
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve(signal ?? code));
    });
  }

  /** Starts an agent of `hub` on a folder that holds its `bank.yaml`, and keeps its ledger there. */
  static async start(folder: string, hub: BankHub): Promise<AgentProcess> {
    const config = {
      hub: `mqtt://127.0.0.1:${hub.brokerPort}`,
      building: hub.building,
      username: hub.bank,
      password: 'rig',
      bankFile: 'bank.yaml',
      folder: '.',
    };
    const path = join(folder, 'agent.yaml');
    await writeFile(path, JSON.stringify(config));
    return new AgentProcess(path);
  }

  /** Starts an agent by a config of the test's own. */
  static run(configPath: string): AgentProcess {
    return new AgentProcess(configPath);
  }

  /** Sends it a signal at once; `ended` tells when it is gone. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
