import type { PolicyItem } from '@lockerhub/protocol/http/policy.ts';
import { Button, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ChangePolicy, type SetPolicies } from '../frame/change-policy.tsx';
import { PolicyRow } from '../frame/policy-row.tsx';
import { usePolicyWords } from '../frame/policy-words.ts';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { keys } from '../link/keys.ts';
import { useMay, usePolicy } from '../link/queries.ts';
import { changePolicy } from '../link/requests.ts';

interface PolicyItemsProps {
  /** Above them, where they are a part of a page. */
  readonly title?: string;
  /** By their names in the API; all of them by default. */
  readonly only?: (name: string) => boolean;
}

/** Policies as they are, for managers to be changed. */
export function PolicyItems({ title, only = () => true }: PolicyItemsProps) {
  const { t } = useReader();
  const list = usePolicy();
  const may = useMay()('policy');
  const client = useQueryClient();
  const [changing, setChanging] = useState<PolicyItem | null>(null);
  const change = async (changes: SetPolicies) => {
    client.setQueryData(keys.policy, await changePolicy(changes));
    await client.invalidateQueries({ queryKey: keys.health });
  };
  return (
    <>
      {title !== undefined && (
        <Title order={2} size="h5">
          {title}
        </Title>
      )}
      {list.isPending && <Loading rows={6} height={72} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.data && !may && <Text c="dimmed">{t('policy.managers')}</Text>}
      {list.data
        ?.filter(({ name }) => only(name))
        .map((item) => (
          <Item
            key={item.name}
            item={item}
            order={title === undefined ? 2 : 3}
            {...(may ? { onChange: () => setChanging(item) } : {})}
          />
        ))}
      {changing && <ChangePolicy item={changing} change={change} onClose={() => setChanging(null)} />}
    </>
  );
}

interface ItemProps {
  readonly item: PolicyItem;
  readonly order: 2 | 3;
  readonly onChange?: () => void;
}

function Item({ item, order, onChange }: ItemProps) {
  const { t, formats } = useReader();
  const words = usePolicyWords();
  const nowMs = useHubNow();
  const isUsual = item.value === item.standard;
  const { changedBy, changedAt } = item;
  return (
    <PolicyRow
      order={order}
      name={words.name(item)}
      why={words.why(item)}
      value={words.value(item, item.value)}
      badge={isUsual ? null : t('policy.changed')}
      more={[
        isUsual ? null : t('policy.usually', { value: words.value(item, item.standard) }),
        changedBy &&
          changedAt !== null &&
          t('policy.by', {
            who: changedBy.name ?? words.kind(changedBy.kind),
            when: formats.moment(changedAt, nowMs),
          }),
      ]}
    >
      {onChange && (
        <Button
          size="xs"
          variant="default"
          aria-label={`${t('policy.change')}: ${words.name(item)}`}
          onClick={onChange}
        >
          {t('policy.change')}
        </Button>
      )}
    </PolicyRow>
  );
}
