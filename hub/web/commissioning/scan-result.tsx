/** How far a scan is, and what it found beside what the bank file expects. */
import type { ScanReport } from '@lockerhub/protocol/bank/scan.ts';
import type { ScanView } from '@lockerhub/protocol/http/scan.ts';
import { Alert, Progress, Stack, Table, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconInfoCircle } from '@tabler/icons-react';
import { useReader } from '../frame/reader.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { scanRows, speedInWords } from './scan-rows.ts';

type Newest = NonNullable<ScanView['scan']>;

export function ScanResult({ view, scan }: { readonly view: ScanView; readonly scan: Newest }) {
  const { t } = useReader();
  const { line, state } = scan;
  if (state === null) return <Text size="sm">{t('commissioning.scan.asked', { line })}</Text>;
  switch (state.is) {
    case 'running': {
      const { done, of, unit, found } = state.progress;
      const words = t('commissioning.scan.running', { line, unit, done, of, found });
      return (
        <Stack gap={4}>
          <Text size="sm">{words}</Text>
          <Progress value={of === 0 ? 0 : (100 * done) / of} aria-label={words} />
        </Stack>
      );
    }
    case 'lost':
      return <Bad>{t('commissioning.scan.lost')}</Bad>;
    case 'refused':
      return <Bad>{t(`commissioning.scan.refusal.${state.reason}`)}</Bad>;
    case 'failed':
      return <Bad>{t('commissioning.scan.failed', { why: state.why })}</Bad>;
    case 'done': {
      const expected = view.lines.find((one) => one.line === line)?.expected ?? [];
      return <Report scan={scan} report={state.report} expected={expected} />;
    }
  }
}

function Bad({ children }: { readonly children: string }) {
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />}>
      {children}
    </Alert>
  );
}

interface ReportProps {
  readonly scan: Newest;
  readonly report: ScanReport;
  readonly expected: readonly number[];
}

function Report({ scan, report, expected }: ReportProps) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const rows = scanRows(report, expected);
  return (
    <Stack gap="xs">
      <Title order={3} size="h6">
        {t('commissioning.scan.result', { line: scan.line, when: formats.moment(scan.at, nowMs) })}
      </Title>
      {report.hints.map((hint) => (
        <Alert
          key={hint}
          variant="light"
          color={hint === 'any-unit' ? 'gray' : 'red'}
          icon={hint === 'any-unit' ? <IconInfoCircle /> : <IconAlertTriangle />}
        >
          {t(`commissioning.scan.hint.${hint}`)}
        </Alert>
      ))}
      {!report.complete && <Text size="sm">{t('commissioning.scan.partly')}</Text>}
      {rows.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('commissioning.scan.id')}</Table.Th>
              <Table.Th>{t('commissioning.scan.heard')}</Table.Th>
              <Table.Th>{t('commissioning.scan.maybe')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={`${row.unit}/${row.speed ? speedInWords(row.speed) : ''}`}>
                <Table.Td>{row.unit}</Table.Td>
                <Table.Td>
                  {row.state === 'good' ? (
                    <IconCheck size={16} aria-hidden />
                  ) : (
                    <IconAlertTriangle size={16} aria-hidden />
                  )}{' '}
                  {t(`commissioning.scan.state.${row.state}`)}
                  {row.speed && (
                    <Text size="xs" c="dimmed">
                      {t('commissioning.scan.at', { speed: speedInWords(row.speed) })}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  {row.profiles.map((name) => (
                    <Text key={name} size="xs" style={{ overflowWrap: 'anywhere' }} dir="ltr">
                      {name}
                    </Text>
                  ))}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
