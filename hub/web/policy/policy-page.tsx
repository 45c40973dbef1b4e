import { Stack } from '@mantine/core';
import { Page } from '../frame/page.tsx';
import { PolicyRow } from '../frame/policy-row.tsx';
import { useReader } from '../frame/reader.tsx';
import { PolicyItems } from './policy-items.tsx';

/** The building's own times and bounds: each with what it is for, what is usual, and who set it. */
export function PolicyPage() {
  const { t } = useReader();
  return (
    <Page title={t('policy.title')} what={t('policy.what')}>
      <Stack gap="sm">
        <CodeDigits />
        <PolicyItems />
      </Stack>
    </Page>
  );
}

/** What no building may change is shown too, with why. */
function CodeDigits() {
  const { t, formats } = useReader();
  return (
    <PolicyRow
      name={t('policy.codeDigits')}
      why={t('policy.codeDigitsWhy')}
      value={formats.count(8)}
      badge={null}
      more={[]}
    />
  );
}
