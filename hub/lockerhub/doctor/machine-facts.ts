/** Looks at the machine that a hub or an agent runs on. */
import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { UNITS } from '../installed.ts';
import type { RunProgram } from '../run-program.ts';
import type { FirewallFacts, MachineFacts, ServiceFacts } from './facts.ts';

/** A rule that lets nothing in through a port, as the installer writes it. */
const CLOSED = /^\s*iifname "([^"]+)" drop\s*$/gm;
/** systemd's words for a unit that starts by itself. */
const ENABLED: ReadonlySet<string> = new Set(['enabled', 'enabled-runtime', 'static', 'alias', 'linked']);

/** systemd's words when nobody fed a watchdog (systemd 252 and 257). */
const HUNG = 'Watchdog timeout';

export interface MachineQuestions {
  /** Of the hub's or the agent's service. */
  readonly unit: string;
  readonly dataFolder: string;
  readonly holdFile: string;
  readonly firewallRules: string;
  readonly clock: Clock;
  readonly run: RunProgram;
}

export async function machineFacts(questions: MachineQuestions): Promise<MachineFacts> {
  const { unit, dataFolder, holdFile, clock, run } = questions;
  return {
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    wallMs: clock.wallMs(),
    freeBytes: await freeBytesBelow(dataFolder),
    service: await serviceFacts(unit, run),
    hangs: await hangsOf(unit, run),
    isHeld: existsSync(holdFile),
    isUpdaterRunning: await isUpdaterRunning(run),
    firewall: await firewallFacts(questions),
    networks: Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
      (addresses ?? []).flatMap(({ cidr, internal }) =>
        cidr === null ? [] : [{ name, cidr, isLoopback: internal }],
      ),
    ),
  };
}

/** Of the disk that the folder lies on, or would lie on: where it is not, or nobody may look, that of the nearest folder above. */
async function freeBytesBelow(folder: string): Promise<number | null> {
  const found = await statfs(folder).catch(() => null);
  if (found) return found.bavail * found.bsize;
  return dirname(folder) === folder ? null : freeBytesBelow(dirname(folder));
}

async function serviceFacts(unit: string, run: RunProgram): Promise<ServiceFacts | null> {
  const shown = await show(run, unit, 'LoadState,ActiveState,UnitFileState,ExecMainStatus,NRestarts');
  if (shown?.LoadState !== 'loaded') return null;
  return {
    state: shown.ActiveState ?? 'unknown',
    isEnabled: ENABLED.has(shown.UnitFileState ?? ''),
    exitCode: Number(shown.ExecMainStatus ?? 0),
    restarts: Number(shown.NRestarts ?? 0),
  };
}

async function hangsOf(unit: string, run: RunProgram): Promise<number> {
  const words = ['--quiet', '--output=cat', '--since=-1d', `--unit=${unit}`, `--grep=${HUNG}`];
  const said = (await run('journalctl', ...words)) ?? '';
  return said.split('\n').filter((line) => line.includes(HUNG)).length;
}

async function isUpdaterRunning(run: RunProgram): Promise<boolean | null> {
  const shown = await show(run, UNITS.update, 'LoadState,ActiveState');
  if (shown?.LoadState !== 'loaded') return null;
  return shown.ActiveState === 'active' || shown.ActiveState === 'activating';
}

async function firewallFacts({ firewallRules, run }: MachineQuestions): Promise<FirewallFacts> {
  const shown = await show(run, UNITS.firewall, 'LoadState,ActiveState');
  return {
    isOn: shown?.LoadState === 'loaded' ? shown.ActiveState === 'active' : null,
    closed: [...readIfAble(firewallRules).matchAll(CLOSED)].map(([, name = '']) => name),
  };
}

/** Null: there is no systemd here. */
async function show(run: RunProgram, unit: string, names: string): Promise<Record<string, string> | null> {
  const said = await run('systemctl', 'show', unit, `--property=${names}`);
  if (said === null || said === '') return null;
  return Object.fromEntries(
    said.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
}

/** Rules that nobody wrote, or that this user may not read, close nothing that one could vouch for. */
function readIfAble(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
