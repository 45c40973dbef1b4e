/** The programs that the demo runs: the hub and the garage's agent, as an installer would start them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Program } from '../processes/supervised.ts';
import { BUILDING } from './linden-court.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** The hub's program. */
export const HUB = join(ROOT, 'hub', 'main.ts');
/** The agent's. */
export const AGENT = join(ROOT, 'edge-agent', 'main.ts');
const LOOK_WITHIN_MS = 1_000;

/** For Node itself: memory that nobody needs is given back soon. A young generation of 2 MB saves 20 to 30 MB. */
export const NODE_FLAGS = ['--max-semi-space-size=2'] as const;
/**
 * For the hub; an agent sees to itself (`edge-agent/agent/lean-start.ts`). Two arenas of the C library's allocator instead of eight a processor save 40 MB in the hub with its threads. With
 * compiled code kept, later starts take half the time, and 20 MB less, for Node's own TypeScript compiler stays out.
 */
export const ENVIRONMENT = {
  MALLOC_ARENA_MAX: '2',
  NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'lockerhub', 'code'),
} as const;

export interface HubPlan {
  /** The demo's folder; the hub's own is below it. */
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly mqttPort: number;
  readonly mqttsPort: number;
  /** Where the demo's control is, and the port of the mailbox; absent for a real building. */
  readonly demo?: { readonly control: string; readonly controlPort: number; readonly smtpPort: number };
}

/** The hub's own folder within a building's. */
export function hubFolder(folder: string): string {
  return join(folder, 'hub');
}

/** The hub. It is ready when it says so. */
export function hubProgram({ folder, host, port, mqttPort, mqttsPort, demo }: HubPlan): Program {
  const command = [...NODE_FLAGS, HUB, '--data', hubFolder(folder), '--host', host, '--port', String(port)];
  command.push('--mqtt-port', String(mqttPort), '--mqtts-port', String(mqttsPort));
  if (demo) {
    command.push('--demo-url', `${demo.control}/demo/`);
    // Whatever name the browser found us by; only the demo's page has that port.
    command.push('--frame-origin', `http://*:${demo.controlPort}`);
    command.push('--smtp-url', `smtp://127.0.0.1:${demo.smtpPort}`);
    command.push('--smtp-from', `${BUILDING.name} <parcels@${BUILDING.slug}.example>`);
  }
  return {
    name: 'hub',
    command,
    environment: ENVIRONMENT,
    folder,
    isReady: () => answers(`http://127.0.0.1:${port}/readyz`),
  };
}

export interface AgentPlan {
  readonly folder: string;
  /** Of MQTT over TLS, on this machine. */
  readonly mqttsPort: number;
  readonly bankFile: string;
  /** Where the agent serves its kiosk's page; absent: no screen. */
  readonly kiosk?: { readonly port: number };
  /** Whether the hub hears the bank. */
  readonly isHeard: () => Promise<boolean>;
}

/** Where the garage's agent keeps who it is and what it did: it has to join with that. */
export function agentFolder(folder: string): string {
  return join(folder, 'agent', 'ledger');
}

/** The garage's agent, with its configuration written anew: the hub's port may have changed. */
export async function agentProgram(plan: AgentPlan): Promise<Program> {
  const folder = join(plan.folder, 'agent');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'agent.yaml');
  await writeFile(join(folder, 'bank.yaml'), plan.bankFile, { mode: 0o600 });
  await writeFile(
    config,
    stringify({
      hub: `127.0.0.1:${plan.mqttsPort}`,
      bankFile: 'bank.yaml',
      folder: agentFolder(plan.folder),
      ...(plan.kiosk ? { kiosk: plan.kiosk } : {}),
    }),
    { mode: 0o600 },
  );
  return {
    name: 'agent',
    command: [AGENT, '--config', config],
    environment: {},
    folder: plan.folder,
    isReady: plan.isHeard,
  };
}

async function answers(address: string): Promise<boolean> {
  const response = await fetch(address, { signal: AbortSignal.timeout(LOOK_WITHIN_MS) });
  await response.arrayBuffer();
  return response.ok;
}
