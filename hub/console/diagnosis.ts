/** What only a running hub knows of what may be wrong, for `lockerhub doctor`. Ids, places and states; nobody's name. */
import { X509Certificate } from 'node:crypto';
import { type BankFile, parseBankFile } from '@lockerhub/edge-agent/bank/bank-file.ts';
import type { Availability } from '@lockerhub/protocol/bank/messages.ts';
import type { ConsoleDiagnosis } from '@lockerhub/protocol/http/console.ts';
import type { AgentVersion } from '@lockerhub/protocol/http/updates.ts';
import type { Hub } from '../api/hub.ts';
import { PERIOD_MS } from '../backup/schedule.ts';
import type { Rows } from '../store/rows.ts';
import { consoleStatus } from './status.ts';

/** Modbus TCP's port, which a line has unless its file or its profile says another. */
const MODBUS_PORT = 502;

type DiagnosedBank = ConsoleDiagnosis['banks'][number];

/** @throws StoreError */
export async function diagnosisOf(hub: Hub): Promise<ConsoleDiagnosis> {
  const { banks: _, ...status } = await consoleStatus(hub);
  const { state, lastFault } = await hub.cloud.view();
  const versions = await hub.agentVersions.view();
  const { folder } = await hub.backups.view();
  const { backupEvery } = hub.policy.get();
  return {
    ...status,
    banks: hub.register.all('banks').map((row) => bankOf(hub, row, versions)),
    cloud: { state, cloud: hub.cloud.cloud, lastFault },
    log: hub.logWatch.view(),
    recovery: hub.recovery.view(),
    backupFolder: folder,
    backupEveryMs: PERIOD_MS[backupEvery],
    mailServer: hub.notifiers.mailServer,
  };
}

function bankOf(
  { register, banks }: Hub,
  { id, file, reach }: Rows['banks'],
  versions: readonly AgentVersion[],
): DiagnosedBank {
  const link = banks.link(id);
  const agent = register.all('agents').find(({ bank, state }) => bank === id && state === 'joined');
  const version = versions.find(({ bank }) => bank === id);
  const read = readFile(file);
  return {
    bank: id,
    reach,
    online: link?.online ?? false,
    sinceMs: link?.sinceMs ?? null,
    joined: agent !== undefined,
    software: version?.software ?? null,
    update: version?.update ?? null,
    certificateEndsAtMs:
      agent?.certificate == null ? null : Date.parse(new X509Certificate(agent.certificate).validTo),
    fileFault: 'fault' in read ? read.fault : null,
    hosts: reach === 'hub' && !('fault' in read) ? read.file.lines.flatMap(({ host }) => host ?? []) : [],
    lines: diagnosedLines(link?.lines ?? [], 'fault' in read ? null : read.file),
  };
}

/** Lines as their agent tells of them, with the places that the bank's file gives them. */
export function diagnosedLines(lines: Availability['lines'], file: BankFile | null): DiagnosedBank['lines'] {
  const places = new Map(file?.lines.map((line) => [line.id, placeOf(line)]));
  return lines.map(({ line, state, reason, units }) => ({
    line,
    place: places.get(line) ?? null,
    online: state === 'online',
    reason: reason ?? null,
    silentUnits:
      state === 'online' ? units.filter((unit) => unit.state !== 'online').map(({ unit }) => unit) : [],
  }));
}

/** A file that an older version took may be none for this one: only then it is read anew, and says line and key. */
function readFile(text: string): { readonly file: BankFile } | { readonly fault: string } {
  try {
    return { file: parseBankFile(text) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

function placeOf({ host, port, serial }: BankFile['lines'][number]): string {
  return host === undefined ? (serial?.path ?? '') : `${host}:${port ?? MODBUS_PORT}`;
}
