/** How a command asks the hub that runs on this machine. */
import { resolve } from 'node:path';
import { Problem } from '@lockerhub/protocol/http/problem.ts';
import type { z } from 'zod';
import { type ConsoleFile, readConsoleFile } from '../console/console-file.ts';
import { HubError } from '../error.ts';

/** A backup of a large building is copied and read once. */
const ANSWER_WITHIN_MS = 15 * 60_000;

/** @throws HubError `console-refused` if no hub runs on the folder */
export function running(data: string): ConsoleFile {
  const found = readConsoleFile(resolve(data));
  if (!found) throw new HubError('console-refused', notRunningText(data).trim());
  return found;
}

export function notRunningText(data: string): string {
  return `no hub runs on ${data}: start it (systemctl start lockerhub-hub), or see what is wrong (lockerhub doctor)\n`;
}

/** Undefined: no hub runs on the folder. One that was killed leaves its file behind: nobody answers there. */
export async function askIfRunning<Answer extends z.ZodType>(
  data: string,
  what: string,
  answer: Answer,
): Promise<z.infer<Answer> | undefined> {
  const found = readConsoleFile(resolve(data));
  if (!found) return undefined;
  try {
    return await ask(found, what, answer);
  } catch (error) {
    if (error instanceof HubError && error.code === 'console-refused') return undefined;
    throw error;
  }
}

/** @throws HubError `console-refused` if no hub answers, or with what it said */
export async function ask<Answer extends z.ZodType>(
  to: ConsoleFile,
  what: string,
  answer: Answer,
  body?: object,
): Promise<z.infer<Answer>> {
  return answer.parse(await (await send(to, what, body)).json());
}

/** Asks with a body (POST) or without one (GET). @throws HubError `console-refused` if no hub answers, or with what it said */
export async function send({ url, token }: ConsoleFile, what: string, body?: object): Promise<Response> {
  const answer = await fetch(`${url}/api/v1/console/${what}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch((cause: unknown) => {
    throw new HubError('console-refused', `the hub does not answer at ${url}: is it running?`, { cause });
  });
  if (answer.ok) return answer;
  const { detail } = Problem.parse(await answer.json());
  throw new HubError('request-invalid', detail);
}
