import type { CourierUse, CourierView } from '@lockerhub/protocol/http/staff.ts';
import { Button, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useBuilding, useCourierUses, useTerminals } from '../link/queries.ts';
import classes from './people.module.css';

interface CourierUsesProps {
  readonly courier: CourierView;
  readonly name: string;
  readonly onClose: () => void;
}

/** When, where and for how many parcels a courier's code was used. */
export function CourierUses({ courier, name, onClose }: CourierUsesProps) {
  const { t } = useReader();
  const list = useCourierUses(courier.courier);
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      size="xl"
      title={t('courierCodes.usesOf', { who: name })}
      closeButtonProps={{ 'aria-label': t('act.close') }}
    >
      <Stack>
        {list.isPending && <Loading rows={3} />}
        {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
        {list.rows?.length === 0 && <Text>{t('courierCodes.noUse')}</Text>}
        {list.rows && list.rows.length > 0 && <UseRows rows={list.rows} />}
        <Group justify="flex-end">
          {list.hasNextPage && (
            <Button
              variant="light"
              loading={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              {t('courierCodes.older')}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {t('act.close')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function UseRows({ rows }: { readonly rows: readonly CourierUse[] }) {
  const { t, formats } = useReader();
  const terminals = useTerminals().data ?? [];
  const banks = useBuilding().data?.banks ?? [];
  const where = ({ terminal, bank }: CourierUse) =>
    terminals.find((each) => each.terminal === terminal)?.name ??
    banks.find((each) => each.bank === bank)?.name ??
    t('courierCodes.someKiosk');
  const lasted = ({ at, endedAt, isTimed }: CourierUse) => {
    if (endedAt === null) return t('courierCodes.goesOn');
    return isTimed ? formats.duration(Math.max(0, endedAt - at)) : '–';
  };
  return (
    <div className={classes.scroll}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('courierCodes.when')}</Table.Th>
            <Table.Th>{t('courierCodes.where')}</Table.Th>
            <Table.Th>{t('courierCodes.parcels')}</Table.Th>
            <Table.Th>{t('courierCodes.lasted')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((use) => (
            <Table.Tr key={use.visit}>
              <Table.Td>{formats.exact(use.at)}</Table.Td>
              <Table.Td>{where(use)}</Table.Td>
              <Table.Td>{formats.count(use.parcels)}</Table.Td>
              <Table.Td>{lasted(use)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
