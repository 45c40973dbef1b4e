/** Knocks at what the hub leans on. Never at a controller: some take one connection, and it is the agent's. */
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ConsoleDiagnosis } from '@lockerhub/protocol/http/console.ts';
import { reachable } from '../../api/server.ts';
import { backupsIn } from '../../backup/backups-in.ts';
import { placeOf } from '../../backup/place.ts';
import type { Config } from '../../config/config.ts';
import { mailServerOf } from '../../notifications/mail-server.ts';
import { readAccount } from '../../sync/cloud-account.ts';
import type { BackupFacts, OutsideFacts } from './facts.ts';

/** Somebody waits at a console; a server across the world answers in a second. */
const ANSWER_WITHIN_MS = 5_000;

export interface OutsideQuestions {
  readonly dataFolder: string;
  /** Null: what it is told can't be read. */
  readonly config: Config | null;
  readonly hub: ConsoleDiagnosis | null;
}

export async function outsideFacts({ dataFolder, config, hub }: OutsideQuestions): Promise<OutsideFacts> {
  const ownMail = config?.smtp ? mailServerOf(config.smtp.url) : null;
  const mailServer = hub ? hub.mailServer : ownMail;
  const cloudUrl = hub ? (hub.cloud.cloud?.url ?? null) : cloudIn(dataFolder);
  const backupFolder = hub ? hub.backupFolder : (config?.backupFolder ?? null);
  const [takenPorts, mail, cloud, backups] = await Promise.all([
    hub || !config ? [] : taken(config),
    mailServer === null ? null : mailFacts(mailServer),
    cloudUrl === null ? null : cloudFacts(cloudUrl),
    backupFolder === null ? null : backupFacts(backupFolder, dataFolder),
  ]);
  return { takenPorts, mail, cloud, backups };
}

/** One that nobody asked for gives way to the next free one; in an installation each is asked for, or an agent's address. */
async function taken({ host, http, mqttHost, mqtt, mqtts }: Config): Promise<OutsideFacts['takenPorts']> {
  const needed = [
    { what: 'pages and API', host, port: http.port },
    { what: 'MQTT', host: mqttHost, port: mqtt.port },
    { what: 'MQTT over TLS', host, port: mqtts.port },
  ];
  const faults = await Promise.all(
    needed.map(({ host, port }) => (port === 0 ? 'any will do' : knock(reachable(host), port))),
  );
  return needed.filter((_, index) => faults[index] === null).map(({ what, port }) => ({ what, port }));
}

async function mailFacts(server: string): Promise<OutsideFacts['mail']> {
  const { hostname, port } = new URL(`smtp://${server}`);
  return { server, fault: await knock(hostname, Number(port)) };
}

function cloudIn(dataFolder: string): string | null {
  try {
    return readAccount(join(dataFolder, 'cloud.json'))?.url ?? null;
  } catch {
    // Its own check says that it is broken.
    return null;
  }
}

async function cloudFacts(url: string): Promise<OutsideFacts['cloud']> {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    await answer.body?.cancel();
    return { url, fault: answer.ok ? null : `it answers with ${answer.status}` };
  } catch (error) {
    return { url, fault: whyNot(error) };
  }
}

/** Null: somebody answers there. */
export function knock(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, timeout: ANSWER_WITHIN_MS });
    const end = (fault: string | null) => {
      socket.destroy();
      resolve(fault);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end(`no answer in ${ANSWER_WITHIN_MS / 1000} s`));
    socket.once('error', (error) => end(whyNot(error)));
  });
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'names can’t be looked up',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no network',
  ETIMEDOUT: 'no answer',
  CERT_HAS_EXPIRED: 'its certificate has ended, or this machine’s clock is wrong',
  CERT_NOT_YET_VALID: 'its certificate does not hold yet: is this machine’s clock right?',
};

function whyNot(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  const { code = '', name, message } = cause as { code?: string; name?: string; message?: string };
  return name === 'TimeoutError' ? 'no answer' : (WORDS[code] ?? (code || message || 'it fails'));
}

async function backupFacts(folder: string, dataFolder: string): Promise<BackupFacts> {
  const { isThere, isSameDisk } = await placeOf(folder, dataFolder);
  const [newest] = (await backupsIn(folder)).backups;
  return { folder, isThere, isSameDisk, newestAtMs: newest?.madeAtMs ?? null };
}
