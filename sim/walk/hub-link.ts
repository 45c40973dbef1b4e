/** A hub as a program sees it: requests with a bearer, answers checked by the contract's schemas. */
import { Problem } from '@lockerhub/protocol/http/problem.ts';
import type { z } from 'zod';

/** A hub that takes longer than this to answer counts as away. */
const ANSWER_WITHIN_MS = 15_000;

/** Why a request to a hub brought no good answer. `code` is the hub's own where it gave one. */
export class HubRefusal extends Error {
  readonly code: string;
  /** 0 when nothing answered at all. */
  readonly status: number;
  /** What the hub itself said, for people; the message where it said nothing. */
  readonly detail: string;

  constructor(
    code: string,
    status: number,
    message: string,
    options: ErrorOptions & { detail?: string } = {},
  ) {
    super(message, options);
    this.name = 'HubRefusal';
    this.code = code;
    this.status = status;
    this.detail = options.detail ?? message;
  }
}

/** Requests to one hub as one holder (a terminal, or a signed-in member of staff). */
export class HubLink {
  readonly address: string;
  readonly #bearer: string | undefined;

  /** @param address e.g. `http://127.0.0.1:8080`, without a slash at the end. */
  constructor(address: string, bearer?: string) {
    this.address = address;
    this.#bearer = bearer;
  }

  /** The same hub as another holder. */
  as(bearer: string): HubLink {
    return new HubLink(this.address, bearer);
  }

  /**
   * One request, one checked answer.
   *
   * @throws HubRefusal `hub-away`, `answer-invalid` or the code of the hub's own problem.
   */
  async ask<Schema extends z.ZodType>(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<z.infer<Schema>> {
    const response = await this.send(method, path, body);
    const result = schema.safeParse(await response.json());
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    throw new HubRefusal(
      'answer-invalid',
      response.status,
      `${method} ${path}: the answer does not fit the contract at ${issue?.path.join('.')}: ${issue?.message}`,
      { cause: result.error },
    );
  }

  /** One request whose answer has the given headers or no body. Refusals are thrown as by `ask`. */
  async send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<Response> {
    const response = await this.#fetch(method, path, body);
    if (response.ok) return response;
    const text = await response.text();
    const problem = Problem.safeParse(parseJson(text));
    if (problem.success) {
      throw new HubRefusal(
        problem.data.code,
        response.status,
        `${method} ${path}: ${problem.data.title}: ${problem.data.detail}`,
        { detail: problem.data.detail },
      );
    }
    throw new HubRefusal(
      'answer-invalid',
      response.status,
      `${method} ${path}: ${response.status}: ${text.slice(0, 200)}`,
    );
  }

  async #fetch(method: string, path: string, body: unknown): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.#bearer !== undefined) headers.authorization = `Bearer ${this.#bearer}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    try {
      return await fetch(`${this.address}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
    } catch (cause) {
      const why =
        cause instanceof Error ? ((cause.cause as Error | undefined)?.message ?? cause.message) : '';
      throw new HubRefusal('hub-away', 0, `${method} ${this.address}${path}: ${why}`, { cause });
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
