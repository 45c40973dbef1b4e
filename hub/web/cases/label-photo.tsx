import { Image } from '@mantine/core';
import { useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import { useMay } from '../link/queries.ts';
import { labelPhoto } from '../link/requests.ts';

/** What the courier saw on a parcel of which nobody knows whose it is; nothing where none was photographed. */
export function LabelPhoto({ delivery }: { readonly delivery: string }) {
  const { t } = useReader();
  const may = useMay();
  const [isThere, setThere] = useState(true);
  if (!isThere || !may('see-people')) return null;
  const address = labelPhoto(delivery);
  return (
    <a href={address} target="_blank" rel="noreferrer">
      <Image
        src={address}
        alt={t('desk.label')}
        mah={320}
        w="auto"
        maw="100%"
        radius="sm"
        fit="contain"
        onError={() => setThere(false)}
      />
    </a>
  );
}
