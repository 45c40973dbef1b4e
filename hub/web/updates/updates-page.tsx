/** Which release the hub runs, and how it is brought to another one. Stays while the hub is started anew meanwhile. */
import type { UpdatesView } from '@lockerhub/protocol/http/updates.ts';
import { Alert, Button, Paper, Stack, Text } from '@mantine/core';
import { IconClock, IconDownload, IconRefresh } from '@tabler/icons-react';
import { useRef } from 'react';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading, Nothing } from '../frame/states.tsx';
import { type VersionRow, VersionTable } from '../frame/version-table.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { useMay } from '../link/queries.ts';
import type { StaffWords } from '../words/words.ts';
import { CallOff } from './call-off.tsx';
import { LastUpdate } from './last-update.tsx';
import { useUpdates } from './link.ts';
import { Progress } from './progress.tsx';
import { ReleaseFile } from './release-file.tsx';

export function UpdatesPage() {
  const { t } = useReader();
  const updates = useUpdates();
  const view = updates.data;
  return (
    <Page title={t('updates.title')} what={t('updates.what')}>
      {updates.isPending && <Loading rows={2} height={72} />}
      {updates.isError && !view && <Failed error={updates.error} again={() => void updates.refetch()} />}
      {view && <Standing view={view} isAway={updates.isError} />}
    </Page>
  );
}

function Standing({ view, isAway }: { readonly view: UpdatesView; readonly isAway: boolean }) {
  const { t } = useReader();
  const mayUpdate = useMay()('updates');
  const nowMs = useHubNow();
  /** The page came from this software. */
  const first = useRef(view.software);
  const isBusy = view.running !== null || (view.wanted !== null && view.wanted.at === null);
  return (
    <Stack>
      <Paper withBorder p="md">
        <Text size="sm" c="dimmed">
          {t('updates.runs')}
        </Text>
        <Text fw={650} size="lg">
          <bdi dir="ltr">{view.software}</bdi>
        </Text>
      </Paper>
      {view.agents.length > 0 && <VersionTable rows={rowsOf(view, t)} nowMs={nowMs} />}
      {first.current !== view.software && !isBusy && (
        <Alert icon={<IconRefresh />} color="pine" title={t('updates.newer')} role="status">
          <Button size="xs" variant="default" onClick={() => window.location.reload()}>
            {t('updates.reload')}
          </Button>
        </Alert>
      )}
      {!view.isPossible && (
        <Nothing icon={<IconDownload />} title={t('updates.none')} what={t('updates.noneWhat')} />
      )}
      {isBusy && <Progress view={view} isAway={isAway} mayCallOff={mayUpdate} />}
      {view.wanted !== null && view.wanted.at !== null && !view.running && (
        <Planned at={view.wanted.at} mayCallOff={mayUpdate} />
      )}
      {!isBusy && <LastUpdate last={view.last} />}
      {view.isPossible && !isBusy && view.wanted === null && (
        <ReleaseFile file={view.file} mayUpdate={mayUpdate} />
      )}
    </Stack>
  );
}

/** The hub, and each agent on a machine of its own. */
function rowsOf({ software, last, agents }: UpdatesView, t: StaffWords): VersionRow[] {
  const hub = { id: 'hub', machine: t('versions.hub'), isAway: false, standing: null };
  return [
    { ...hub, software, sinceMs: last?.isKept ? last.endedAtMs : null, update: last },
    ...agents.map(({ bank, name, online, ...agent }) => ({
      ...agent,
      id: bank,
      machine: t('versions.agent', { bank: name }),
      isAway: !online,
    })),
  ];
}

function Planned({ at, mayCallOff }: { readonly at: number; readonly mayCallOff: boolean }) {
  const { t, formats } = useReader();
  return (
    <Alert
      icon={<IconClock />}
      title={t('updates.planned', { at: formats.moment(at, Date.now()) })}
      role="status"
    >
      <Text size="sm">{t('updates.plannedWhat')}</Text>
      {mayCallOff && <CallOff />}
    </Alert>
  );
}
