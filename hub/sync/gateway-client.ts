/** The gateway over HTTPS: what a hub sends. Every request has an end; every answer is checked. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type {
  AskStanding,
  Enrol,
  Heartbeat,
  PushEntries,
  PushOrphans,
  PushRows,
} from '@lockerhub/protocol/sync/hub-messages.ts';
import {
  Enrolled,
  EntriesTaken,
  Envelope,
  HeartbeatAnswer,
  RowsTaken,
  Standing,
  SyncProblem,
} from '@lockerhub/protocol/sync/hub-messages.ts';
import type { z } from 'zod';
import type { CloudPush } from './cloud.ts';
import { CloudFault } from './cloud-fault.ts';

/** A push of 500 entries takes the gateway some 100 ms; a bad line gets a minute. */
const ANSWER_WITHIN_MS = 60_000;
/** Answers are small: a head, a signature, restamped stamps. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

const zip = promisify(gzip);

export class GatewayClient implements CloudPush {
  readonly #url: string;
  readonly #token: string | null;

  /** @param url of the gateway; @param token null before the hub has enrolled */
  constructor(url: string, token: string | null) {
    this.#url = url.replace(/\/+$/, '');
    this.#token = token;
  }

  enrol(request: Enrol): Promise<z.infer<typeof Enrolled>> {
    return this.#post('enrol', request, Enrolled);
  }

  /** The building's sealed keyring, by the code of a replacement, which this does not use up. */
  envelope(code: string): Promise<z.infer<typeof Envelope>> {
    return this.#post('envelope', { code }, Envelope);
  }

  /** Where a building stands, by its key (`protocol/sync/standing.ts`). */
  standing(request: z.infer<typeof AskStanding>): Promise<z.infer<typeof Standing>> {
    return this.#post('standing', request, Standing);
  }

  heartbeat(request: Heartbeat): Promise<HeartbeatAnswer> {
    return this.#post('heartbeat', request, HeartbeatAnswer);
  }

  pushEntries(request: PushEntries): Promise<EntriesTaken> {
    return this.#post('log', request, EntriesTaken);
  }

  pushOrphans(request: PushOrphans): Promise<unknown> {
    return this.#post('orphans', request, null);
  }

  pushRows(request: PushRows): Promise<RowsTaken> {
    return this.#post('rows', request, RowsTaken);
  }

  /** A piece of a release's file, from `at` on; empty: it is over. @throws CloudFault */
  async release(sha256: string, at: number, most: number): Promise<Uint8Array> {
    const path = `releases/${sha256}`;
    let response: Response;
    try {
      response = await fetch(`${this.#url}/hub/v1/${path}?at=${at}&most=${most}`, {
        headers: { authorization: `Bearer ${this.#token ?? ''}` },
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
    } catch (cause) {
      throw new CloudFault('unreachable', `the cloud at ${this.#url} does not answer`, { cause });
    }
    if (!response.ok) throw problem(path, response, await readJson(response));
    const piece = await readBytes(response, most);
    if (piece.length > most) throw new CloudFault('answer-invalid', 'the cloud sent more than was asked for');
    return piece;
  }

  async #post<Answer>(path: string, body: object, schema: z.ZodType<Answer> | null): Promise<Answer> {
    const response = await this.#send(path, await zip(JSON.stringify(body)));
    const answer = await readJson(response);
    if (!response.ok) throw problem(path, response, answer);
    if (schema === null) return answer as Answer;
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new CloudFault('answer-invalid', `the cloud’s answer to "${path}" does not fit; is it newer?`, {
      cause: parsed.error,
    });
  }

  async #send(path: string, body: Uint8Array): Promise<Response> {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    };
    if (this.#token !== null) headers.authorization = `Bearer ${this.#token}`;
    try {
      return await fetch(`${this.#url}/hub/v1/${path}`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
    } catch (cause) {
      throw new CloudFault('unreachable', `the cloud at ${this.#url} does not answer`, { cause });
    }
  }
}

async function readJson(response: Response): Promise<unknown> {
  const bytes = await readBytes(response, MAX_ANSWER_BYTES);
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new CloudFault('unreachable', 'the cloud’s answer broke off or is none', { cause });
  }
}

/** The body; of a longer one a little more than `most`. */
async function readBytes(response: Response, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > most) break;
    }
  } catch (cause) {
    throw new CloudFault('unreachable', 'the cloud’s answer broke off', { cause });
  }
  return Buffer.concat(chunks);
}

function problem(path: string, response: Response, answer: unknown): CloudFault {
  const parsed = SyncProblem.safeParse(answer);
  const retryAfterMs = Number(response.headers.get('retry-after') ?? 0) * 1_000;
  if (!parsed.success) {
    return new CloudFault(
      'unreachable',
      `something before the cloud answered "${path}" by ${response.status}`,
      {
        retryAfterMs,
      },
    );
  }
  const { code, detail, head, epoch } = parsed.data;
  return new CloudFault(code, detail ?? code, { retryAfterMs, head, epoch });
}
