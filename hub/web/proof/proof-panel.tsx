import type { LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import type { Proof } from '@lockerhub/protocol/log/proof.ts';
import { Alert, Button, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useReader } from '../frame/reader.tsx';
import { Failed } from '../frame/states.tsx';
import { useBuilding } from '../link/queries.ts';
import { checkShown, type Verdict } from './check.ts';

/** Fetches a proof for entries on the page and checks it here. */
export function useProofCheck(entries: readonly LogEntryView[], load: () => Promise<Proof>) {
  const witnessed = useBuilding().data?.head ?? null;
  return useMutation({ mutationFn: async () => checkShown(await load(), entries, witnessed) });
}

/** What came of a check. */
export function VerdictAlert({ verdict }: { readonly verdict: Verdict }) {
  const { t, formats } = useReader();
  if (!verdict.holds) {
    return (
      <Alert color="red" icon={<IconShieldX />} title={t('proof.bad')} role="alert">
        {t('proof.badWhat', { why: verdict.why })}
      </Alert>
    );
  }
  return (
    <Alert color="pine" icon={<IconShieldCheck />} title={t('proof.good')} role="status">
      <Text size="sm">
        {t('proof.goodWhat', { count: verdict.entries, head: formats.count(verdict.head.seq) })}
      </Text>
      <Code dir="ltr" block mt="xs" fz="xs">
        {verdict.head.hash}
      </Code>
    </Alert>
  );
}

interface ProofPanelProps {
  readonly entries: readonly LogEntryView[];
  readonly load: () => Promise<Proof>;
  /** What else can be done with it. */
  readonly children: ReactNode;
}

/** A proof to check here, or to take away. */
export function ProofPanel({ entries, load, children }: ProofPanelProps) {
  const { t } = useReader();
  const check = useProofCheck(entries, load);
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <div>
          <Title order={2} size="h5">
            {t('proof.title')}
          </Title>
          <Text size="sm" c="dimmed" maw={720}>
            {t('proof.what')}
          </Text>
        </div>
        <Group gap="sm">
          <Button
            leftSection={<IconShieldCheck size={18} />}
            loading={check.isPending}
            onClick={() => check.mutate()}
          >
            {t('proof.verify')}
          </Button>
          {children}
        </Group>
        {check.data && <VerdictAlert verdict={check.data} />}
        {check.isError && <Failed error={check.error} />}
      </Stack>
    </Paper>
  );
}
