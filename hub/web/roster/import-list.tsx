import {
  ROSTER_FIELDS,
  type RosterColumns,
  type RosterField,
  type RosterPreview,
} from '@lockerhub/protocol/http/roster.ts';
import {
  Alert,
  Button,
  Checkbox,
  FileInput,
  Group,
  List,
  Modal,
  NativeSelect,
  NumberInput,
  SimpleGrid,
  Stack,
  Text,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { importRoster, previewRoster } from '../link/requests.ts';

/** A list from the manager's other software: chosen, looked at, and taken over. */
export function ImportList({ onClose }: { readonly onClose: () => void }) {
  const { t } = useReader();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [columns, setColumns] = useState<RosterColumns | null>(null);
  const [leave, setLeave] = useState(false);
  const [typed, setTyped] = useState<number | string>('');
  const preview = useQuery({
    queryKey: ['roster-preview', file?.name, file?.lastModified, columns],
    queryFn: () => previewRoster(file as File, columns),
    enabled: file !== null,
    retry: false,
  });
  const importing = useMutation({
    mutationFn: () =>
      importRoster(file as File, preview.data?.columns ?? null, leave, typed === '' ? null : Number(typed)),
    onSuccess: (begun) => {
      client.setQueryData(keys.roster, begun);
      onClose();
    },
  });
  const seen = preview.data;
  const mustType = leave && seen?.confirmationNeeded === true;
  const ready = seen?.counts.faults === 0 && (!mustType || Number(typed) === seen.counts.gone);
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('roster.title')}
      closeButtonProps={{ 'aria-label': t('act.close') }}
    >
      <Stack>
        <Text c="dimmed">{t('roster.what')}</Text>
        <FileInput
          label={t('roster.file')}
          accept=".csv,.txt,.tsv,text/csv"
          value={file}
          onChange={(chosen) => {
            setFile(chosen);
            setColumns(null);
          }}
        />
        {preview.isFetching && <Loading rows={2} />}
        {preview.isError && <Failed error={preview.error} />}
        {seen && <Columns preview={seen} onChange={setColumns} />}
        {seen && <Outcome preview={seen} />}
        {seen && seen.counts.gone > 0 && (
          <Checkbox
            label={t('roster.leave', { number: seen.counts.gone })}
            description={t('roster.leaveWhat')}
            checked={leave}
            onChange={(event) => setLeave(event.currentTarget.checked)}
          />
        )}
        {seen && mustType && (
          <NumberInput
            label={t('roster.type', { number: seen.counts.gone })}
            value={typed}
            onChange={setTyped}
          />
        )}
        {importing.isError && <Failed error={importing.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('act.cancel')}
          </Button>
          <Button disabled={!ready} loading={importing.isPending} onClick={() => importing.mutate()}>
            {t('roster.go')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

interface ColumnsProps {
  readonly preview: RosterPreview;
  readonly onChange: (columns: RosterColumns) => void;
}

function Columns({ preview, onChange }: ColumnsProps) {
  const { t } = useReader();
  const { headers, columns } = preview;
  const set = (field: RosterField, header: string) => {
    const { [field]: _, ...rest } = columns;
    onChange(header === '' ? rest : { ...rest, [field]: header });
  };
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }}>
      {ROSTER_FIELDS.map((field) => (
        <NativeSelect
          key={field}
          label={t(`roster.field.${field}`)}
          data={[
            { value: '', label: t('roster.none') },
            ...headers.map((header) => ({ value: header, label: header })),
          ]}
          value={columns[field] ?? ''}
          onChange={(event) => set(field, event.currentTarget.value)}
        />
      ))}
    </SimpleGrid>
  );
}

/** What would change: how many, and the first of them by name. */
function Outcome({ preview }: { readonly preview: RosterPreview }) {
  const { t, formats } = useReader();
  const { counts, faults, added, changed, gone } = preview;
  const numbers = {
    added: formats.count(counts.added),
    changed: formats.count(counts.changed),
    gone: formats.count(counts.gone),
    same: formats.count(counts.same),
  };
  return (
    <Stack gap="xs" role="status">
      <Text fw={650}>{t('roster.counts', numbers)}</Text>
      {faults.length > 0 && (
        <Alert color="red" title={t('roster.faults', { number: formats.count(counts.faults) })}>
          <List size="sm">
            {faults.map(({ line, field, what }) => (
              <List.Item key={`${line} ${field} ${what}`}>
                {t('roster.line', { line: formats.count(line) })}: <bdi>{what}</bdi>
              </List.Item>
            ))}
          </List>
          {counts.faults > faults.length && (
            <Text size="sm" mt="xs">
              {t('roster.moreFaults', { number: formats.count(counts.faults - faults.length) })}
            </Text>
          )}
        </Alert>
      )}
      <People title={t('roster.added')} people={added} />
      <People title={t('roster.changed')} people={changed} />
      <People title={t('roster.gone')} people={gone} />
    </Stack>
  );
}

/** So many names are enough to see whether the columns are right. */
const NAMED = 8;

interface PeopleProps {
  readonly title: string;
  readonly people: readonly { readonly unit: string; readonly name: string }[];
}

function People({ title, people }: PeopleProps) {
  if (people.length === 0) return null;
  const names = people.slice(0, NAMED).map(({ unit, name }) => `${unit} ${name}`);
  return (
    <Text size="sm" c="dimmed">
      {title}: {names.join(' · ')}
      {people.length > NAMED ? ' …' : ''}
    </Text>
  );
}
