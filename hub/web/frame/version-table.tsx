/** What runs on which machine of a building, since when, how its last update ended, and what is to be done about it. */
import { knownFault, type ToldUpdate } from '@lockerhub/protocol/update/files.ts';
import type { VersionStanding } from '@lockerhub/protocol/update/version.ts';
import { Badge, Code, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useReader } from './reader.tsx';

export interface VersionRow {
  readonly id: string;
  /** In the reader's language. */
  readonly machine: string;
  readonly isAway: boolean;
  readonly software: string | null;
  readonly sinceMs: number | null;
  readonly update: ToldUpdate | null;
  /** To the hub; null: it is the hub. */
  readonly standing: VersionStanding | null;
}

interface VersionTableProps {
  readonly rows: readonly VersionRow[];
  readonly nowMs: number;
}

export function VersionTable({ rows, nowMs }: VersionTableProps) {
  const { t } = useReader();
  return (
    <Paper withBorder component="section" aria-label={t('versions.title')}>
      <Title order={2} size="h5" p="md" pb={4}>
        {t('versions.title')}
      </Title>
      <Table verticalSpacing="xs" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('versions.machine')}</Table.Th>
            <Table.Th>{t('versions.version')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('versions.lastUpdate')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('versions.toDo')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} nowMs={nowMs} />
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function Row({ row, nowMs }: { readonly row: VersionRow; readonly nowMs: number }) {
  const { t, formats } = useReader();
  const { machine, isAway, software, sinceMs, update, standing } = row;
  const toDo = standing === null ? null : <ToDo standing={standing} />;
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td>
        <Stack gap={4} align="flex-start">
          <Text fw={600} size="sm">
            {machine}
          </Text>
          {isAway && (
            <Badge size="sm" color="gray" variant="outline" tt="none">
              {t('versions.away')}
            </Badge>
          )}
        </Stack>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{software === null ? '–' : <bdi dir="ltr">{software}</bdi>}</Text>
        {sinceMs !== null && (
          <Text size="xs" c="dimmed">
            {t('versions.since', { at: formats.moment(sinceMs, nowMs) })}
          </Text>
        )}
        {/* A phone has no room for four columns. */}
        <Stack gap={4} mt={6} hiddenFrom="sm">
          {update && <Result update={update} nowMs={nowMs} />}
          {toDo}
        </Stack>
      </Table.Td>
      <Table.Td visibleFrom="sm">{update ? <Result update={update} nowMs={nowMs} /> : '–'}</Table.Td>
      <Table.Td visibleFrom="sm" maw={340}>
        {toDo}
      </Table.Td>
    </Table.Tr>
  );
}

function Result({ update, nowMs }: { readonly update: ToldUpdate; readonly nowMs: number }) {
  const { t, formats } = useReader();
  const { isKept, endedAtMs, release } = update;
  const code = knownFault(update);
  const at = formats.moment(endedAtMs, nowMs);
  return (
    <div>
      <Text size="sm">{t(isKept ? 'versions.kept' : 'versions.notKept', { at })}</Text>
      {release !== null && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          <bdi dir="ltr">{release}</bdi>
        </Text>
      )}
      {!isKept && <Text size="xs">{t(code ? `updates.fault.${code}` : 'updates.failed')}</Text>}
    </div>
  );
}

const COLORS = { same: 'pine', unknown: 'gray', older: 'yellow', newer: 'yellow' } as const;

function ToDo({ standing }: { readonly standing: VersionStanding }) {
  const { t } = useReader();
  const isOther = standing === 'older' || standing === 'newer';
  return (
    <div>
      <Badge size="sm" color={COLORS[standing]} variant="light" tt="none">
        {t(`versions.standing.${standing}`)}
      </Badge>
      {isOther && (
        <Text size="xs" mt={4}>
          {t(`versions.act.${standing}`)}
        </Text>
      )}
      {standing === 'older' && (
        <>
          <Typed text="sudo lockerhub update lockerhub-….tar" />
          <Text size="xs">{t('versions.act.here')}</Text>
          <Typed text="sudo systemctl restart lockerhub-agent" />
        </>
      )}
    </div>
  );
}

/** What is typed, from left to right in every language. */
function Typed({ text }: { readonly text: string }) {
  return (
    <Code block dir="ltr" p={4} my={4} style={{ whiteSpace: 'pre-wrap' }}>
      {text}
    </Code>
  );
}
