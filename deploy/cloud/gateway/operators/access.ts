/**
 * Who may ask: operators by session, and by their role in the organisation that it is about. Of another organisation's
 * things the answer is that there are none.
 */
import type { OperatorMe } from '@lockerhub/protocol/http/operators.ts';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { addressOf } from '../api/address.ts';
import type { ApiEnv, Gateway } from '../api/api.ts';
import { GatewayError } from '../error.ts';
import type { Author } from './audit.ts';
import { hasRight, type OperatorRight } from './rights.ts';
import { SESSION_MS, whoHolds } from './sign-in.ts';

export const OPERATOR_COOKIE = 'lockerhub_operator';
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** As `Id` (protocol/ids.ts): an address with another text leads nowhere, and never to the database. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a route knows of who asks. */
export interface OperatorEnv extends ApiEnv {
  readonly Variables: {
    readonly me: OperatorMe;
    readonly author: Author;
    /** The organisation that the request is about. */
    readonly organisation: string;
    readonly building: string;
  };
}

/** The route is for whoever is signed in. */
export function signedIn(gateway: Gateway): MiddlewareHandler<OperatorEnv> {
  return async (c, next) => {
    await identify(gateway, c);
    await next();
  };
}

/** The route is about `:organisation`, for its operators with this right. */
export function ofOrganisation(gateway: Gateway, right: OperatorRight): MiddlewareHandler<OperatorEnv> {
  return async (c, next) => {
    const me = await identify(gateway, c);
    requireRight(c, me, c.req.param('organisation'), right);
    await next();
  };
}

/** The route is about `:building`, for operators of its organisation with this right. */
export function ofBuilding(gateway: Gateway, right: OperatorRight): MiddlewareHandler<OperatorEnv> {
  return async (c, next) => {
    const me = await identify(gateway, c);
    const building = c.req.param('building') ?? '';
    const { rows } = UUID.test(building)
      ? await gateway.database.query<{ organisation: string }>(
          'select organisation from buildings where id = $1',
          [building],
        )
      : { rows: [] };
    requireRight(c, me, rows[0]?.organisation, right);
    c.set('building', building);
    await next();
  };
}

async function identify(gateway: Gateway, c: Context<OperatorEnv>): Promise<OperatorMe> {
  const token = getCookie(c, OPERATOR_COOKIE);
  const me = token && (await whoHolds(gateway.database, token, Math.floor(gateway.clock.wallMs())));
  if (!me) throw new GatewayError('signed-out', 'sign in first: POST /api/v1/sign-in');
  c.set('me', me);
  c.set('author', { operator: me.operator, address: addressOf(c, gateway.config.proxies) });
  return me;
}

function requireRight(
  c: Context<OperatorEnv>,
  me: OperatorMe,
  organisation: string | undefined,
  right: OperatorRight,
): void {
  const member = me.organisations.find((each) => each.organisation === organisation);
  if (!member) throw new GatewayError('not-found', `nothing at ${c.req.method} ${c.req.path}`);
  if (!hasRight(member.role, right)) {
    throw new GatewayError('forbidden', `the role "${member.role}" may not do this; ask an administrator`);
  }
  c.set('organisation', member.organisation);
}

/**
 * Refuses writes that another site's page sends with our cookie. Browsers name the origin of every such request; programs
 * (curl) send none and carry no foreign cookies. `host`: as a proxy of ours passes it on.
 */
export const sameOriginWrites: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('origin');
  if (!SAFE_METHODS.has(c.req.method) && origin !== undefined && hostOf(origin) !== c.req.header('host')) {
    throw new GatewayError('origin-foreign', 'a page of another site may not do this; open the cloud itself');
  }
  await next();
};

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** @param isSecure the page came over TLS, here or at a proxy of ours: then the cookie never goes without */
export function setOperatorCookie(c: Context, token: string, isSecure: boolean): void {
  setCookie(c, OPERATOR_COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: isSecure,
    maxAge: token === '' ? 0 : SESSION_MS / 1000,
  });
}
