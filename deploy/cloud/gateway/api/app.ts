/** The gateway's HTTP API, put together. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import type { z } from 'zod';
import { alarmRoutes } from '../alarms/routes.ts';
import { commandRoutes } from '../commands/routes.ts';
import { GatewayError } from '../error.ts';
import { recordRoutes } from '../fleet/record-routes.ts';
import { fleetRoutes } from '../fleet/routes.ts';
import { hubRoutes } from '../hubs/routes.ts';
import { type OperatorEnv, sameOriginWrites } from '../operators/access.ts';
import { type OperatorApi, operatorRoutes } from '../operators/routes.ts';
import { peopleRoutes } from '../people/routes.ts';
import { policyRoutes } from '../policies/routes.ts';
import { releaseFileRoutes, releaseRoutes } from '../releases/routes.ts';
import { shapeRoutes } from '../shapes/routes.ts';
import { VERSION } from '../version.ts';
import type { Api, ApiEnv, Gateway } from './api.ts';
import { docsRoutes } from './docs.ts';
import { healthRoutes } from './health.ts';
import { FLEET_PAGE, pageRoutes } from './pages.ts';
import { problemOf, sendProblem } from './problems.ts';

const SERVER_ERROR = 500;
/** Operators send forms; the largest is a resident. */
const MAX_OPERATOR_BODY_BYTES = 64 * 1024;

export function createApi(gateway: Gateway, page: string = FLEET_PAGE): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({ defaultHook: refuse });
  guards(api, gateway);
  for (const routes of [healthRoutes, hubRoutes, releaseFileRoutes, shapeRoutes]) routes(api, gateway);
  api.route('/', operatorApi(gateway));
  api.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Lockerhub cloud gateway', version: VERSION },
  });
  docsRoutes(api);
  pageRoutes(api, page);
  return api;
}

/** What operators ask, by their page or by programs. */
function operatorApi(gateway: Gateway): OperatorApi {
  const api: OperatorApi = new OpenAPIHono<OperatorEnv>({ defaultHook: refuse });
  api.use('/api/*', sameOriginWrites);
  api.use(
    '/api/*',
    bodyLimit({
      maxSize: MAX_OPERATOR_BODY_BYTES,
      onError: () => {
        throw new GatewayError('too-large', `the body is larger than ${MAX_OPERATOR_BODY_BYTES} bytes`);
      },
    }),
  );
  for (const routes of [
    operatorRoutes,
    fleetRoutes,
    recordRoutes,
    commandRoutes,
    releaseRoutes,
    peopleRoutes,
    policyRoutes,
    alarmRoutes,
  ]) {
    routes(api, gateway);
  }
  return api;
}

/** What does not fit its schema is refused with the place in which. */
function refuse(result: { success: boolean; target: string; error?: z.core.$ZodError }): void {
  if (result.success) return;
  const issue = result.error?.issues[0];
  const where = [PARTS[result.target] ?? result.target, ...(issue?.path ?? [])].join('.');
  throw new GatewayError('request-invalid', `${where}: ${issue?.message ?? 'does not fit'}`, { where });
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
  api.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        // Mantine sets styles at run time; nothing may come from another origin.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      // The TLS front says that (deploy/cloud); a development cloud has none.
      strictTransportSecurity: false,
    }),
  );
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
