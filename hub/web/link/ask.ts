import { Problem } from '@lockerhub/protocol/http/problem.ts';
import type { z } from 'zod';
import { HubError } from './hub-error.ts';

/** After so long without an answer the hub counts as away. The slowest answer is a password check (argon2id). */
const ASK_TIMEOUT_MS = 15_000;

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly body?: unknown;
  /** A file as the body, in the place of `body`. */
  readonly file?: Blob;
  /** What the file is; default: a list. */
  readonly type?: string;
  readonly signal?: AbortSignal;
}

/**
 * Asks the hub and checks its answer against the contract.
 *
 * @throws HubError `hub-away`, `refused` (with the problem) or `answer-invalid`.
 */
export async function ask<Answer extends z.ZodType>(
  question: Question,
  answer: Answer,
): Promise<z.infer<Answer>> {
  const response = await send(question);
  const body = await readJson(response, question);
  const parsed = answer.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new HubError(
      'answer-invalid',
      `${question.path}: ${issue?.path.join('.')}: ${issue?.message}. Reload the page: the hub may be newer than it.`,
      { status: response.status, cause: parsed.error },
    );
  }
  return parsed.data;
}

/** Asks the hub for something that answers with nothing (204). */
export async function tell(question: Question): Promise<void> {
  await send({ method: 'POST', ...question });
}

async function send({
  method = 'GET',
  path,
  body,
  file,
  type = 'text/csv',
  signal,
}: Question): Promise<Response> {
  const timeout = AbortSignal.timeout(ASK_TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(file === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(file === undefined ? {} : { body: file }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new HubError('hub-away', `${path}: no answer from the hub`, { cause });
  }
  if (response.ok) return response;
  throw await refusal(response, path);
}

async function refusal(response: Response, path: string): Promise<HubError> {
  const parsed = Problem.safeParse(await response.json().catch(() => undefined));
  return new HubError('refused', parsed.success ? parsed.data.detail : `${path}: ${response.status}`, {
    status: response.status,
    ...(parsed.success ? { problem: parsed.data } : {}),
  });
}

async function readJson(response: Response, { path }: Question): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new HubError('answer-invalid', `${path}: the answer is not JSON. Reload the page.`, {
      status: response.status,
      cause,
    });
  }
}
