/** Which page is at which address. */
import { DELIVERY_STATES } from '@lockerhub/protocol/http/staff.ts';
import { Id, Slug } from '@lockerhub/protocol/ids.ts';
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { z } from 'zod';
import { AccountPage } from './account/account-page.tsx';
import { BackupsPage } from './backups/backups-page.tsx';
import { BanksPage } from './banks/banks-page.tsx';
import { CaseShown } from './cases/case-shown.ts';
import { CasesPage } from './cases/cases-page.tsx';
import { ChannelsPage } from './channels/channels-page.tsx';
import { CloudPage } from './cloud/cloud-page.tsx';
import { CommissioningPage } from './commissioning/commissioning-page.tsx';
import { LabelsPage } from './commissioning/labels-page.tsx';
import { DeliveriesPage } from './deliveries/deliveries-page.tsx';
import { StoryPage } from './deliveries/story-page.tsx';
import { GuidePage } from './guide/guide-page.tsx';
import { HealthPage } from './health/health-page.tsx';
import { HomePage } from './home/home-page.tsx';
import { IntegrationsPage } from './integrations/integrations-page.tsx';
import { LayoutPage } from './layout/layout-page.tsx';
import { LogPage } from './log/log-page.tsx';
import { OutboxPage } from './outbox/outbox-page.tsx';
import { PeoplePage } from './people/people-page.tsx';
import { PeopleTab } from './people/people-tab.ts';
import { PersonPage } from './people/person-page.tsx';
import { PolicyPage } from './policy/policy-page.tsx';
import { DeskWalkPage } from './reconciliation/desk-walk-page.tsx';
import { ReconciliationPage } from './reconciliation/reconciliation-page.tsx';
import { NotFound } from './shell/not-found.tsx';
import { Shell } from './shell/shell.tsx';
import { StaffPage } from './staff/staff-page.tsx';
import { TerminalsPage } from './terminals/terminals-page.tsx';
import { UpdatesPage } from './updates/updates-page.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

/** What does not fit in an address is left out, never an error: addresses get mistyped. */
const HomeSearch = z.object({
  bank: z.string().optional().catch(undefined),
  door: z.number().int().optional().catch(undefined),
});
const DeliveriesSearch = z.object({
  q: z.coerce.string().max(80).optional().catch(undefined),
  state: z.enum(DELIVERY_STATES).optional().catch(undefined),
  carrier: z.coerce.string().max(80).optional().catch(undefined),
  bank: Slug.optional().catch(undefined),
  from: z.iso.date().optional().catch(undefined),
  to: z.iso.date().optional().catch(undefined),
});
const HealthSearch = z.object({ lock: z.number().int().optional().catch(undefined) });
const GuideSearch = z.object({ case: Id.optional().catch(undefined) });
const PeopleSearch = z.object({ tab: PeopleTab.optional().catch(undefined) });
const CasesSearch = z.object({ show: CaseShown.optional().catch(undefined) });

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
const channels = createRoute({ getParentRoute: () => root, path: '/channels', component: ChannelsPage });
const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  component: PeoplePage,
  validateSearch: PeopleSearch,
});
const person = createRoute({
  getParentRoute: () => root,
  path: '/people/$resident',
  component: PersonPage,
});
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
const reconciliation = createRoute({
  getParentRoute: () => root,
  path: '/banks/$bank/walk',
  component: ReconciliationPage,
});
const deskWalk = createRoute({ getParentRoute: () => root, path: '/desk/walk', component: DeskWalkPage });
const guide = createRoute({
  getParentRoute: () => root,
  path: '/banks/$bank/doors/$door/guide',
  component: GuidePage,
  validateSearch: GuideSearch,
});
const labels = createRoute({
  getParentRoute: () => root,
  path: '/banks/$bank/labels',
  component: LabelsPage,
});
const terminals = createRoute({ getParentRoute: () => root, path: '/terminals', component: TerminalsPage });
const staff = createRoute({ getParentRoute: () => root, path: '/staff', component: StaffPage });
const account = createRoute({ getParentRoute: () => root, path: '/account', component: AccountPage });
const integrations = createRoute({
  getParentRoute: () => root,
  path: '/integrations',
  component: IntegrationsPage,
});
const policy = createRoute({ getParentRoute: () => root, path: '/policy', component: PolicyPage });
const cloud = createRoute({ getParentRoute: () => root, path: '/cloud', component: CloudPage });
const backups = createRoute({ getParentRoute: () => root, path: '/backups', component: BackupsPage });
const updates = createRoute({ getParentRoute: () => root, path: '/updates', component: UpdatesPage });

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    deliveries,
    story,
    cases,
    log,
    outbox,
    channels,
    people,
    person,
    banks,
    commissioning,
    health,
    labels,
    guide,
    reconciliation,
    deskWalk,
    layout,
    terminals,
    staff,
    account,
    integrations,
    policy,
    cloud,
    backups,
    updates,
  ]),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
