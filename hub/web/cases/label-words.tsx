import { Blockquote } from '@mantine/core';
import { useReader } from '../frame/reader.tsx';
import { useLabelWords } from '../link/queries.ts';

/** What the courier typed off a parcel of which nobody knows whose it is; nothing where nothing was. */
export function LabelWords({ delivery }: { readonly delivery: string }) {
  const { t } = useReader();
  const { data } = useLabelWords(delivery);
  if (!data) return null;
  return (
    <Blockquote p="sm" cite={t('desk.typed')} dir="auto" style={{ overflowWrap: 'anywhere' }}>
      {data.words}
    </Blockquote>
  );
}
