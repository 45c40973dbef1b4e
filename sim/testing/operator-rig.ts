/** Operators of a cloud's rig: who ask its gateway by HTTP as their page does. */
import type { RunningGateway } from '@lockerhub/deploy/cloud/gateway/gateway.ts';
import { inviteAdmin } from '@lockerhub/deploy/cloud/gateway/operators/first-admin.ts';
import { InvitationMade, OperatorMe, type OperatorRole } from '@lockerhub/protocol/http/operators.ts';
import type { z } from 'zod';

export const OPERATOR_PASSWORD = 'a long password of theirs';

export interface Answer {
  readonly status: number;
  /** The JSON body; undefined: none. */
  readonly body: unknown;
  readonly headers: Headers;
}

/** Somebody with a session. */
export interface SignedIn {
  readonly me: z.infer<typeof OperatorMe>;
  readonly organisation: string;
  readonly cookie: string;
  ask(path: string, body?: unknown): Promise<Answer>;
}

/** One request to a gateway; with a body, or `{}`, it is a POST. */
export async function askGateway(
  url: string,
  path: string,
  more: { readonly body?: unknown; readonly cookie?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { body, cookie, headers } = more;
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
    headers: response.headers,
  };
}

/** The first administrator of an organisation, by the gateway's own command line and link. */
export async function firstAdmin(
  { gateway, url }: RunningGateway,
  organisation: string,
  login: string,
): Promise<SignedIn> {
  const made = await gateway.database.transaction((client) =>
    inviteAdmin(client, gateway, { organisation, name: login }),
  );
  return accept(url, made.path, login, made.organisation);
}

/** Somebody whom an administrator invites. */
export async function invited(
  url: string,
  admin: SignedIn,
  role: OperatorRole,
  login: string,
): Promise<SignedIn> {
  const { body } = await admin.ask(`/api/v1/organisations/${admin.organisation}/invitations`, {
    name: login,
    role,
  });
  return accept(url, InvitationMade.parse(body).path, login, admin.organisation);
}

async function accept(url: string, path: string, login: string, organisation: string): Promise<SignedIn> {
  const token = path.split('#')[1];
  const answer = await askGateway(url, '/api/v1/invitations/accept', {
    body: { token, login, password: OPERATOR_PASSWORD },
  });
  return session(url, answer, organisation);
}

/** The session that an answer began. */
export function session(url: string, answer: Answer, organisation: string): SignedIn {
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return {
    me: OperatorMe.parse(answer.body),
    organisation,
    cookie,
    ask: (path, body) => askGateway(url, path, { body, cookie }),
  };
}
