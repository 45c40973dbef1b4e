import type { CarrierView } from '@lockerhub/protocol/http/carriers.ts';
import { Button, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { useCarriers, useMay } from '../link/queries.ts';
import { removeCarrier } from '../link/requests.ts';
import classes from './people.module.css';

/** The companies behind the couriers. One that is removed takes the codes of its couriers along. */
export function Carriers() {
  const { t } = useReader();
  const list = useCarriers();
  if (list.isPending) return <Loading rows={2} />;
  if (list.isError) return <Failed error={list.error} again={() => void list.refetch()} />;
  if (list.data.length === 0) return null;
  return (
    <Stack component="section" gap="xs" mt="md">
      <Title order={2} size="h4">
        {t('carriers.title')}
      </Title>
      <CarrierRows rows={list.data} />
    </Stack>
  );
}

function CarrierRows({ rows }: { readonly rows: readonly CarrierView[] }) {
  const { t } = useReader();
  const mayRemove = useMay()('couriers');
  const say = useSay();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Question | null>(null);
  const remove = ({ carrier, name }: CarrierView) =>
    setAsked({
      title: t('carriers.removeAsk', { name }),
      consequence: t('carriers.removeWhat'),
      confirm: t('carriers.remove'),
      dangerous: true,
      act: () => removeCarrier(carrier),
      done: () => {
        for (const queryKey of [keys.carriers, keys.couriers]) void client.invalidateQueries({ queryKey });
        say(t('carriers.removed', { name }));
      },
    });
  return (
    <Paper withBorder className={classes.scroll}>
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.carrier}>
              <Table.Td className={classes.anywhere}>
                <Text fw={600}>
                  <bdi>{row.name}</bdi>
                </Text>
                <Text size="sm" c="dimmed">
                  {t('carriers.codes', { count: row.couriers })}
                </Text>
              </Table.Td>
              {mayRemove && (
                <Table.Td>
                  <Group justify="flex-end">
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={`${t('carriers.remove')}: ${row.name}`}
                      onClick={() => remove(row)}
                    >
                      {t('carriers.remove')}
                    </Button>
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Paper>
  );
}
