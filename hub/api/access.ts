/** Who may ask: staff by session and right, kiosks by their token; and no foreign page in their name. */
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { HubError } from '../error.ts';
import { hasRight, type Right } from '../sign-in/rights.ts';
import { SESSION_MS } from '../sign-in/sign-in.ts';
import type { ApiEnv, Hub } from './hub.ts';

export const STAFF_COOKIE = 'lockerhub_staff';
const TERMINAL_COOKIE = 'lockerhub_terminal';
/** A kiosk stays paired until it is revoked; browsers keep a cookie for 400 days at most (RFC 6265bis). */
const TERMINAL_COOKIE_S = 400 * 24 * 3600;
const BEARER = /^Bearer ([A-Za-z0-9_-]{20,200})$/;
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The route is for signed-in staff with this right. */
export function staff(hub: Hub, right: Right): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const token = tokenOf(c, STAFF_COOKIE);
    const me = token === undefined ? undefined : hub.signIn.who(token);
    if (!me) throw new HubError('signed-out', 'sign in first: POST /api/v1/sign-in');
    if (!hasRight(me.role, right)) {
      throw new HubError('forbidden', `the role "${me.role}" may not do this; ask a manager`);
    }
    c.set('me', me);
    await next();
  };
}

/** The route is for paired terminals. */
export function terminal(hub: Hub): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const token = tokenOf(c, TERMINAL_COOKIE);
    const known = token === undefined ? undefined : hub.terminals.who(token);
    if (!known) {
      throw new HubError(
        'terminal-unpaired',
        'this screen is not paired; staff make a code under "Terminals"',
      );
    }
    c.set('terminal', known);
    await next();
  };
}

/** The token of a request: the header goes before the cookie. */
export function tokenOf(c: Context, cookie: string): string | undefined {
  const header = c.req.header('authorization');
  if (header !== undefined) return BEARER.exec(header)?.[1];
  return getCookie(c, cookie);
}

/**
 * Refuses writes that another site's page sends with our cookies. Browsers name the origin of every such request;
 * programs (curl) send none and carry no foreign cookies.
 */
export const sameOriginWrites: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('origin');
  if (!SAFE_METHODS.has(c.req.method) && origin !== undefined && hostOf(origin) !== c.req.header('host')) {
    throw new HubError('origin-foreign', 'a page of another site may not do this; open the hub itself');
  }
  await next();
};

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

export function setStaffCookie(c: Context, token: string): void {
  setSecret(c, STAFF_COOKIE, token, SESSION_MS / 1000);
}

export function clearStaffCookie(c: Context): void {
  setSecret(c, STAFF_COOKIE, '', 0);
}

export function setTerminalCookie(c: Context, token: string): void {
  setSecret(c, TERMINAL_COOKIE, token, TERMINAL_COOKIE_S);
}

function setSecret(c: Context, name: string, value: string, maxAge: number): void {
  setCookie(c, name, value, { path: '/', httpOnly: true, sameSite: 'Strict', maxAge });
}

/** Where a request comes from. A proxy in front would be one address; its own limits have to hold then. */
export function addressOf(c: Context<ApiEnv>): string {
  return c.env.incoming.socket.remoteAddress ?? 'unknown';
}
