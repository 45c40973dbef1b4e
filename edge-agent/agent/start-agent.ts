/** Puts an agent together from a bank file, a folder and a hub's address: files, TCP lines and MQTT, on real time. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import { parseBankFile } from '../bank/bank-file.ts';
import { wireBank } from '../bank/wire-bank.ts';
import { AgentError } from '../error.ts';
import { FileJournal } from '../ledger/file-journal.ts';
import { createTcpLine } from '../lines/tcp-line.ts';
import { createMqttLink } from '../link/mqtt-link.ts';
import { keptInFile } from '../pickups/kept-text.ts';
import { Agent } from './agent.ts';

export interface StartAgentOptions {
  /** The bank file's text, and what to call it in messages. */
  readonly bankFile: string;
  readonly bankFileName: string;
  readonly building: string;
  /** `mqtts://host:port` or `mqtt://host:port` */
  readonly brokerUrl: string;
  /** For `mqtts`: the building's CA certificate, in PEM. */
  readonly ca?: string | undefined;
  readonly username: string;
  readonly password: string;
  /** Where the ledger is; made if it is missing. One agent alone may use it. */
  readonly folder: string;
  readonly software: string;
  readonly log: Logger;
  /** Takes the hub's pickup lists, to let residents in while the hub is away. */
  readonly keepsPickups?: boolean;
}

/**
 * Starts an agent.
 *
 * @throws AgentError `bank-file-invalid`, `profile-invalid`, `config-invalid` (the folder), `journal-failed`
 */
export async function startAgent(options: StartAgentOptions): Promise<Agent> {
  const { building, username, password, brokerUrl, ca, software, folder } = options;
  const file = parseBankFile(options.bankFile, options.bankFileName);
  const { wires, lines } = await wireBank(file);
  const log = options.log.child({ bank: file.layout.bank });
  makeFolder(folder);
  const agent = new Agent({
    wires,
    lines: lines.map((line) => createTcpLine({ ...line, clock: systemClock, random: systemRandom })),
    journal: new FileJournal(join(folder, 'ledger.journal')),
    events: new FileJournal(join(folder, 'events.journal')),
    link: createMqttLink({ url: brokerUrl, ca, building, bank: file.layout.bank, username, password, log }),
    clock: systemClock,
    random: systemRandom,
    log,
    software,
    ...(options.keepsPickups
      ? { pickups: { kept: keptInFile(join(folder, 'pickups.json')), building, layout: file.layout } }
      : {}),
  });
  await agent.start();
  return agent;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError('config-invalid', `the folder ${folder} cannot be made: ${why}`, { cause });
  }
}
