import { Blockquote, Text } from '@mantine/core';
import { useReader } from '../frame/reader.tsx';
import { useLabelWords } from '../link/queries.ts';

/** What the courier typed off a parcel of which nobody knows whose it is; nothing where nothing was. */
export function LabelWords({ delivery }: { readonly delivery: string }) {
  const { t } = useReader();
  const { data } = useLabelWords(delivery);
  if (!data) return null;
  // Not as its `cite`, which Mantine makes too pale to be read (WCAG 1.4.3).
  return (
    <Blockquote p="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
      {data.words}
      <Text size="sm" mt="xs">
        {t('desk.typed')}
      </Text>
    </Blockquote>
  );
}
