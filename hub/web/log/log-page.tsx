import type { LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import { Badge, Button, Code, Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconArrowUp, IconLink, IconShieldCheck } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed, ListEnd, Loading, Nothing } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { useBuilding, useLog } from '../link/queries.ts';
import { logProof } from '../link/requests.ts';
import { useProofCheck, VerdictAlert } from '../proof/proof-panel.tsx';
import classes from './log.module.css';
import { LogCheck } from './log-check.tsx';
import { sentence } from './sentence.ts';
import { actor, type Speech } from './speech.ts';
import { useSpeech } from './use-speech.ts';
import { weightOf } from './weight.ts';

type View = 'plain' | 'raw';

/** Everything that ever happened, in words or raw, with its hashes, to be verified here. */
export function LogPage() {
  const { t } = useReader();
  const [view, setView] = useState<View>('plain');
  const list = useLog();
  const rows = list.rows ?? [];
  return (
    <Page
      title={t('log.title')}
      what={t('log.what')}
      actions={
        <SegmentedControl
          aria-label={t('log.title')}
          value={view}
          onChange={(chosen) => setView(chosen as View)}
          data={[
            { value: 'plain', label: t('log.plain') },
            { value: 'raw', label: t('log.raw') },
          ]}
        />
      }
    >
      <LogCheck />
      {list.isPending && <Loading rows={10} height={40} />}
      {list.isError && <Failed error={list.error} again={() => void list.refetch()} />}
      {list.rows?.length === 0 && <Nothing icon={<IconLink />} title={t('log.none')} />}
      {rows.length > 0 && (
        <>
          <Verify entries={rows} />
          <Newer newest={rows[0]?.seq ?? 0} />
          <Entries entries={rows} view={view} />
        </>
      )}
      <ListEnd list={list} />
    </Page>
  );
}

function Verify({ entries }: { readonly entries: readonly LogEntryView[] }) {
  const { t } = useReader();
  const oldest = entries.at(-1)?.seq ?? 0;
  const newest = entries[0]?.seq ?? 0;
  const check = useProofCheck(entries, () => logProof(oldest, newest));
  return (
    <Stack gap="sm">
      <Group>
        <Button
          variant="default"
          leftSection={<IconShieldCheck size={18} />}
          loading={check.isPending}
          onClick={() => check.mutate()}
        >
          {t('log.verify')} (#{oldest}–#{newest})
        </Button>
      </Group>
      {check.data && <VerdictAlert verdict={check.data} />}
      {check.isError && <Failed error={check.error} />}
    </Stack>
  );
}

/** The log stands still while somebody reads it; what came since is offered. */
function Newer({ newest }: { readonly newest: number }) {
  const { t } = useReader();
  const client = useQueryClient();
  const head = useBuilding().data?.head.seq ?? 0;
  if (head <= newest) return null;
  return (
    <Group justify="center" gap="sm" role="status">
      <Text size="sm">{t('log.newer', { count: head - newest })}</Text>
      <Button
        size="xs"
        leftSection={<IconArrowUp size={14} />}
        onClick={() => void client.resetQueries({ queryKey: keys.log })}
      >
        {t('log.show')}
      </Button>
    </Group>
  );
}

function Entries({ entries, view }: { readonly entries: readonly LogEntryView[]; readonly view: View }) {
  const speech = useSpeech(entries);
  return (
    <Paper withBorder component="ol" className={classes.entries}>
      {entries.map((entry) => (
        <li key={entry.seq} className={classes.entry} data-weight={weightOf(entry)}>
          <Entry entry={entry} view={view} speech={speech} />
        </li>
      ))}
    </Paper>
  );
}

interface EntryProps {
  readonly entry: LogEntryView;
  readonly view: View;
  readonly speech: Speech;
}

function Entry({ entry, view, speech }: EntryProps) {
  const { t, formats } = useReader();
  const { hash: _, seq, ...raw } = entry;
  return (
    <>
      <span className={classes.seq}>#{seq}</span>
      <div className={classes.words}>
        {view === 'plain' ? (
          <Text component="span">{sentence(speech, entry)}</Text>
        ) : (
          <Code block dir="ltr" className={classes.raw}>
            {JSON.stringify(raw, null, 1)}
          </Code>
        )}
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {formats.exact(entry.at)} · {t('log.by', { who: actor(speech, entry.by) })}
            {view === 'raw' && ` · ${t('log.epoch', { epoch: entry.epoch })}`}
          </Text>
          {entry.clock === 'untrusted' && (
            <Badge size="sm" variant="outline" color="red">
              {t('log.clockUntrusted')}
            </Badge>
          )}
        </Group>
      </div>
      <span className={classes.hash} dir="ltr" title={`${t('log.hash')}: ${entry.hash}`}>
        {view === 'raw' ? entry.hash : entry.hash.slice(0, 10)}
      </span>
    </>
  );
}
