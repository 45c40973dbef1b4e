/** `lockerhub doctor`: what is wrong with this hub or agent, and what to do. Reads, asks, knocks; writes nothing. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConsoleDiagnosis } from '@lockerhub/protocol/http/console.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { HubError } from '../../error.ts';
import { storeExists } from '../../store/pglite/create.ts';
import { askIfRunning } from '../ask-hub.ts';
import { EXIT, type Said } from '../console.ts';
import { UNITS } from '../installed.ts';
import { oneLine } from '../one-line.ts';
import type { RunProgram } from '../run-program.ts';
import { agentFacts } from './agent/agent-facts.ts';
import type { Facts } from './facts.ts';
import { folderFacts } from './folder-facts.ts';
import { type Diagnosed, judge, judgeAgent, worstFirst } from './judge.ts';
import { machineFacts } from './machine-facts.ts';
import { outsideFacts } from './outside-facts.ts';
import { settingsFacts } from './settings-facts.ts';

export interface DoctorOptions {
  readonly data: string;
  /** The file with the service's settings. */
  readonly settings: string;
  /** `agent.yaml`: where it is there, an agent was put on this machine. */
  readonly agentSettings: string;
  /** Where the built page of the kiosk is; tests hand in another folder. */
  readonly kioskPage?: string;
  readonly holdFile: string;
  readonly firewallRules: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly json?: boolean;
  readonly clock: Clock;
  readonly run: RunProgram;
}

export async function doctor(options: DoctorOptions): Promise<Said> {
  const agent = await agentFacts(options);
  // Beside an agent there need be no hub; where nothing is, it is a hub that lacks.
  const hub = agent && !hasHub(options) ? null : await hubFacts(options);
  const found = worstFirst([...(hub ? judge(hub) : []), ...(agent ? judgeAgent(agent) : [])]);
  const running = (hub === null || hub.hub !== null) && (agent === null || agent.agent !== null);
  const worst = found.length === 0 ? EXIT.well : EXIT.needsSomebody;
  const code = running ? worst : EXIT.notRunning;
  if (options.json) return { text: `${JSON.stringify({ running, found })}\n`, code };
  return { text: textOf(found), code };
}

function hasHub({ data, settings }: DoctorOptions): boolean {
  return existsSync(settings) || storeExists(join(resolve(data), 'store'));
}

/** Looks at everything. */
async function hubFacts(options: DoctorOptions): Promise<Facts> {
  const { settings, environment } = options;
  const dataFolder = resolve(options.data);
  const told = settingsFacts(settings, environment, dataFolder);
  const hub = (await diagnosis(dataFolder)) ?? null;
  const [machine, outside] = await Promise.all([
    machineFacts({ ...options, unit: UNITS.hub, dataFolder }),
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

/** What was found, for a terminal. */
export function textOf(found: readonly Diagnosed[]): string {
  if (found.length === 0) return 'nothing is wrong\n';
  const lines = found.map(
    ({ code, weight, what, act }) =>
      `${weight === 'broken' ? 'BROKEN' : 'CARE  '}  ${sentence(what)}\n        Do: ${sentence(act)}  [${code}]\n`,
  );
  return lines.join('\n');
}

function sentence(words: string): string {
  const text = oneLine(words);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
