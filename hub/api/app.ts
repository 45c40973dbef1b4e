/** The hub's HTTP API and pages, put together. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { KIOSK_POLICY, PAGE_POLICY, type PagePolicy } from '@lockerhub/protocol/http/page-policy.ts';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { except } from 'hono/combine';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import { held } from '../deliveries/held.ts';
import { HubError } from '../error.ts';
import { sameOriginWrites } from './access.ts';
import { accountRoutes } from './accounts.ts';
import { agentRoutes } from './agents.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { backupRoutes } from './backups.ts';
import { bankRoutes } from './banks.ts';
import { buildingRoutes } from './building.ts';
import { carrierRoutes } from './carriers.ts';
import { caseRoutes } from './cases.ts';
import { channelRoutes } from './channels.ts';
import { claimRoutes } from './claims.ts';
import { commissioningRoutes } from './commissioning.ts';
import { consoleRoutes } from './console.ts';
import { courierRoutes } from './couriers.ts';
import { delegateRoutes } from './delegates.ts';
import { deliveryRoutes } from './deliveries.ts';
import { deskRoutes } from './desk.ts';
import { documentRoutes } from './document.ts';
import { firstStepsRoutes } from './first-steps.ts';
import { fobRoutes } from './fobs.ts';
import { healthRoutes } from './health.ts';
import type { Api, ApiEnv, Hub } from './hub.ts';
import { kioskRoutes } from './kiosk.ts';
import { labelRoutes } from './label.ts';
import { lockRoutes } from './locks.ts';
import { logRoutes } from './log.ts';
import { outboxRoutes } from './outbox.ts';
import { ownAccountRoutes } from './own-account.ts';
import { ownDelegateRoutes } from './own-delegates.ts';
import { BUILT_PAGES, KIOSK_PATH, type PageFolders, pageRoutes } from './pages.ts';
import { peopleRoutes } from './people.ts';
import { phoneRoutes } from './phone.ts';
import { photoRoutes } from './photos.ts';
import { pinRoutes } from './pins.ts';
import { policyRoutes } from './policy.ts';
import { privacyRoutes } from './privacy.ts';
import { problemOf, sendProblem } from './problems.ts';
import { receiptRoutes } from './receipts.ts';
import { deskWalkRoutes, reconciliationRoutes } from './reconciliation.ts';
import { recoveryRoutes } from './recovery.ts';
import { rosterRoutes } from './roster.ts';
import { scanRoutes } from './scan.ts';
import { setupRoutes } from './setup.ts';
import { signInRoutes } from './sign-in.ts';
import { syncRoutes } from './sync.ts';
import { terminalRoutes } from './terminals.ts';
import { unitRoutes } from './units.ts';
import { RELEASE_PIECES, updateRoutes } from './updates.ts';
import { webhookRoutes } from './webhooks.ts';

/** The largest body: a bank file of 200,000 characters as JSON. */
const MAX_BODY_BYTES = 512 * 1024;
/** A list of 30,000 residents, 250 bytes each, in UTF-16. */
const MAX_LIST_BYTES = 16 * 1024 * 1024;
const LISTS = '/api/v1/roster/*';
const SERVER_ERROR = 500;

export function createApi(hub: Hub, folders: PageFolders = BUILT_PAGES): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const issue = result.error.issues[0];
      const where = [PARTS[result.target] ?? result.target, ...(issue?.path ?? [])].join('.');
      throw new HubError('request-invalid', `${where}: ${issue?.message ?? 'does not fit'}`, { where });
    },
  });
  guards(api, hub);
  documentRoutes(api);
  for (const routes of [
    healthRoutes,
    setupRoutes,
    recoveryRoutes,
    signInRoutes,
    syncRoutes,
    buildingRoutes,
    firstStepsRoutes,
    deliveryRoutes,
    deskRoutes,
    claimRoutes,
    labelRoutes,
    logRoutes,
    outboxRoutes,
    channelRoutes,
    receiptRoutes,
    caseRoutes,
    delegateRoutes,
    ownDelegateRoutes,
    peopleRoutes,
    pinRoutes,
    fobRoutes,
    unitRoutes,
    courierRoutes,
    carrierRoutes,
    photoRoutes,
    rosterRoutes,
    policyRoutes,
    accountRoutes,
    ownAccountRoutes,
    apiKeyRoutes,
    webhookRoutes,
    terminalRoutes,
    backupRoutes,
    updateRoutes,
    bankRoutes,
    lockRoutes,
    agentRoutes,
    commissioningRoutes,
    reconciliationRoutes,
    deskWalkRoutes,
    consoleRoutes,
    scanRoutes,
    kioskRoutes,
    phoneRoutes,
    privacyRoutes,
  ]) {
    routes(api, hub);
  }
  pageRoutes(api, hub, folders);
  return api;
}

/** How a place in a request is called in `where`. */
const PARTS: Readonly<Record<string, string>> = { json: 'body', param: 'path' };

function guards(api: Api, hub: Hub): void {
  api.use(async (c, next) => {
    const started = hub.clock.monotonicMs();
    await next();
    const seconds = (hub.clock.monotonicMs() - started) / 1000;
    hub.metrics.answered(c.req.method, routePath(c), c.res.status, seconds);
  });
  const page = headersOf(PAGE_POLICY, hub);
  const kiosk = headersOf(KIOSK_POLICY, hub);
  api.use((c, next) => (c.req.path.startsWith(KIOSK_PATH) ? kiosk : page)(c, next));
  api.use('/api/*', async (c, next) => {
    await next();
    // Not by `c.header`: that copies the answer, and a stream's mark that it is already being sent would be lost.
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  });
  api.use(sameOriginWrites);
  api.use(async (c, next) => {
    // Its folder may yet be put back: what it took in would be lost.
    if (hub.hold.isTrial && !['GET', 'HEAD'].includes(c.req.method)) throw held();
    await next();
  });
  api.use(
    except(
      [LISTS, RELEASE_PIECES],
      bodyLimit({ maxSize: MAX_BODY_BYTES, onError: () => tooLarge(MAX_BODY_BYTES) }),
    ),
  );
  api.use(LISTS, bodyLimit({ maxSize: MAX_LIST_BYTES, onError: () => tooLarge(MAX_LIST_BYTES) }));
  api.notFound((c) => sendProblem(c, new HubError('not-found', `nothing at ${c.req.method} ${c.req.path}`)));
  api.onError((error, c) => {
    if (problemOf(error).status >= SERVER_ERROR) {
      hub.log.error({ err: error, method: c.req.method, route: routePath(c) }, 'a request failed');
    }
    return sendProblem(c, error);
  });
}

function headersOf(policy: PagePolicy, { frameOrigin }: Hub): MiddlewareHandler {
  return secureHeaders({
    ...policy,
    contentSecurityPolicy: {
      ...policy.contentSecurityPolicy,
      frameAncestors: ["'self'", ...(frameOrigin ? [frameOrigin] : [])],
    },
    // `frame-ancestors` says it finer; the old header knows no list.
    xFrameOptions: frameOrigin ? false : 'SAMEORIGIN',
    // The hub speaks plain HTTP on the LAN: nothing to pin.
    strictTransportSecurity: false,
  });
}

function tooLarge(most: number): never {
  throw new HubError('body-too-large', `the body is larger than ${most} bytes; send less`);
}
