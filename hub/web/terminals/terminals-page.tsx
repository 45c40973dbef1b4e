import type { TerminalView } from '@lockerhub/protocol/http/staff.ts';
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconDeviceTablet, IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading, Nothing } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { keys } from '../link/keys.ts';
import { useBuilding, useMay, useTerminals } from '../link/queries.ts';
import { revokeTerminal } from '../link/requests.ts';
import { PairTerminal } from './pair-terminal.tsx';

/** The kiosks' screens. */
export function TerminalsPage() {
  const { t } = useReader();
  const list = useTerminals();
  const may = useMay();
  const [pairing, setPairing] = useState(false);
  const mayChange = may('terminals');
  const add = mayChange && (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setPairing(true)}>
      {t('terminals.add')}
    </Button>
  );
  return (
    <Page
      title={t('terminals.title')}
      what={t('terminals.what')}
      actions={list.data && list.data.length > 0 && add}
    >
      {list.isPending && <Loading rows={2} height={72} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.data?.length === 0 && (
        <Nothing icon={<IconDeviceTablet />} title={t('terminals.none')} what={t('terminals.noneWhat')}>
          {add}
        </Nothing>
      )}
      <Stack gap="sm">
        {list.data?.map((terminal) => (
          <Terminal key={terminal.terminal} terminal={terminal} mayRevoke={mayChange} />
        ))}
      </Stack>
      {pairing && <PairTerminal onClose={() => setPairing(false)} />}
    </Page>
  );
}

function Terminal(props: { readonly terminal: TerminalView; readonly mayRevoke: boolean }) {
  const { terminal } = props;
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const say = useSay();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Question | null>(null);
  const bank = useBuilding().data?.banks.find((each) => each.bank === terminal.bank);
  const ask = () =>
    setAsked({
      title: t('terminals.revokeAsk', { name: terminal.name }),
      consequence: t('terminals.revokeWhat'),
      confirm: t('terminals.revoke'),
      dangerous: true,
      act: () => revokeTerminal(terminal.terminal),
      done: () => {
        void client.invalidateQueries({ queryKey: keys.terminals });
        say(t('terminals.revokeDone', { name: terminal.name }));
      },
    });
  return (
    <Paper withBorder p="md" component="section">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Title order={2} size="h5">
            {terminal.name}
          </Title>
          <Text size="sm" c="dimmed">
            {bank?.name ?? terminal.bank ?? t('terminals.noBank')} ·{' '}
            {t('terminals.paired', { when: formats.moment(terminal.pairedAt, nowMs) })}
          </Text>
        </div>
        {props.mayRevoke && (
          <Button
            size="xs"
            variant="default"
            flex="none"
            aria-label={`${t('terminals.revoke')}: ${terminal.name}`}
            onClick={ask}
          >
            {t('terminals.revoke')}
          </Button>
        )}
      </Group>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Paper>
  );
}
