/** Every error as problem details (RFC 9457): one table from codes to statuses, and never a stack trace. */
import type { Problem } from '@lockerhub/protocol/http/problem.ts';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Refusal, type RefusalCode } from '../deliveries/refusal.ts';
import { HubError, type HubErrorCode } from '../error.ts';
import { StoreError, type StoreErrorCode } from '../store/store-error.ts';

type ProblemCode = HubErrorCode | RefusalCode | 'internal' | 'hub-restarting';

const STATUS: Readonly<Record<ProblemCode, ContentfulStatusCode>> = {
  'request-invalid': 400,
  'bank-file-invalid': 400,
  'building-invalid': 400,
  'recovery-key-mistyped': 400,
  'signed-out': 401,
  'password-wrong': 401,
  'terminal-unpaired': 401,
  'code-wrong': 401,
  'code-revoked': 401,
  'code-owner-needed': 401,
  'code-of-delegate': 403,
  'presence-scan-needed': 401,
  'outside-hours': 403,
  'pairing-code-wrong': 401,
  'presence-wrong': 401,
  'clock-untrusted': 409,
  'join-code-wrong': 401,
  forbidden: 403,
  'origin-foreign': 403,
  'terminal-unknown': 403,
  'not-found': 404,
  'visit-unknown': 404,
  'delivery-unknown': 404,
  'delegate-unknown': 404,
  'too-many-delegates': 409,
  'already-told': 409,
  'door-shared': 409,
  'case-unknown': 404,
  'case-taken': 409,
  'too-many-notes': 409,
  'compartment-unknown': 404,
  'holder-unknown': 404,
  'recipient-unknown': 404,
  'layout-drops-parcel': 409,
  'join-code-used': 409,
  'login-taken': 409,
  'fob-taken': 409,
  'fob-unreadable': 400,
  'contact-unreadable': 400,
  'too-many-fobs': 409,
  'unit-taken': 409,
  'unit-in-use': 409,
  'last-manager': 409,
  'too-many-accounts': 409,
  'too-many-keys': 409,
  'console-refused': 403,
  'invitation-void': 401,
  'setup-done': 409,
  'setup-needed': 409,
  'recovery-key-old': 409,
  'recovery-key-foreign': 409,
  'recovery-key-unknown': 409,
  'terminal-busy': 409,
  'visit-ended': 409,
  'not-now': 409,
  'no-place': 409,
  'bank-away': 409,
  'door-in-use': 409,
  'attempts-used-up': 409,
  emergency: 409,
  'door-unverified': 409,
  'hub-behind': 409,
  'hub-fenced': 409,
  'proof-too-long': 409,
  'roster-busy': 409,
  'roster-unconfirmed': 409,
  'roster-faulty': 400,
  'update-unfit': 409,
  'update-running': 409,
  'update-no-room': 507,
  'body-too-large': 413,
  'too-many-attempts': 429,
  'too-many-codes': 429,
  'too-many-requests': 429,
  'too-many-streams': 503,
  'too-many-photos': 507,
  overloaded: 503,
  'disk-low': 507,
  'hub-restarting': 503,
  'hub-held': 503,
  internal: 500,
  // These end the process at its start and never meet a request.
  'config-invalid': 500,
  'port-taken': 500,
  'keyring-broken': 500,
  'recovery-broken': 500,
  'backup-failed': 503,
  'backup-broken': 422,
  'backup-behind': 409,
  'envelope-broken': 500,
  'epoch-broken': 500,
  'replace-refused': 500,
  'replace-unfinished': 500,
  'cloud-account-broken': 500,
  'cloud-refused': 409,
  'cloud-joined': 409,
};

/** A store that failed so is about to be restarted with its process: ask again soon. */
const RESTARTING: ReadonlySet<StoreErrorCode> = new Set(['closed', 'stalled', 'store-broken']);
const RESTART_MS = 5_000;
const BUSY_MS = 1_000;

/** What a request is told about an error. An error that we did not foresee says nothing of its inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HubError) {
    return problem(error.code, error.message, error.where, error.retryAfterMs);
  }
  if (error instanceof Refusal) return problem(error.code, error.message, undefined, error.retryAfterMs);
  if (error instanceof StoreError) return problemOfStore(error);
  if (error instanceof HTTPException && error.status < 500) {
    return {
      ...problem('request-invalid', error.message || 'the request cannot be read'),
      status: error.status,
    };
  }
  return problem(
    'internal',
    'the hub failed at this request; its log says why. Try again, or restart the hub',
  );
}

function problemOfStore(error: StoreError): Problem {
  if (RESTARTING.has(error.code)) {
    return problem('hub-restarting', 'the hub restarts; try again in a few seconds', undefined, RESTART_MS);
  }
  if (error.code === 'disk-full') return problem('disk-low', 'the disk is full; free space on the hub');
  if (error.code === 'overloaded') {
    return problem('overloaded', 'too much at once; try again in a moment', undefined, BUSY_MS);
  }
  return problem('internal', 'the store refused this; the log of the hub says why');
}

function problem(code: ProblemCode, detail: string, where?: string, retryAfterMs?: number): Problem {
  return {
    type: 'about:blank',
    title: code.replaceAll('-', ' '),
    status: STATUS[code],
    code,
    detail,
    ...(where === undefined ? {} : { where }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** The error as an answer. */
export function sendProblem(c: Context, error: unknown): Response {
  const body = problemOf(error);
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  // RFC 9110, 10.2.3: whole seconds.
  if (body.retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(body.retryAfterMs / 1000));
  // The rest of a body that is too large is not read, so nothing more can come over this connection.
  if (body.code === 'body-too-large') headers.connection = 'close';
  return c.body(JSON.stringify(body), body.status as ContentfulStatusCode, headers);
}
