/** Who may ask: staff by session and right, programs by key and scope, kiosks by token; no foreign page in their name. */
import { timingSafeEqual } from 'node:crypto';
import type { Scope } from '@lockerhub/protocol/http/api-keys.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { ApiKey } from '../api-keys/api-keys.ts';
import { fenced } from '../deliveries/fenced.ts';
import { HubError } from '../error.ts';
import { hasRight, type Right } from '../sign-in/rights.ts';
import { actorOf, SESSION_MS } from '../sign-in/sign-in.ts';
import type { Rows } from '../store/rows.ts';
import { SHOWN_FOR_MS } from '../terminals/resident-phones.ts';
import { guarding } from './document.ts';
import type { ApiEnv, Hub, ResidentEnv, StaffEnv } from './hub.ts';

export const STAFF_COOKIE = 'lockerhub_staff';
const TERMINAL_COOKIE = 'lockerhub_terminal';
const PHONE_COOKIE = 'lockerhub_phone';
/** Longer no visit lasts; the hub itself knows when it is over. */
const PHONE_COOKIE_S = 3600;
const RESIDENT_COOKIE = 'lockerhub_resident';
/** A kiosk stays paired until it is revoked; browsers keep a cookie for 400 days at most (RFC 6265bis). */
const TERMINAL_COOKIE_S = 400 * 24 * 3600;
const BEARER = /^Bearer ([A-Za-z0-9_-]{20,200})$/;
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What staff may still do at a hub that is fenced: whatever else they change there, nobody ever hears of. */
const FENCED_MAY: ReadonlySet<Right> = new Set(['see', 'cloud']);

/**
 * The route is for signed-in staff with this right and, where a scope is named, for programs whose key has it. With a
 * scope its handler asks for `by` and `seesPeople`: a program is no `me`.
 */
export function staff(hub: Hub, right: Right): MiddlewareHandler<StaffEnv>;
export function staff(hub: Hub, right: Right, scope: Scope): MiddlewareHandler<ApiEnv>;
export function staff(
  hub: Hub,
  right: Right,
  scope?: Scope,
): MiddlewareHandler<StaffEnv> | MiddlewareHandler<ApiEnv> {
  const guard: MiddlewareHandler<StaffEnv> = async (c, next) => {
    const token = tokenOf(c, STAFF_COOKIE);
    const key = token === undefined ? undefined : hub.apiKeys.admit(token);
    if (key) admitProgram(c, key, scope);
    else admitStaff(hub, c, token, right);
    const { by } = hub.fence;
    if (by !== null && !SAFE_METHODS.has(c.req.method) && !FENCED_MAY.has(right)) throw fenced(by);
    await next();
  };
  return guarding(guard, { who: 'staff', scope });
}

function admitStaff(hub: Hub, c: Context<StaffEnv>, token: string | undefined, right: Right): void {
  const me = token === undefined ? undefined : hub.signIn.who(token);
  if (!me) throw new HubError('signed-out', 'sign in first: POST /api/v1/sign-in');
  if (!hasRight(me.role, right)) {
    throw new HubError('forbidden', `the role "${me.role}" may not do this; ask a manager`);
  }
  c.set('me', me);
  c.set('by', actorOf(me.staff));
  c.set('seesPeople', hasRight(me.role, 'see-people'));
  c.set('lacks', () => false);
}

function admitProgram(c: Context<StaffEnv>, { key, scopes }: ApiKey, scope: Scope | undefined): void {
  if (scope === undefined)
    throw new HubError('forbidden', 'no API key may do this; staff do it on their page');
  if (!scopes.includes(scope)) {
    throw new HubError(
      'forbidden',
      `this API key lacks the scope "${scope}"; ask a manager for one that has it`,
    );
  }
  c.set('by', { kind: 'api-key', id: key });
  c.set('seesPeople', scopes.includes('people:read'));
  c.set('lacks', (asked) => !scopes.includes(asked));
}

/** Who asks, as the fields of a command. */
export function askerOf({ kind, id = '' }: Actor): { readonly staff: string; readonly by?: 'api-key' } {
  return kind === 'api-key' ? { staff: id, by: kind } : { staff: id };
}

/** Whether who opened a stream by this token may still hear it. */
export function mayListen(hub: Hub, token: string): boolean {
  return hub.signIn.who(token) !== undefined || hub.apiKeys.who(token) !== undefined;
}

/** The route is for paired terminals, and for a phone in the one visit that it began at one. */
export function terminal(hub: Hub): MiddlewareHandler<ApiEnv> {
  const guard: MiddlewareHandler<ApiEnv> = async (c, next) => {
    const token = tokenOf(c, TERMINAL_COOKIE);
    const known = (token === undefined ? undefined : hub.terminals.who(token)) ?? terminalOfPhone(hub, c);
    if (!known) {
      throw new HubError(
        'terminal-unpaired',
        'this screen is not paired; staff make a code under "Terminals"',
      );
    }
    c.set('terminal', known);
    await next();
  };
  return guarding(guard, { who: 'terminal' });
}

/** A phone stands for its terminal where it only looks, and in its own visit; it begins none and pairs nothing. */
function terminalOfPhone(hub: Hub, c: Context<ApiEnv>): Rows['terminals'] | undefined {
  const token = getCookie(c, PHONE_COOKIE);
  const phone = token === undefined ? undefined : hub.phones.who(token);
  if (!phone) return undefined;
  const visit = c.req.param('visit');
  const isOwn = visit === undefined ? SAFE_METHODS.has(c.req.method) : visit === phone.visit;
  const row = hub.register.get('terminals', phone.terminal);
  return isOwn && row && !row.revoked ? row : undefined;
}

/** The route is for a resident's phone that has shown their code, while that code still holds. */
export function resident(hub: Hub): MiddlewareHandler<ResidentEnv> {
  const guard: MiddlewareHandler<ResidentEnv> = async (c, next) => {
    const token = getCookie(c, RESIDENT_COOKIE);
    const proof = token === undefined ? undefined : hub.residentPhones.who(token);
    const code = proof && hub.building.model.codes.get(proof.resident);
    if (!proof || code?.generation !== proof.generation || code.revoked) {
      throw new HubError('signed-out', 'show the code of your message first: POST /api/v1/phone/residents');
    }
    c.set('proof', proof);
    await next();
  };
  return guarding(guard, { who: 'resident' });
}

/** The route is for who is on the hub's own machine and may read its folder. */
export function atConsole(hub: Hub): MiddlewareHandler<ApiEnv> {
  const expected = Buffer.from(hub.consoleToken);
  const guard: MiddlewareHandler<ApiEnv> = async (c, next) => {
    const { remoteAddress, localAddress } = c.env.incoming.socket;
    const given = Buffer.from(BEARER.exec(c.req.header('authorization') ?? '')?.[1] ?? '');
    const fits = given.length === expected.length && timingSafeEqual(given, expected);
    // From the machine itself both ends of a connection have one address, whichever of its own it is.
    if (!fits || remoteAddress === undefined || remoteAddress !== localAddress) {
      throw new HubError(
        'console-refused',
        'only at the hub’s own console: use the command "lockerhub" there',
      );
    }
    await next();
  };
  return guarding(guard, { who: 'console' });
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

export function setPhoneCookie(c: Context, token: string): void {
  setSecret(c, PHONE_COOKIE, token, PHONE_COOKIE_S);
}

export function setResidentCookie(c: Context, token: string): void {
  setSecret(c, RESIDENT_COOKIE, token, SHOWN_FOR_MS / 1000);
}

function setSecret(c: Context, name: string, value: string, maxAge: number): void {
  setCookie(c, name, value, { path: '/', httpOnly: true, sameSite: 'Strict', maxAge });
}

/** Where a request comes from. A proxy in front would be one address; its own limits have to hold then. */
export function addressOf(c: Pick<Context<ApiEnv>, 'env'>): string {
  return c.env.incoming.socket.remoteAddress ?? 'unknown';
}
