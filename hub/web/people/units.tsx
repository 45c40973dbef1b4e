import type { UnitView } from '@lockerhub/protocol/http/units.ts';
import { ActionIcon, Group, Paper, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { useMay, useUnits } from '../link/queries.ts';
import { removeUnit, renameUnit } from '../link/requests.ts';
import classes from './people.module.css';

/** Rows that are drawn: a page with thousands would be slow; who needs more filters. */
const ROWS_DRAWN = 300;

/** The building's units: who lives in how many, another name, gone where none was needed. */
export function Units() {
  const { t } = useReader();
  const list = useUnits();
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toLowerCase();
  const all = list.data ?? [];
  const shown = all.filter(({ unitName }) => unitName.toLowerCase().includes(wanted));
  return (
    <Stack>
      {list.isPending && <Loading rows={6} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.data?.length === 0 && <Text c="dimmed">{t('units.none')}</Text>}
      {all.length > 0 && (
        <>
          <TextInput
            aria-label={t('units.find')}
            placeholder={t('units.find')}
            value={typed}
            onChange={({ currentTarget: { value } }) => setTyped(value)}
            maw={360}
          />
          {shown.length === 0 ? <Text c="dimmed">{t('units.noMatch')}</Text> : <UnitRows rows={shown} />}
          <Text size="sm" c="dimmed">
            {t('people.unitsCount', { count: all.length })}
          </Text>
        </>
      )}
    </Stack>
  );
}

function UnitRows({ rows }: { readonly rows: readonly UnitView[] }) {
  const { t, formats } = useReader();
  const may = useMay()('residents');
  const [renaming, setRenaming] = useState<UnitView | null>(null);
  const [asked, setAsked] = useState<Question | null>(null);
  const client = useQueryClient();
  const say = useSay();
  const remove = ({ unit, unitName }: UnitView) =>
    setAsked({
      title: t('units.removeAsk', { unit: unitName }),
      consequence: t('units.removeWhat'),
      confirm: t('units.remove'),
      dangerous: true,
      act: () => removeUnit(unit),
      done: () => {
        void client.invalidateQueries({ queryKey: keys.units });
        say(t('units.removed', { unit: unitName }));
      },
    });
  return (
    <Paper withBorder className={classes.scroll}>
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('people.unit')}</Table.Th>
            <Table.Th>{t('units.living')}</Table.Th>
            <Table.Th visibleFrom="xs">{t('units.households')}</Table.Th>
            {may && <Table.Th aria-label={t('units.acts')} />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, ROWS_DRAWN).map((row) => (
            <Table.Tr key={row.unit}>
              <Table.Td fw={600}>{row.unitName}</Table.Td>
              <Table.Td>{row.residents === 0 ? t('units.empty') : formats.count(row.residents)}</Table.Td>
              <Table.Td visibleFrom="xs">{formats.count(row.households)}</Table.Td>
              {may && (
                <Table.Td>
                  <Group gap="xs" justify="flex-end" wrap="nowrap">
                    <ActionIcon
                      variant="default"
                      size={36}
                      aria-label={t('units.rename', { unit: row.unitName })}
                      onClick={() => setRenaming(row)}
                    >
                      <IconPencil size={18} />
                    </ActionIcon>
                    {row.residents === 0 && row.movedOut === 0 && (
                      <ActionIcon
                        variant="default"
                        size={36}
                        aria-label={t('units.removeThis', { unit: row.unitName })}
                        onClick={() => remove(row)}
                      >
                        <IconTrash size={18} />
                      </ActionIcon>
                    )}
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {renaming && <Rename unit={renaming} onClose={() => setRenaming(null)} />}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Paper>
  );
}

function Rename({ unit, onClose }: { readonly unit: UnitView; readonly onClose: () => void }) {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [name, setName] = useState(unit.unitName);
  const [tried, setTried] = useState(false);
  const isEmpty = name.trim() === '';
  const saving = useMutation({
    mutationFn: () => renameUnit(unit.unit, name.trim()),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.units });
      void client.invalidateQueries({ queryKey: keys.residents });
      say(t('units.renamed', { unit: name.trim() }));
      onClose();
    },
  });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('units.rename', { unit: unit.unitName })}
      what={t('units.renameWhat')}
      confirm={t('person.save')}
      pending={saving.isPending}
      error={saving.error}
      onSubmit={() => {
        setTried(true);
        if (!isEmpty) saving.mutate();
      }}
    >
      <TextInput
        label={t('people.unit')}
        required
        data-autofocus
        maxLength={40}
        value={name}
        error={tried && isEmpty ? t('rule.required') : undefined}
        onChange={({ currentTarget: { value } }) => setName(value)}
      />
    </FormDialog>
  );
}
