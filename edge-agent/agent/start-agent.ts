/** Puts an agent together from a bank file, a folder and a hub's address: files, lines and MQTT, on real time. */
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import type { ToldUpdate } from '@lockerhub/protocol/update/files.ts';
import type { Logger } from 'pino';
import { type BankFile, parseBankFile } from '../bank/bank-file.ts';
import { wireBank } from '../bank/wire-bank.ts';
import type { BankWires } from '../bank/wires.ts';
import { loadProfile } from '../devices/built-in-profiles.ts';
import { AgentError } from '../error.ts';
import { makeFolder } from '../identity/identity.ts';
import { FileJournal } from '../ledger/file-journal.ts';
import { createLine, type LineSettings } from '../lines/create-line.ts';
import type { HubWay } from '../link/hub-way.ts';
import { createMqttLink } from '../link/mqtt-link.ts';
import { keptInFile } from '../pickups/kept-text.ts';
import type { ScannableLine } from '../scan/bank-scans.ts';
import type { ScanTarget } from '../scan/scan-line.ts';
import { Agent } from './agent.ts';

export interface StartAgentOptions {
  /** The bank file's text, and what to call it in messages. */
  readonly bankFile: string;
  readonly bankFileName: string;
  readonly way: HubWay;
  /** Where the ledger is; made if it is missing. One agent alone may use it. */
  readonly folder: string;
  readonly software: string;
  readonly log: Logger;
  /** Whether an update is about to stop it. */
  readonly isHeld?: () => boolean;
  /** How the last update of this machine ended. */
  readonly lastUpdate?: () => ToldUpdate | undefined;
  /** Takes the hub's pickup lists, to let residents in while the hub is away. */
  readonly keepsPickups?: boolean;
}

/**
 * Starts an agent.
 *
 * @throws AgentError `bank-file-invalid`, `profile-invalid`, `config-invalid` (the folder), `journal-failed`
 */
export async function startAgent(options: StartAgentOptions): Promise<Agent> {
  const { software, folder, way } = options;
  const file = parseBankFile(options.bankFile, options.bankFileName);
  const { wires, lines } = await wireBank(file);
  const log = options.log.child({ bank: file.layout.bank });
  const { open, building, user, credentials, bank = file.layout.bank } = way;
  if (bank !== file.layout.bank) {
    throw new AgentError(
      'config-invalid',
      `this agent joined for the bank "${bank}", and ${options.bankFileName} is that of "${file.layout.bank}"`,
    );
  }
  makeFolder(folder);
  const agent = new Agent({
    wires,
    lines: lines.map((line) => createLine(line, { clock: systemClock, random: systemRandom })),
    journal: new FileJournal(join(folder, 'ledger.journal')),
    events: new FileJournal(join(folder, 'events.journal')),
    link: createMqttLink({ open, building, bank, log, credentials, ...(user ? { user } : {}) }),
    credentials,
    pinned: way.pinned,
    hubJudged: way.hubJudged,
    clock: systemClock,
    random: systemRandom,
    log,
    software,
    isHeld: options.isHeld,
    lastUpdate: options.lastUpdate,
    scans: await scannable(file, lines, wires),
    ...(options.keepsPickups
      ? {
          pickups: {
            kept: keptInFile(join(folder, 'pickups.json')),
            building,
            layout: file.layout,
          },
        }
      : {}),
  });
  await agent.start();
  return agent;
}

async function scannable(
  file: BankFile,
  lines: readonly LineSettings[],
  wires: BankWires,
): Promise<ReadonlyMap<string, ScannableLine>> {
  const scans = new Map<string, ScannableLine>();
  for (const line of lines) {
    const wired = wires.lines.find((one) => one.line === line.id)?.blocks.map(({ unit }) => unit) ?? [];
    const beside = line.kind === 'tcp' && (await takesAnother(file, line.id));
    scans.set(line.id, { target: targetOf(line), wired: [...new Set(wired)], beside });
  }
  return scans;
}

/** Whether every device of a TCP line takes one more connection than the bank's lines have to it. */
async function takesAnother({ lines }: BankFile, id: string): Promise<boolean> {
  const mine = lines.filter((line) => line.id === id);
  const taken = lines.filter(({ host, port }) =>
    mine.some((line) => line.host === host && line.port === port),
  );
  for (const profile of mine.flatMap(({ profile, units = [] }) => [
    profile,
    ...units.map((unit) => unit.profile),
  ])) {
    const { tcp } = typeof profile === 'string' ? await loadProfile(profile) : profile;
    if (tcp.connections <= taken.length) return false;
  }
  return true;
}

function targetOf(line: LineSettings): ScanTarget {
  if (line.kind === 'tcp') return { kind: 'tcp', host: line.host, port: line.port };
  const { path, baud, parity, stopBits } = line;
  return { kind: 'serial', path, speeds: [{ baud, parity, stopBits }] };
}
