/** `lockerhub doctor`: what is wrong with this hub, and what to do. Reads, asks, knocks; writes nothing. */
import { resolve } from 'node:path';
import { ConsoleDiagnosis } from '@lockerhub/protocol/http/console.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { HubError } from '../../error.ts';
import { askIfRunning } from '../ask-hub.ts';
import { EXIT, type Said } from '../console.ts';
import type { RunProgram } from '../run-program.ts';
import type { Facts } from './facts.ts';
import { folderFacts } from './folder-facts.ts';
import { type Diagnosed, judge } from './judge.ts';
import { machineFacts } from './machine-facts.ts';
import { outsideFacts } from './outside-facts.ts';
import { settingsFacts } from './settings-facts.ts';

export interface DoctorOptions {
  readonly data: string;
  /** The file with the service's settings. */
  readonly settings: string;
  readonly holdFile: string;
  readonly firewallRules: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly json?: boolean;
  readonly clock: Clock;
  readonly run: RunProgram;
}

export async function doctor(options: DoctorOptions): Promise<Said> {
  const facts = await gather(options);
  const found = judge(facts);
  const worst = found.length === 0 ? EXIT.well : EXIT.needsSomebody;
  const code = facts.hub === null ? EXIT.notRunning : worst;
  if (options.json) return { text: `${JSON.stringify({ running: facts.hub !== null, found })}\n`, code };
  return { text: textOf(found), code };
}

/** Looks at everything. */
async function gather(options: DoctorOptions): Promise<Facts> {
  const { settings, environment } = options;
  const dataFolder = resolve(options.data);
  const told = settingsFacts(settings, environment, dataFolder);
  const hub = (await diagnosis(dataFolder)) ?? null;
  const [machine, outside] = await Promise.all([
    machineFacts({ ...options, dataFolder }),
    outsideFacts({ dataFolder, config: told.config, hub }),
  ]);
  return { machine, settings: told.facts, folder: folderFacts(dataFolder), hub, outside };
}

/** A console file that can't be read is one more thing that is wrong, and no reason to say nothing. */
async function diagnosis(dataFolder: string): Promise<ConsoleDiagnosis | undefined> {
  try {
    return await askIfRunning(dataFolder, 'diagnosis', ConsoleDiagnosis);
  } catch (error) {
    if (error instanceof HubError && error.code === 'console-refused') return undefined;
    throw error;
  }
}

function textOf(found: readonly Diagnosed[]): string {
  if (found.length === 0) return 'nothing is wrong\n';
  const lines = found.map(
    ({ code, weight, what, act }) =>
      `${weight === 'broken' ? 'BROKEN' : 'CARE  '}  ${sentence(what)}\n        Do: ${sentence(act)}  [${code}]\n`,
  );
  return lines.join('\n');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
