import { AppShell, Badge, Burger, Group, NavLink, ScrollArea, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconAlertTriangle,
  IconBuilding,
  IconCloud,
  IconDeviceTablet,
  IconLayoutGrid,
  IconLink,
  IconMail,
  IconPackage,
  IconUsers,
} from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import icon from '../icon.svg';
import { useBuilding, useMay } from '../link/queries.ts';
import { AccountMenu } from './account-menu.tsx';
import { AwayBanner, LiveMark } from './connection.tsx';
import classes from './frame.module.css';
import { useReader } from './reader.tsx';
import { SearchBox } from './search-box.tsx';

/** A page's name, address, sign, and the right that it needs. */
const PAGES = [
  ['home', '/', IconBuilding, 'see'],
  ['deliveries', '/deliveries', IconPackage, 'see'],
  ['cases', '/cases', IconAlertTriangle, 'see'],
  ['log', '/log', IconLink, 'see'],
  ['outbox', '/outbox', IconMail, 'messages'],
  ['people', '/people', IconUsers, 'see-people'],
  ['banks', '/banks', IconLayoutGrid, 'see'],
  ['terminals', '/terminals', IconDeviceTablet, 'terminals'],
  ['cloud', '/cloud', IconCloud, 'see'],
] as const;

/** What is around every page: name, search, pages, account, and whether the hub answers. */
export function Shell() {
  const { t } = useReader();
  const [menu, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const building = useBuilding().data;
  const may = useMay();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that was gone to closes the menu over it
  useEffect(close, [pathname]);
  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !menu } }}
      padding="md"
    >
      <a className={classes.skip} href="#content">
        {t('nav.skip')}
      </a>
      <AppShell.Header className={classes.header} px="md">
        <Group h="100%" wrap="nowrap" gap="sm" justify="space-between">
          <Burger
            opened={menu}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={t('nav.menu')}
            aria-expanded={menu}
          />
          <Link to="/" className={classes.brand} aria-label={building?.name ?? t('product')}>
            <img src={icon} alt="" className={classes.brandMark} />
            <Group visibleFrom="sm" className={classes.brandName} component="span">
              {building?.name ?? t('product')}
            </Group>
          </Link>
          <SearchBox />
          <Group gap="sm" wrap="nowrap">
            <Group visibleFrom="md">
              <LiveMark />
            </Group>
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} p="xs" aria-label={t('nav.label')}>
        <AppShell.Section grow component={ScrollArea}>
          {PAGES.filter(([, , , right]) => may(right)).map(([name, to, Icon]) => (
            <NavLink
              key={name}
              component={Link}
              to={to}
              active={to === '/' ? pathname === '/' : pathname.startsWith(to)}
              aria-current={pathname === to ? 'page' : undefined}
              label={t(`nav.${name}`)}
              leftSection={<Icon size={20} stroke={1.7} />}
              rightSection={
                name === 'cases' && building && building.openCases > 0 ? (
                  <Badge color="red" aria-label={t('nav.casesOpen', { count: building.openCases })}>
                    {building.openCases}
                  </Badge>
                ) : undefined
              }
            />
          ))}
        </AppShell.Section>
        <AppShell.Section>
          <Stack gap="xs" p="xs">
            <Group hiddenFrom="md">
              <LiveMark />
            </Group>
            <NavLink href="/docs" label={t('nav.api')} c="dimmed" />
          </Stack>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <AwayBanner />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
