import { Badge, Group, NavLink, Stack } from '@mantine/core';
import {
  IconAdjustments,
  IconAlertTriangle,
  IconBuilding,
  IconCloud,
  IconDeviceFloppy,
  IconDeviceTablet,
  IconDownload,
  IconIdBadge2,
  IconLayoutGrid,
  IconLink,
  IconMail,
  IconPackage,
  IconPlugConnected,
  IconUsers,
} from '@tabler/icons-react';
import { Place } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Surround } from '../frame/surround.tsx';
import { useBuilding, useMay } from '../link/queries.ts';
import { Account } from './account.tsx';
import { AwayBanner, LiveMark } from './connection.tsx';
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
  ['staff', '/staff', IconIdBadge2, 'staff'],
  ['integrations', '/integrations', IconPlugConnected, 'integrations'],
  ['policy', '/policy', IconAdjustments, 'see'],
  ['cloud', '/cloud', IconCloud, 'see'],
  ['backups', '/backups', IconDeviceFloppy, 'see'],
  ['updates', '/updates', IconDownload, 'see'],
] as const;

/** What is around every page: name, search, pages, account, and whether the hub answers. */
export function Shell() {
  const { t } = useReader();
  const building = useBuilding().data;
  const may = useMay();
  const mark = (openCases: number) => (
    <Badge color="red" aria-label={t('nav.casesOpen', { count: openCases })}>
      {openCases}
    </Badge>
  );
  return (
    <Place value={building?.name ?? null}>
      <Surround
        name={building?.name ?? t('product')}
        pages={PAGES.filter(([, , , right]) => may(right)).map(([name, to, icon]) => ({
          to,
          label: t(`nav.${name}`),
          icon,
          ...(name === 'cases' && building?.openCases ? { mark: mark(building.openCases) } : {}),
        }))}
        middle={<SearchBox />}
        account={
          <Group gap="sm" wrap="nowrap">
            <Group visibleFrom="md">
              <LiveMark />
            </Group>
            <Account />
          </Group>
        }
        below={
          <Stack gap="xs" p="xs">
            <Group hiddenFrom="md">
              <LiveMark />
            </Group>
            <NavLink href="/docs" label={t('nav.api')} c="dimmed" />
          </Stack>
        }
        notice={<AwayBanner />}
      />
    </Place>
  );
}
