import { ChangePolicy } from '@lockerhub/hub/web/frame/change-policy.tsx';
import { Page } from '@lockerhub/hub/web/frame/page.tsx';
import { PolicyRow } from '@lockerhub/hub/web/frame/policy-row.tsx';
import { usePolicyWords } from '@lockerhub/hub/web/frame/policy-words.ts';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { Failed, Loading } from '@lockerhub/hub/web/frame/states.tsx';
import type { PolicyItem } from '@lockerhub/protocol/http/policy.ts';
import { policyItems } from '@lockerhub/protocol/http/policy-items.ts';
import { Anchor, Button, Stack, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { buildingAddress } from '../frame/addresses.ts';
import { useBuildingNow, useMay, usePolicy } from '../link/queries.ts';
import { changePolicy } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';

/** A building's own times and bounds, as its staff see and change them too. */
export function PolicyPage() {
  const t = useFleetWords();
  const { t: staff } = useReader();
  const { building: id } = useParams({ strict: false }) as { building: string };
  const may = useMay()('admin');
  const building = useBuildingNow(id).data;
  const policy = usePolicy(id);
  const [changing, setChanging] = useState<PolicyItem | null>(null);
  return (
    <Page title={staff('policy.title')} what={staff('policy.what')}>
      <Anchor renderRoot={(root) => <Link {...root} to={buildingAddress(id)} />} size="sm">
        {building?.name ?? t('building.back')}
      </Anchor>
      <Text c="dimmed" size="sm" maw={720}>
        {may ? t('policy.follows') : t('policy.admins')}
      </Text>
      {policy.isPending && <Loading rows={6} height={72} />}
      {policy.isError && <Failed error={policy.error} again={() => void policy.refetch()} />}
      {policy.data && (
        <Stack gap="sm">
          {policyItems(policy.data).map((item) => (
            <Item key={item.name} item={item} {...(may ? { onChange: () => setChanging(item) } : {})} />
          ))}
        </Stack>
      )}
      {changing && (
        <ChangePolicy
          item={changing}
          change={(changes) => changePolicy(id, changes)}
          onClose={() => setChanging(null)}
        />
      )}
    </Page>
  );
}

function Item({ item, onChange }: { readonly item: PolicyItem; readonly onChange?: () => void }) {
  const { t: staff } = useReader();
  const words = usePolicyWords();
  const isUsual = item.value === item.standard;
  return (
    <PolicyRow
      name={words.name(item)}
      why={words.why(item)}
      value={words.value(item, item.value)}
      badge={isUsual ? null : staff('policy.changed')}
      more={[isUsual ? null : staff('policy.usually', { value: words.value(item, item.standard) })]}
    >
      {onChange && (
        <Button
          size="xs"
          variant="default"
          aria-label={`${staff('policy.change')}: ${words.name(item)}`}
          onClick={onChange}
        >
          {staff('policy.change')}
        </Button>
      )}
    </PolicyRow>
  );
}
