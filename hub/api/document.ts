/** What the OpenAPI document says of a route beside its schemas: a name for generated clients, and who may ask it. */
import type { RouteConfig } from '@hono/zod-openapi';
import type { Scope } from '@lockerhub/protocol/http/api-keys.ts';
import type { MiddlewareHandler } from 'hono';
import { SOFTWARE } from '../version.ts';
import type { Api } from './hub.ts';

/** Who may ask: by a guard's own word, so that the document cannot say otherwise. */
export type Guard =
  | { readonly who: 'staff'; readonly scope: Scope | undefined }
  | { readonly who: 'terminal' | 'resident' | 'console' };

const guards = new WeakMap<object, Guard>();

/** Notes what a guard asks for. @returns the guard */
export function guarding<Handler extends MiddlewareHandler>(handler: Handler, guard: Guard): Handler {
  guards.set(handler, guard);
  return handler;
}

const SCHEMES = {
  staff: {
    type: 'apiKey',
    in: 'cookie',
    name: 'lockerhub_staff',
    description: 'Staff, signed in by `POST /api/v1/sign-in`; also as `Authorization: Bearer`.',
  },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A program, by a key that a manager made (`lh_…`). The scopes beside it are what the route asks for.',
  },
  terminal: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A paired kiosk, by the token of `POST /api/v1/terminals/pair`; also as the cookie `lockerhub_terminal`.',
  },
  resident: {
    type: 'apiKey',
    in: 'cookie',
    name: 'lockerhub_resident',
    description: 'A resident’s phone that has shown their code by `POST /api/v1/phone/residents`.',
  },
  console: {
    type: 'http',
    scheme: 'bearer',
    description: 'The command `lockerhub` on the hub’s own machine, by the token in its folder.',
  },
} as const;

/** Has every route that is added from now on documented, and serves the document. */
export function documentRoutes(api: Api): void {
  for (const [name, scheme] of Object.entries(SCHEMES)) {
    api.openAPIRegistry.registerComponent('securitySchemes', name, { ...scheme });
  }
  const add = api.openapi;
  api.openapi = ((route: GuardedRoute, ...rest: [never, never]) =>
    add({ ...route, ...documented(route) }, ...rest)) as typeof add;
  api.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Lockerhub', version: SOFTWARE.split(' ')[1] ?? '' },
  });
}

type GuardedRoute = RouteConfig & { readonly middleware?: MiddlewareHandler | readonly MiddlewareHandler[] };

/** The name of a route and who may ask it. */
export function documented({ method, path, middleware = [] }: GuardedRoute): Partial<RouteConfig> {
  const security = [middleware].flat().flatMap((each) => securityOf(guards.get(each)));
  return { operationId: nameOf(method, path), security };
}

function securityOf(guard: Guard | undefined): Record<string, string[]>[] {
  if (guard === undefined) return [];
  if (guard.who !== 'staff') return [{ [guard.who]: [] }];
  return [{ staff: [] }, ...(guard.scope === undefined ? [] : [{ apiKey: [guard.scope] }])];
}

/** `get /api/v1/visits/{visit}/label` → `getVisitsByVisitLabel`. */
function nameOf(method: string, path: string): string {
  const parts = path.replace('/api/v1/', '').split(/[/.-]/);
  return (
    method +
    parts.map((part) => capital(part.replace(/^\{(.*)\}$/, (_, name) => `by${capital(name)}`))).join('')
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
