import { AppShell, Burger, Group, NavLink, ScrollArea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { IconCloud } from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import icon from '../icon.svg';
import classes from './frame.module.css';
import { useReader } from './reader.tsx';

/** A page in the list of pages. */
export interface PageLink {
  readonly to: string;
  readonly label: string;
  readonly icon: typeof IconCloud;
  /** What waits there. */
  readonly mark?: ReactNode;
  /** Other addresses that belong to it. */
  readonly alsoAt?: RegExp;
}

interface SurroundProps {
  /** Whose pages these are. */
  readonly name: string;
  readonly pages: readonly PageLink[];
  /** In the header, between name and account. */
  readonly middle?: ReactNode;
  readonly account: ReactNode;
  /** Below the list of pages. */
  readonly below?: ReactNode;
  /** Above every page's content. */
  readonly notice?: ReactNode;
}

/** What is around every page: name, pages, account. */
export function Surround({ name, pages, middle, account, below, notice }: SurroundProps) {
  const { t } = useReader();
  const [menu, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
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
          <Link to="/" className={classes.brand} aria-label={name}>
            <img src={icon} alt="" className={classes.brandMark} />
            <Group {...(middle ? { visibleFrom: 'sm' } : {})} className={classes.brandName} component="span">
              {name}
            </Group>
          </Link>
          {middle}
          {account}
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} p="xs" aria-label={t('nav.label')}>
        <AppShell.Section grow component={ScrollArea}>
          {pages.map((page) => (
            <NavLink
              key={page.to}
              component={Link}
              // The router's types know one page's addresses in a program, and two share this.
              to={page.to as '/'}
              active={isAt(page, pathname)}
              aria-current={pathname === page.to ? 'page' : undefined}
              label={page.label}
              leftSection={<page.icon size={20} stroke={1.7} aria-hidden />}
              rightSection={page.mark}
            />
          ))}
        </AppShell.Section>
        {below && <AppShell.Section>{below}</AppShell.Section>}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {notice}
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function isAt({ to, alsoAt }: PageLink, pathname: string): boolean {
  return alsoAt?.test(pathname) || (to === '/' ? pathname === '/' : pathname.startsWith(to));
}
