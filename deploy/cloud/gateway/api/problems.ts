/** Every error as problem details (RFC 9457): one table from codes to statuses, and never a stack trace. */
import type { Problem } from '@lockerhub/protocol/http/problem.ts';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { GatewayError, type GatewayErrorCode, type ProblemExtras } from '../error.ts';

type ProblemCode = GatewayErrorCode | 'internal';

const STATUS: Readonly<Record<ProblemCode, ContentfulStatusCode>> = {
  'request-invalid': 400,
  'code-unknown': 401,
  'token-unknown': 401,
  'signed-out': 401,
  'password-wrong': 401,
  'invitation-unknown': 401,
  forbidden: 403,
  'origin-foreign': 403,
  'own-command': 403,
  'foreign-command': 403,
  'login-taken': 409,
  'slug-taken': 409,
  'last-admin': 409,
  'building-offline': 409,
  'building-frozen': 409,
  'command-over': 409,
  'no-hub': 409,
  'time-zone-unknown': 400,
  'target-refused': 400,
  'too-many-commands': 429,
  'key-foreign': 403,
  // Of shapes: to Electric's client 409 means to fetch anew, at once and for ever.
  'hub-fenced': 403,
  'building-mismatch': 403,
  'not-found': 404,
  'envelope-none': 404,
  'epoch-fenced': 409,
  'epoch-clash': 409,
  'epoch-unproven': 409,
  'cursor-ahead': 409,
  fork: 409,
  'chain-broken': 409,
  'too-large': 413,
  'too-many-attempts': 429,
  overloaded: 503,
  'shapes-away': 503,
  internal: 500,
  // These end the process at its start and never meet a request.
  'config-invalid': 500,
  'port-taken': 500,
  'schema-newer': 500,
  'schema-older': 500,
};

/** What a request is told about an error. An error that we did not foresee says nothing of its inside. */
export function problemOf(error: unknown): Problem & Pick<ProblemExtras, 'head' | 'epoch'> {
  if (error instanceof GatewayError) {
    return { ...problem(error.code, error.message), ...error.extras };
  }
  if (error instanceof HTTPException && error.status < 500) {
    return {
      ...problem('request-invalid', error.message || 'the request cannot be read'),
      status: error.status,
    };
  }
  return problem('internal', 'the gateway failed at this request; its log says why');
}

function problem(code: ProblemCode, detail: string): Problem {
  return { type: 'about:blank', title: code.replaceAll('-', ' '), status: STATUS[code], code, detail };
}

/** The error as an answer. */
export function sendProblem(c: Context, error: unknown): Response {
  const body = problemOf(error);
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  };
  // RFC 9110, 10.2.3: whole seconds.
  if (body.retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(body.retryAfterMs / 1000));
  // The rest of a body that is too large is not read, so nothing more can come over this connection.
  if (body.code === 'too-large') headers.connection = 'close';
  return c.body(JSON.stringify(body), body.status as ContentfulStatusCode, headers);
}
