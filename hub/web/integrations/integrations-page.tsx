import { Anchor } from '@mantine/core';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { ApiKeys } from './api-keys.tsx';
import { Webhooks } from './webhooks.tsx';

/** Programs that ask this hub, and those that it calls. */
export function IntegrationsPage() {
  const { t } = useReader();
  return (
    <Page
      title={t('integrations.title')}
      what={t('integrations.what')}
      actions={<Anchor href="/docs">{t('nav.api')}</Anchor>}
    >
      <ApiKeys />
      <Webhooks />
    </Page>
  );
}
