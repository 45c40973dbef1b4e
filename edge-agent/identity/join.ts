/** Joining a building by a one-time code: `edge-agent join CODE --folder DIR`. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { Problem } from '@lockerhub/protocol/http/problem.ts';
import { readJoinCode } from '@lockerhub/protocol/join/join-code.ts';
import { isMac, type JoinKeys, joinKeys, macOf } from '@lockerhub/protocol/join/join-keys.ts';
import {
  JoinAnswered,
  type JoinAsked,
  JoinReply,
  type JoinRequest,
} from '@lockerhub/protocol/join/join-messages.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import { AgentError } from '../error.ts';
import { browseHubs } from '../link/hub-browse.ts';
import {
  type Identity,
  keepIdentity,
  lockAgentFolder,
  makeFolder,
  readIdentity,
  waitingKey,
} from './identity.ts';

/** How long the hub may take to answer; it signs one certificate. */
const ANSWER_WITHIN_MS = 10_000;
/** Two certificates and some addresses, as JSON in JSON. */
const MAX_ANSWER_BYTES = 64 * 1024;
const NONCE_BYTES = 16;
/** Of the hub's pages (hub/config). */
const HTTP_PORT = 8080;

export interface JoinOptions {
  /** As it was typed. */
  readonly code: string;
  /** `host` or `host:port` of the hub's pages; undefined: every hub that is announced on the LAN is asked. */
  readonly hub: string | undefined;
  readonly log: Logger;
  readonly folder: string;
  /** How people find this machine. */
  readonly name: string;
  readonly random: Random;
}

/**
 * Joins and keeps who the agent is from now on. May be repeated with the same code and folder until it succeeds.
 *
 * @throws AgentError `join-refused` (the hub's reason, or an answer that does not prove itself by the code),
 *   `hub-away`, `folder-locked`, `config-invalid`, `identity-broken`
 */
export async function joinBuilding(options: JoinOptions): Promise<Identity> {
  const code = readJoinCode(options.code);
  if (!code) {
    throw new AgentError('config-invalid', 'the code has 16 letters and digits, such as 7K3M-Q2ZV-8RWX-T4HJ');
  }
  makeFolder(options.folder);
  const lock = lockAgentFolder(options.folder);
  try {
    return await join(options, joinKeys(code));
  } finally {
    lock.release();
  }
}

async function join(options: JoinOptions, keys: JoinKeys): Promise<Identity> {
  const addresses = options.hub === undefined ? await announced(options.log) : [addressOf(options.hub)];
  let refused: unknown;
  for (const address of addresses) {
    try {
      return await joinAt(address, options, keys);
    } catch (error) {
      if (!(error instanceof AgentError) || !['join-refused', 'hub-away'].includes(error.code)) throw error;
      refused = error;
    }
  }
  throw refused ?? new AgentError('hub-away', 'no hub announces itself here; name it: --hub HOST');
}

/** Of one hub the pages may be announced at several addresses. */
async function announced(log: Logger): Promise<URL[]> {
  const hubs = await browseHubs(null, log);
  return hubs.map(({ host, httpPort }) => new URL(`http://${isIPv6(host) ? `[${host}]` : host}:${httpPort}`));
}

async function joinAt(address: URL, options: JoinOptions, keys: JoinKeys): Promise<Identity> {
  const { folder, name, random } = options;
  const former = readIdentity(folder);
  const { privateKey, publicKey } = waitingKey(folder);
  const nonce = Buffer.from(random.bytes(NONCE_BYTES)).toString('hex');
  const answered = open(await send(address, requestOf({ v: 1, name, publicKey, nonce }, keys)), keys, nonce);
  const { agent, building, bank, certificate, ca, ...where } = answered;
  mustBeMine(certificate, ca, privateKey);
  if (former && (former.bank !== bank || former.building !== building)) {
    throw new AgentError(
      'join-refused',
      `${folder} holds the records of the bank "${former.bank}" of "${former.building}"; this code is for "${bank}" of ` +
        `"${building}": ask for a new one and name another folder`,
    );
  }
  const identity: Identity = {
    version: 1,
    agent,
    building,
    bank,
    privateKey,
    certificate,
    ca,
    hub: {
      addresses: [...new Set([address.hostname.replace(/^\[(.*)\]$/, '$1'), ...where.addresses])],
      mqttsPort: where.mqttsPort,
      httpPort: where.httpPort,
    },
  };
  keepIdentity(folder, identity);
  return identity;
}

function addressOf(hub: string): URL {
  const address = URL.canParse(`http://${hub}`) ? new URL(`http://${hub}`) : undefined;
  if (address?.pathname !== '/' || address.search !== '' || address.username !== '') {
    throw new AgentError('config-invalid', `--hub ${hub}: write the hub as host or host:port`);
  }
  if (address.port === '' && !hub.endsWith(':80')) address.port = String(HTTP_PORT);
  return address;
}

function requestOf(asked: JoinAsked, keys: JoinKeys): JoinRequest {
  const text = JSON.stringify(asked);
  return { key: keys.name, text, mac: macOf(keys.request, text) };
}

async function send(hub: URL, request: JoinRequest): Promise<JoinReply> {
  const response = await fetch(new URL('/api/v1/agents/join', hub), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch((cause: Error) => {
    const why = cause.cause instanceof Error ? cause.cause.message : cause.message;
    throw new AgentError('hub-away', `no hub answers at ${hub.host}: ${why}; try again`, { cause });
  });
  const body = await read(response).catch((cause: unknown) => {
    throw new AgentError('join-refused', `what answers at ${hub.host} is no hub`, { cause });
  });
  const reply = JoinReply.safeParse(body);
  if (response.ok && reply.success) return reply.data;
  const problem = Problem.safeParse(body);
  const why = problem.success ? problem.data.detail : 'it does not answer as a hub does';
  throw new AgentError('join-refused', `${hub.host}: ${why}`);
}

/** Its body as JSON; whoever answers is unknown yet, so no more is read than an answer needs. */
async function read(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** Whoever answers has to hold the code, too: only then its CA is believed. */
function open({ text, mac }: JoinReply, keys: JoinKeys, nonce: string): JoinAnswered {
  const answered = isMac(keys.answer, text, mac) ? JoinAnswered.safeParse(JSON.parse(text)) : undefined;
  if (answered?.success && answered.data.nonce === nonce) return answered.data;
  throw new AgentError(
    'join-refused',
    'the answer is not from the hub that made the code; look who is in between',
  );
}

function mustBeMine(certificate: string, ca: string, privateKey: string): void {
  const leaf = new X509Certificate(certificate);
  const authority = new X509Certificate(ca);
  const isMine = leaf.checkPrivateKey(createPrivateKey(privateKey));
  if (authority.ca && leaf.verify(authority.publicKey) && isMine) return;
  throw new AgentError(
    'join-refused',
    'the hub answered with a certificate of another agent; ask staff for a new code',
  );
}
