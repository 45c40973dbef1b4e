/** How the building stands with its cloud, in plain words: what waits, since when, and what to do. */
import type { SyncReport } from '@lockerhub/protocol/http/sync.ts';
import { Alert, Button, Group, Paper, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconCloud, IconCloudOff, IconCloudX, IconLock } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { FormDialog } from '../frame/form-dialog.tsx';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading, Nothing } from '../frame/states.tsx';
import { HubError } from '../link/hub-error.ts';
import { keys } from '../link/keys.ts';
import { useCloud, useMay } from '../link/queries.ts';
import { joinCloud, leaveCloud } from '../link/requests.ts';

export function CloudPage() {
  const { t } = useReader();
  const report = useCloud();
  const mayChange = useMay()('cloud');
  const [joining, setJoining] = useState(false);
  return (
    <Page title={t('cloud.title')} what={t('cloud.what')}>
      {report.isPending && <Loading rows={2} height={72} />}
      {report.isError && <Failed error={report.error} again={() => void report.refetch()} />}
      {report.data?.cloud === null && report.data.state !== 'fenced' && (
        <Nothing icon={<IconCloudOff />} title={t('cloud.alone')} what={t('cloud.aloneWhat')}>
          {mayChange && <Button onClick={() => setJoining(true)}>{t('cloud.join')}</Button>}
        </Nothing>
      )}
      {report.data && (report.data.cloud !== null || report.data.state === 'fenced') && (
        <Standing report={report.data} mayLeave={mayChange && report.data.cloud !== null} />
      )}
      {joining && <JoinCloud onClose={() => setJoining(false)} />}
    </Page>
  );
}

/** States that pass by themselves are told calmly; the others need a person. */
const COLOR: Readonly<Record<SyncReport['state'], string>> = {
  alone: 'gray',
  connecting: 'gray',
  live: 'pine',
  offline: 'yellow',
  fenced: 'red',
  forked: 'red',
  clashed: 'red',
  'shut-out': 'red',
};

/** A heartbeat goes every 30 s: what is younger says nothing. */
const FRESH_MS = 60_000;

function Standing({ report, mayLeave }: { readonly report: SyncReport; readonly mayLeave: boolean }) {
  const { t, formats } = useReader();
  const { state, entries, rows, heardAgoMs, cloud, lastFault, isFrozen } = report;
  const ago = heardAgoMs === null ? null : formats.duration(heardAgoMs);
  const isFresh = heardAgoMs !== null && heardAgoMs < FRESH_MS;
  const heard = ago === null ? t('cloud.never') : isFresh ? t('cloud.justNow') : t('cloud.ago', { ago });
  const title =
    state === 'offline' && ago !== null ? t('cloud.state.offlineFor', { ago }) : t(`cloud.state.${state}`);
  return (
    <Stack>
      <Alert
        color={COLOR[state]}
        icon={state === 'live' ? <IconCloud /> : <IconCloudX />}
        title={title}
        role={state === 'live' ? 'status' : 'alert'}
      >
        {t(`cloud.todo.${state}`)}
      </Alert>
      {isFrozen && (
        <Alert color="red" icon={<IconLock />} title={t('cloud.frozen')} role="alert">
          {t('cloud.frozenWhat')}
        </Alert>
      )}
      <Paper withBorder p="md" component="section" aria-label={t('cloud.waits')}>
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          <Figure label={t('cloud.entries')} value={formats.count(entries)} />
          <Figure label={t('cloud.rows')} value={formats.count(rows)} />
          <Figure label={t('cloud.heard')} value={heard} />
        </SimpleGrid>
      </Paper>
      <Group justify="space-between" align="end">
        <div>
          <Text fw={600}>{cloud?.name}</Text>
          <Text size="sm" c="dimmed">
            <bdi dir="ltr">{cloud?.url}</bdi>
          </Text>
          {lastFault && (
            <Text size="sm" c="dimmed">
              {t('cloud.lastFault', { what: isolated(lastFault.message) })}
            </Text>
          )}
        </div>
        {mayLeave && <LeaveCloud />}
      </Group>
    </Stack>
  );
}

/** What the hub says in its own words runs its own way within a sentence of another direction (U+2068, U+2069). */
const isolated = (text: string) => `\u2068${text}\u2069`;

function Figure({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Title order={2} size="h3">
        {value}
      </Title>
    </div>
  );
}

function LeaveCloud() {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Question | null>(null);
  const ask = () =>
    setAsked({
      title: t('cloud.leaveAsk'),
      consequence: t('cloud.leaveWhat'),
      confirm: t('cloud.leave'),
      dangerous: true,
      act: () => leaveCloud(t('cloud.leaveReason')),
      done: () => {
        void client.invalidateQueries({ queryKey: keys.cloud });
        say(t('cloud.leaveDone'));
      },
    });
  return (
    <>
      <Button variant="default" size="xs" onClick={ask}>
        {t('cloud.leave')}
      </Button>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </>
  );
}

/** The field that the hub says is wrong, where the page has words for that; null: the hub's own words do. */
function refusedField(error: unknown): 'body.url' | 'body.code' | null {
  const where = error instanceof HubError ? error.problem?.where : undefined;
  return error instanceof HubError &&
    error.problem?.code === 'cloud-refused' &&
    (where === 'body.url' || where === 'body.code')
    ? where
    : null;
}

function JoinCloud({ onClose }: { readonly onClose: () => void }) {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [url, setUrl] = useState('https://');
  const [code, setCode] = useState('');
  const [tried, setTried] = useState(false);
  const joining = useMutation({
    mutationFn: () => joinCloud({ url: url.trim(), code: code.trim() }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.cloud });
      say(t('cloud.joined'));
      onClose();
    },
  });
  const refused = refusedField(joining.error);
  const isAddress = URL.canParse(url.trim()) && /^https?:\/\/./.test(url.trim());
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('cloud.join')}
      confirm={t('cloud.join')}
      pending={joining.isPending}
      error={refused === null ? joining.error : null}
      onSubmit={() => {
        setTried(true);
        if (isAddress && code.trim()) joining.mutate();
      }}
    >
      <Text size="sm">{t('cloud.joinWhat')}</Text>
      <TextInput
        label={t('cloud.address')}
        required
        data-autofocus
        dir="ltr"
        inputMode="url"
        maxLength={300}
        value={url}
        error={
          tried && !isAddress
            ? t('cloud.addressWrong')
            : refused === 'body.url'
              ? t('cloud.unreachable')
              : undefined
        }
        onChange={(event) => {
          setUrl(event.currentTarget.value);
          joining.reset();
        }}
      />
      <TextInput
        label={t('cloud.code')}
        description={t('cloud.codeHint')}
        required
        dir="ltr"
        autoComplete="off"
        spellCheck={false}
        maxLength={40}
        value={code}
        error={
          tried && !code.trim()
            ? t('rule.required')
            : refused === 'body.code'
              ? t('cloud.codeUnknown')
              : undefined
        }
        onChange={(event) => {
          setCode(event.currentTarget.value);
          joining.reset();
        }}
      />
    </FormDialog>
  );
}
