/** The desk's part of the walk: the parcels that staff hold, compared with the records in one go. */
import type { DeskView } from '@lockerhub/protocol/http/reconciliation.ts';
import { MAX_DESK_PARCELS } from '@lockerhub/protocol/log/payloads/reconciliation.ts';
import { Alert, Anchor, Button, Checkbox, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { keys } from '../link/keys.ts';
import { useDesk, useMay } from '../link/queries.ts';
import { reconcileDesk } from '../link/requests.ts';
import { OfMissing, SHORTEST_REASON } from './of-missing.tsx';
import { ShouldBe } from './should-be.tsx';

export function DeskWalkPage() {
  const { t } = useReader();
  const may = useMay()('close-cases');
  const desk = useDesk();
  return (
    <Page title={t('reconcile.desk.title')} what={t('reconcile.desk.what')}>
      <Anchor renderRoot={(root) => <Link {...root} to="/" />} size="sm">
        <Group gap={4} component="span">
          <IconArrowLeft size={16} aria-hidden /> {t('nav.home')}
        </Group>
      </Anchor>
      {!may && <Alert color="gray">{t('reconcile.mayNot')}</Alert>}
      {may && desk.isPending && <Loading rows={2} height={140} />}
      {may && desk.isError && !desk.data && <Failed error={desk.error} again={() => void desk.refetch()} />}
      {may && desk.data && <Desk desk={desk.data} />}
    </Page>
  );
}

function Desk({ desk }: { readonly desk: DeskView }) {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const { last, awaited } = desk;
  return (
    <Stack>
      <Text c="dimmed">
        {last
          ? t('reconcile.desk.last', {
              when: formats.moment(last.at, nowMs),
              there: formats.count(last.there),
              missing: formats.count(last.missing),
            })
          : t('reconcile.desk.never')}
      </Text>
      <Say key={last?.at ?? 0} held={desk.held.slice(0, MAX_DESK_PARCELS)} />
      {awaited.length > 0 && (
        <Paper withBorder p="md" component="section" aria-label={t('reconcile.desk.awaited')}>
          <Title order={2} size="h5">
            {t('reconcile.desk.awaited')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('reconcile.desk.awaitedWhat')}
          </Text>
          <Text>{formats.list(awaited.map(({ unitName }) => t('door.holdsFor', { unit: unitName })))}</Text>
          <Anchor renderRoot={(root) => <Link {...root} to="/cases" />}>{t('reconcile.toCases')}</Anchor>
        </Paper>
      )}
    </Stack>
  );
}

function Say({ held }: Pick<DeskView, 'held'>) {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [notThere, setNotThere] = useState<ReadonlySet<string>>(new Set());
  const [foreign, setForeign] = useState(false);
  const [corrects, setCorrects] = useState(false);
  const [reason, setReason] = useState('');
  const ids = held.map(({ delivery }) => delivery);
  const missing = ids.filter((id) => notThere.has(id));
  const lacksReason = corrects && missing.length > 0 && reason.trim().length < SHORTEST_REASON;
  const saying = useMutation({
    mutationFn: () =>
      reconcileDesk({
        there: ids.filter((id) => !notThere.has(id)),
        missing,
        foreign,
        ...(corrects && missing.length > 0 ? { reason: reason.trim() } : {}),
      }),
    onSuccess: (view) => {
      client.setQueryData(keys.desk, view);
      say(t('reconcile.desk.done'));
    },
    onError: () => client.invalidateQueries({ queryKey: keys.desk }),
  });
  const toggle = (delivery: string, isThere: boolean) => {
    const next = new Set(notThere);
    if (isThere) next.delete(delivery);
    else next.add(delivery);
    setNotThere(next);
  };
  return (
    <Paper withBorder p="md" component="section" aria-label={t('reconcile.desk.held')}>
      <Stack>
        <Title order={2} size="h5">
          {t('reconcile.desk.held')}
        </Title>
        {held.length === 0 && <Text>{t('reconcile.desk.nothing')}</Text>}
        <Stack gap="sm" component="ul" m={0} p={0}>
          {held.map(({ delivery, unitName }) => (
            <ShouldBe
              key={delivery}
              delivery={delivery}
              unitName={unitName}
              isThere={!notThere.has(delivery)}
              onThere={(isThere) => toggle(delivery, isThere)}
            />
          ))}
        </Stack>
        {missing.length > 0 && (
          <OfMissing corrects={corrects} onCorrects={setCorrects} reason={reason} onReason={setReason} />
        )}
        <Checkbox
          label={t('reconcile.desk.somethingElse')}
          checked={foreign}
          onChange={(event) => setForeign(event.currentTarget.checked)}
        />
        {saying.isError && <Failed error={saying.error} />}
        <Button size="md" disabled={lacksReason} loading={saying.isPending} onClick={() => saying.mutate()}>
          {missing.length === 0 && !foreign ? t('reconcile.asRecorded') : t('reconcile.writeDown')}
        </Button>
      </Stack>
    </Paper>
  );
}
