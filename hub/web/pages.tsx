/** Which page is at which address. */
import { DELIVERY_STATES } from '@lockerhub/protocol/http/staff.ts';
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { z } from 'zod';
import { BanksPage } from './banks/banks-page.tsx';
import { CasesPage } from './cases/cases-page.tsx';
import { CloudPage } from './cloud/cloud-page.tsx';
import { CommissioningPage } from './commissioning/commissioning-page.tsx';
import { LabelsPage } from './commissioning/labels-page.tsx';
import { DeliveriesPage } from './deliveries/deliveries-page.tsx';
import { StoryPage } from './deliveries/story-page.tsx';
import { NotFound } from './frame/not-found.tsx';
import { Shell } from './frame/shell.tsx';
import { HealthPage } from './health/health-page.tsx';
import { HomePage } from './home/home-page.tsx';
import { LayoutPage } from './layout/layout-page.tsx';
import { LogPage } from './log/log-page.tsx';
import { OutboxPage } from './outbox/outbox-page.tsx';
import { PeoplePage } from './people/people-page.tsx';
import { TerminalsPage } from './terminals/terminals-page.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

/** What does not fit in an address is left out, never an error: addresses get mistyped. */
const HomeSearch = z.object({
  bank: z.string().optional().catch(undefined),
  door: z.number().int().optional().catch(undefined),
});
const DeliveriesSearch = z.object({
  q: z.coerce.string().max(80).optional().catch(undefined),
  state: z.enum(DELIVERY_STATES).optional().catch(undefined),
});
const HealthSearch = z.object({ lock: z.number().int().optional().catch(undefined) });
const CasesSearch = z.object({ state: z.enum(['open', 'closed']).optional().catch(undefined) });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: HomePage,
  validateSearch: HomeSearch,
});
const deliveries = createRoute({
  getParentRoute: () => root,
  path: '/deliveries',
  component: DeliveriesPage,
  validateSearch: DeliveriesSearch,
});
const story = createRoute({
  getParentRoute: () => root,
  path: '/deliveries/$delivery',
  component: StoryPage,
});
const cases = createRoute({
  getParentRoute: () => root,
  path: '/cases',
  component: CasesPage,
  validateSearch: CasesSearch,
});
const log = createRoute({ getParentRoute: () => root, path: '/log', component: LogPage });
const outbox = createRoute({ getParentRoute: () => root, path: '/outbox', component: OutboxPage });
const people = createRoute({ getParentRoute: () => root, path: '/people', component: PeoplePage });
const banks = createRoute({ getParentRoute: () => root, path: '/banks', component: BanksPage });
const commissioning = createRoute({
  getParentRoute: () => root,
  path: '/banks/$bank/commissioning',
  component: CommissioningPage,
});
const layout = createRoute({
  getParentRoute: () => root,
  path: '/banks/$bank/layout',
  component: LayoutPage,
});
const health = createRoute({
  getParentRoute: () => root,
  path: '/banks/$bank/health',
  component: HealthPage,
  validateSearch: HealthSearch,
});
const labels = createRoute({
  getParentRoute: () => root,
  path: '/banks/$bank/labels',
  component: LabelsPage,
});
const terminals = createRoute({ getParentRoute: () => root, path: '/terminals', component: TerminalsPage });
const cloud = createRoute({ getParentRoute: () => root, path: '/cloud', component: CloudPage });

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    deliveries,
    story,
    cases,
    log,
    outbox,
    people,
    banks,
    commissioning,
    health,
    labels,
    layout,
    terminals,
    cloud,
  ]),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
