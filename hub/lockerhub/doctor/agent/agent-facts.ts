/** Looks at an agent's machine and changes nothing on it. Asks the agent, and knocks at the hub; never at a controller. */
import { X509Certificate } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentConfig, readConfig } from '@lockerhub/edge-agent/agent/config.ts';
import { KIOSK_PAGE } from '@lockerhub/edge-agent/agent/kiosk-server.ts';
import { type BankFile, parseBankFile } from '@lockerhub/edge-agent/bank/bank-file.ts';
import { lockHolder } from '@lockerhub/edge-agent/identity/folder-lock.ts';
import { type Identity, readIdentity } from '@lockerhub/edge-agent/identity/identity.ts';
import { listIn } from '@lockerhub/edge-agent/pickups/held-list.ts';
import { keptInFile } from '@lockerhub/edge-agent/pickups/kept-text.ts';
import { askAgent } from '@lockerhub/edge-agent/service/status-socket.ts';
import type { AgentStatus } from '@lockerhub/protocol/http/agent-status.ts';
import { diagnosedLines } from '../../../console/diagnosis.ts';
import { SOFTWARE } from '../../../version.ts';
import { UNITS } from '../../installed.ts';
import { foreignIn, look, stateOf } from '../folder-facts.ts';
import { type MachineQuestions, machineFacts } from '../machine-facts.ts';
import { knock } from '../outside-facts.ts';
import type { AgentFacts, KioskFacts, OwnFacts } from './facts.ts';
import { hubFacts, knocksAt } from './hub-facts.ts';
import { serialFaults } from './serial-facts.ts';

const HOUR_MS = 3_600_000;
/** What the agent writes there as itself. */
const OWN = [
  ...['identity.json', 'joining.json', 'hub.json', 'pickups.json'],
  ...['ledger.journal', 'events.journal', 'agent.lock'],
];

export interface AgentQuestions extends Omit<MachineQuestions, 'unit' | 'dataFolder'> {
  /** `agent.yaml`. */
  readonly agentSettings: string;
  /** Where the built page of the kiosk is; tests hand in another folder. */
  readonly kioskPage?: string;
}

/** Null: no agent was put here. */
export async function agentFacts(questions: AgentQuestions): Promise<AgentFacts | null> {
  const { agentSettings: file } = questions;
  if (!existsSync(file)) return null;
  const read = settingsIn(file);
  const folder = 'fault' in read ? null : read.config.folder;
  const [machine, agent] = await Promise.all([
    machineFacts({ ...questions, unit: UNITS.agent, dataFolder: folder ?? file }),
    folder === null ? null : askAgent(folder),
  ]);
  const common = { machine, release: SOFTWARE, agent };
  if ('fault' in read) return { ...common, settings: { file, fault: read.fault }, own: null };
  return { ...common, settings: { file, fault: null }, own: await ownFacts(read, agent, questions) };
}

interface Told {
  readonly config: AgentConfig;
  readonly bankFile: BankFile;
}

function settingsIn(file: string): Told | { readonly fault: string } {
  try {
    const config = readConfig(file);
    return { config, bankFile: parseBankFile(config.bankFileText, config.bankFile) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

async function ownFacts(
  { config, bankFile }: Told,
  agent: AgentStatus | null,
  { clock, kioskPage = KIOSK_PAGE }: Pick<AgentQuestions, 'clock' | 'kioskPage'>,
): Promise<OwnFacts> {
  const { folder: path } = config;
  const state = stateOf(path);
  const isThere = state === 'there';
  const identity = look(() => (isThere ? (readIdentity(path) ?? undefined) : undefined));
  const known = identity.value && (await knocksAt(config, identity.value));
  return {
    bank: bankFile.layout.bank,
    folder: {
      ...{ path, state },
      lockedBy: isThere ? lockHolder(join(path, 'agent.lock')) : null,
      foreign: isThere ? foreignIn(path, OWN) : [],
    },
    identity: 'url' in config.hub ? 'unneeded' : identity.fact,
    certificateEndsAtMs: identity.value ? endOf(identity.value) : null,
    ledger: look(() => ledgerIn(path)).fact,
    lines: diagnosedLines(agent?.lines ?? [], bankFile),
    serial: serialFaults(bankFile, path),
    hosts: bankFile.lines.flatMap(({ host }) => host ?? []),
    knocks: known?.knocks ?? [],
    hub: await hubFacts(agent?.pages ?? known?.pages ?? null, clock),
    kiosk: config.kiosk
      ? {
          port: config.kiosk.port,
          isThere: existsSync(join(kioskPage, 'index.html')),
          isTaken: agent === null && (await isTaken(config.kiosk.port)),
          list: listFact(path),
        }
      : null,
  };
}

function endOf({ certificate }: Identity): number {
  return Date.parse(new X509Certificate(certificate).validTo);
}

/** @throws Error where nobody could write to it */
function ledgerIn(folder: string): true | undefined {
  const path = join(folder, 'ledger.journal');
  if (!existsSync(path)) return undefined;
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch (cause) {
    const { code = 'it fails' } = cause as NodeJS.ErrnoException;
    throw new Error(`${path} can’t be written: ${code}`, { cause });
  }
}

/** Port 0 is whichever is free. */
async function isTaken(port: number): Promise<boolean> {
  return port !== 0 && (await knock('127.0.0.1', port)) === null;
}

function listFact(folder: string): KioskFacts['list'] {
  const path = join(folder, 'pickups.json');
  const { fact, value } = look(() => {
    const text = keptInFile(path).read();
    // Emptied when the hub admits the agent no more.
    if (text === null || text === '') return undefined;
    const kept = listIn(text);
    if (kept) return kept;
    throw new Error(`${path} holds no list that a hub has signed`);
  });
  if (!value) return typeof fact === 'object' ? fact : 'missing';
  const { list, chargedMs } = value;
  return { issuedAtMs: list.issuedAt, usedMs: chargedMs, goodForMs: list.poweredHours * HOUR_MS };
}
