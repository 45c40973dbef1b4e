import { Tabs } from '@mantine/core';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Couriers } from './couriers.tsx';
import { Residents } from './residents.tsx';

/** Who may get parcels, and who may bring them. */
export function PeoplePage() {
  const { t } = useReader();
  return (
    <Page title={t('people.title')}>
      <Tabs defaultValue="residents" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="residents">{t('people.residents')}</Tabs.Tab>
          <Tabs.Tab value="couriers">{t('people.couriers')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="residents">
          <Residents />
        </Tabs.Panel>
        <Tabs.Panel value="couriers">
          <Couriers />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
