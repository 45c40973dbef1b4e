import type { PolicyItem } from '@lockerhub/protocol/http/policy.ts';
import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { useMay, usePolicy } from '../link/queries.ts';
import { ChangePolicy } from './change-policy.tsx';
import { usePolicyWords } from './policy-words.ts';

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
  const [changing, setChanging] = useState<PolicyItem | null>(null);
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
      {changing && <ChangePolicy item={changing} onClose={() => setChanging(null)} />}
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

interface RowProps {
  readonly order?: 2 | 3;
  readonly name: string;
  readonly why: string;
  readonly value: string;
  readonly badge: string | null;
  readonly more: readonly (string | null | false)[];
  readonly children?: ReactNode;
}

/** One of them, or what no building may change, as a line. */
export function PolicyRow({ order = 2, name, why, value, badge, more, children }: RowProps) {
  return (
    <Paper withBorder p="md" component="section" aria-label={name}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={2} flex="1 1 16rem">
          <Title order={order} size="h5">
            {name}
          </Title>
          <Text size="sm" c="dimmed">
            {why}
          </Text>
        </Stack>
        <Group gap="md" wrap="nowrap" align="flex-start">
          <Stack gap={2} align="flex-end">
            <Group gap="xs">
              {badge && <Badge variant="light">{badge}</Badge>}
              <Text fw={650}>{value}</Text>
            </Group>
            {more.filter(Boolean).map((line) => (
              <Text key={String(line)} size="xs" c="dimmed" ta="end">
                {line}
              </Text>
            ))}
          </Stack>
          {children}
        </Group>
      </Group>
    </Paper>
  );
}
