/** Which page is at which address. */
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { AlarmsPage } from './alarms/alarms-page.tsx';
import { BuildingPage } from './buildings/building-page.tsx';
import { FleetPage } from './buildings/fleet-page.tsx';
import { Shell } from './frame/shell.tsx';
import { AuditPage } from './operators/audit-page.tsx';
import { OperatorsPage } from './operators/operators-page.tsx';
import { PolicyPage } from './policies/policy-page.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: FleetPage });
const getParentRoute = () => root;

export const router = createRouter({
  routeTree: root.addChildren([
    createRoute({ getParentRoute, path: '/', component: FleetPage }),
    createRoute({ getParentRoute, path: '/buildings/$building', component: BuildingPage }),
    createRoute({ getParentRoute, path: '/buildings/$building/policy', component: PolicyPage }),
    createRoute({ getParentRoute, path: '/alarms', component: AlarmsPage }),
    createRoute({ getParentRoute, path: '/operators', component: OperatorsPage }),
    createRoute({ getParentRoute, path: '/audit', component: AuditPage }),
  ]),
  scrollRestoration: true,
});
