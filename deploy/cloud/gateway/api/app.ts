/** The gateway's HTTP API, put together. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import { GatewayError } from '../error.ts';
import { hubRoutes } from '../hubs/routes.ts';
import { shapeRoutes } from '../shapes/routes.ts';
import { VERSION } from '../version.ts';
import type { Api, ApiEnv, Gateway } from './api.ts';
import { healthRoutes } from './health.ts';
import { problemOf, sendProblem } from './problems.ts';

const SERVER_ERROR = 500;

export function createApi(gateway: Gateway): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const issue = result.error.issues[0];
      const where = [PARTS[result.target] ?? result.target, ...(issue?.path ?? [])].join('.');
      throw new GatewayError('request-invalid', `${where}: ${issue?.message ?? 'does not fit'}`, { where });
    },
  });
  guards(api, gateway);
  for (const routes of [healthRoutes, hubRoutes, shapeRoutes]) routes(api, gateway);
  api.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Lockerhub cloud gateway', version: VERSION },
  });
  return api;
}

/** How a place in a request is called in `where`. */
const PARTS: Readonly<Record<string, string>> = { json: 'body', param: 'path' };

function guards(api: Api, { clock, log, metrics }: Gateway): void {
  api.use(async (c, next) => {
    const started = clock.monotonicMs();
    await next();
    const seconds = (clock.monotonicMs() - started) / 1000;
    metrics.answered(c.req.method, routePath(c), c.res.status, seconds);
  });
  api.use(secureHeaders());
  api.use(async (c, next) => {
    await next();
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  });
  api.notFound((c) =>
    sendProblem(c, new GatewayError('not-found', `nothing at ${c.req.method} ${c.req.path}`)),
  );
  api.onError((error, c) => {
    const { status, code } = problemOf(error);
    metrics.refused(code);
    if (status >= SERVER_ERROR) {
      log.error({ err: error, method: c.req.method, route: routePath(c) }, 'a request failed');
    }
    return sendProblem(c, error);
  });
}
