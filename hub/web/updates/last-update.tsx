import type { UpdatesView } from '@lockerhub/protocol/http/updates.ts';
import { Alert, Text } from '@mantine/core';
import { IconArrowBackUp, IconCircleCheck } from '@tabler/icons-react';
import { useReader } from '../frame/reader.tsx';

/** How the last update ended, and why. */
export function LastUpdate({ last }: { readonly last: UpdatesView['last'] }) {
  const { t, formats } = useReader();
  if (last === null) return null;
  const at = formats.moment(last.endedAtMs, Date.now());
  return (
    <Alert
      color={last.isKept ? 'pine' : 'yellow'}
      icon={last.isKept ? <IconCircleCheck /> : <IconArrowBackUp />}
      title={t(last.isKept ? 'updates.kept' : 'updates.notKept', { at })}
      role="status"
    >
      <Text size="sm">
        {last.isKept ? (
          <bdi dir="ltr">{last.release}</bdi>
        ) : last.code ? (
          t(`updates.fault.${last.code}`)
        ) : (
          t('updates.failed')
        )}
      </Text>
      {!last.isKept && last.why && (
        <Text size="xs" c="dimmed" mt={4}>
          <bdi dir="ltr">{last.why}</bdi>
        </Text>
      )}
    </Alert>
  );
}
