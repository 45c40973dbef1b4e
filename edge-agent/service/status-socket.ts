/** Says on this machine how the agent stands, whether or not it serves a kiosk page (`protocol/http/agent-status.ts`). */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { join } from 'node:path';
import { AGENT_SOCKET, AgentStatus, type Ready } from '@lockerhub/protocol/http/agent-status.ts';
import type { Logger } from 'pino';

/** Whoever asks is on this machine. */
const ANSWER_WITHIN_MS = 5_000;
/** Who may enter the folder may ask; it is the user's own, and this says so once more. */
const OWN = 0o600;
/** Programs that ask at once: an updater, a doctor, a person. */
const MAX_ASKING = 16;
/** Lines with all their units are some 40 kB. */
const MAX_STATUS_BYTES = 1_000_000;

export interface StatusSocketOptions {
  /** The agent's, which it has locked: what lies there under the socket's name is of one that ended. */
  readonly folder: string;
  readonly ready: () => Ready;
  /** Null: the agent ends. */
  readonly status: () => AgentStatus | null;
  readonly log: Logger;
}

export interface StatusSocket {
  stop(): void;
}

/** Begins to answer. Where no socket can be made (Windows, a path that is too long) the agent works without, and says so. */
export function startStatusSocket({ folder, ready, status, log }: StatusSocketOptions): StatusSocket {
  const path = join(folder, AGENT_SOCKET);
  const answers: Readonly<Record<string, () => object | null>> = { '/readyz': ready, '/status': status };
  const server = createServer((request, response) => {
    const answer = request.method === 'GET' ? answers[request.url ?? '']?.() : undefined;
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? null));
  });
  server.maxConnections = MAX_ASKING;
  server.on('error', (error) => log.warn({ err: error, path }, 'no status can be asked for on this machine'));
  rmSync(path, { force: true });
  server.listen(path, () => chmodSync(path, OWN));
  return {
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * Asks the agent whose folder it is.
 *
 * @returns null: none runs there, or it says nothing that this release understands
 */
export function askAgent(folder: string): Promise<AgentStatus | null> {
  return new Promise((resolve) => {
    const none = () => resolve(null);
    const asked = get(
      { socketPath: join(folder, AGENT_SOCKET), path: '/status', timeout: ANSWER_WITHIN_MS },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
          if (text.length > MAX_STATUS_BYTES) response.destroy();
        });
        response.on('end', () => resolve(statusIn(text)));
        response.on('close', none);
      },
    );
    asked.on('timeout', () => asked.destroy());
    asked.on('error', none);
  });
}

function statusIn(text: string): AgentStatus | null {
  try {
    return AgentStatus.parse(JSON.parse(text));
  } catch {
    // An agent of another release may say it otherwise: then it is as if it said nothing.
    return null;
  }
}
