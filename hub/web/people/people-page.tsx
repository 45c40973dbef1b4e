import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Couriers } from './couriers.tsx';
import { PeopleTab } from './people-tab.ts';
import { Residents } from './residents.tsx';
import { Units } from './units.tsx';

/** Who may get parcels, and who may bring them. */
export function PeoplePage() {
  const { t } = useReader();
  const navigate = useNavigate();
  const { tab = 'residents' } = useSearch({ strict: false }) as { tab?: PeopleTab };
  return (
    <Page title={t('people.title')}>
      <Tabs
        value={tab}
        onChange={(next) =>
          void navigate({ to: '/people', search: { tab: PeopleTab.parse(next) }, replace: true })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="residents">{t('people.residents')}</Tabs.Tab>
          <Tabs.Tab value="units">{t('units.title')}</Tabs.Tab>
          <Tabs.Tab value="couriers">{t('people.couriers')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="residents">
          <Residents />
        </Tabs.Panel>
        <Tabs.Panel value="units">
          <Units />
        </Tabs.Panel>
        <Tabs.Panel value="couriers">
          <Couriers />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
