import { Text, VisuallyHidden } from '@mantine/core';
import { useReader } from '../frame/reader.tsx';

/** A figure that is not known. */
export function Unknown() {
  const { t } = useReader();
  return (
    <>
      <Text component="span" c="dimmed" aria-hidden>
        –
      </Text>
      <VisuallyHidden>{t('health.unknown')}</VisuallyHidden>
    </>
  );
}
