import { LANGUAGES } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import { NewResident, type ResidentView } from '@lockerhub/protocol/http/staff.ts';
import {
  Anchor,
  Badge,
  Button,
  Group,
  NativeSelect,
  Paper,
  Stack,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { IconFileImport, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FormDialog } from '../frame/form-dialog.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading, Nothing } from '../frame/states.tsx';
import { useTried } from '../frame/tried.ts';
import { keys } from '../link/keys.ts';
import { useBuilding, useMay, useResidents } from '../link/queries.ts';
import { addResident } from '../link/requests.ts';
import { ImportList } from '../roster/import-list.tsx';
import { ImportProgress } from '../roster/import-progress.tsx';
import { matchingResidents } from './matching.ts';
import classes from './people.module.css';
import { Ways } from './ways.tsx';

/** Who lives here, by unit. */
export function Residents() {
  const { t } = useReader();
  const list = useResidents();
  const may = useMay();
  const [typed, setTyped] = useState('');
  const [adding, setAdding] = useState(false);
  const [importing, setImporting] = useState(false);
  const all = list.data ?? [];
  const shown = typed.trim() ? matchingResidents(all, typed) : all;
  const take = may('roster') && (
    <Button variant="default" leftSection={<IconFileImport size={18} />} onClick={() => setImporting(true)}>
      {t('roster.title')}
    </Button>
  );
  const add = may('residents') && (
    <Button leftSection={<IconUserPlus size={18} />} onClick={() => setAdding(true)}>
      {t('people.addResident')}
    </Button>
  );
  return (
    <Stack>
      <ImportProgress />
      {list.isPending && <Loading rows={6} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.data?.length === 0 && (
        <Nothing icon={<IconUsers />} title={t('people.noResidents')} what={t('people.noResidentsWhat')}>
          {add}
          {take}
        </Nothing>
      )}
      {all.length > 0 && (
        <>
          <Group justify="space-between">
            <TextInput
              aria-label={t('people.find')}
              placeholder={t('people.find')}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              flex="1 1 14rem"
              maw={360}
            />
            <Group gap="sm">
              {take}
              {add}
            </Group>
          </Group>
          {shown.length === 0 ? <Text c="dimmed">{t('people.noMatch')}</Text> : <ResidentRows rows={shown} />}
          <Counts residents={all} />
        </>
      )}
      {importing && <ImportList onClose={() => setImporting(false)} />}
      {adding && <AddResident onClose={() => setAdding(false)} />}
    </Stack>
  );
}

function Counts({ residents }: { readonly residents: readonly ResidentView[] }) {
  const { t } = useReader();
  const units = new Set(residents.map(({ unit }) => unit)).size;
  return (
    <Text size="sm" c="dimmed">
      {t('people.residentsCount', { count: residents.length })} · {t('people.unitsCount', { count: units })}
    </Text>
  );
}

/** Rows that are drawn: a page with thousands would be slow; who needs more filters. */
const ROWS_DRAWN = 300;

function ResidentRows({ rows }: { readonly rows: readonly ResidentView[] }) {
  const { t } = useReader();
  const sorted = rows.toSorted((a, b) => a.unitName.localeCompare(b.unitName, undefined, { numeric: true }));
  return (
    <Paper withBorder className={classes.scroll}>
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('people.unit')}</Table.Th>
            <Table.Th>{t('people.name')}</Table.Th>
            <Table.Th visibleFrom="xs">{t('reach.column')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('people.language')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.slice(0, ROWS_DRAWN).map((row) => (
            <Table.Tr key={row.resident}>
              <Table.Td fw={600}>{row.unitName}</Table.Td>
              <Table.Td>
                <Anchor
                  renderRoot={(root) => (
                    <Link {...root} to="/people/$resident" params={{ resident: row.resident }} />
                  )}
                >
                  {row.name}
                </Anchor>{' '}
                {row.movedOut && <Badge variant="outline">{t('roster.movedOut')}</Badge>}
              </Table.Td>
              <Table.Td visibleFrom="xs" className={classes.anywhere}>
                <Ways resident={row} />
              </Table.Td>
              <Table.Td visibleFrom="sm">
                {LANGUAGES.find(({ code }) => code === row.language)?.name ?? row.language}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function AddResident({ onClose }: { readonly onClose: () => void }) {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const buildingLanguage = useBuilding().data?.language ?? 'en';
  const [draft, setDraft] = useState({ unitName: '', name: '', email: '', language: buildingLanguage });
  const email = draft.email.trim();
  const asked = { ...draft, email: email === '' ? undefined : email };
  const parsed = NewResident.safeParse(asked);
  const adding = useMutation({
    mutationFn: () => addResident(asked),
    onSuccess: ({ name, unitName }) => {
      void client.invalidateQueries({ queryKey: keys.residents });
      say(t('people.addedResident', { name, unit: unitName }));
      onClose();
    },
  });
  const { isWrong, onSubmit } = useTried(parsed, () => adding.mutate());
  const fault = (field: keyof typeof draft) => {
    if (!isWrong(field)) return undefined;
    if (field === 'email') return t('rule.email');
    return draft[field].trim() === '' ? t('rule.required') : t('rule.tooLong');
  };
  const change = (field: keyof typeof draft) => ({
    value: draft[field],
    error: fault(field),
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setDraft((before) => ({ ...before, [field]: value })),
  });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('people.addResident')}
      what={t('people.addResidentWhat')}
      confirm={t('people.addResident')}
      pending={adding.isPending}
      error={adding.error}
      onSubmit={onSubmit}
    >
      <TextInput
        label={t('people.unit')}
        description={t('people.unitHint')}
        required
        data-autofocus
        {...change('unitName')}
      />
      <TextInput label={t('people.name')} required autoComplete="off" {...change('name')} />
      <TextInput
        label={t('people.email')}
        description={t('people.emailHint')}
        type="email"
        autoComplete="off"
        {...change('email')}
      />
      <NativeSelect
        label={t('people.language')}
        data={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
        {...change('language')}
      />
    </FormDialog>
  );
}
