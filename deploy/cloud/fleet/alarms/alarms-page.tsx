import { AskFirst, type Question } from '@lockerhub/hub/web/frame/ask-first.tsx';
import { Page } from '@lockerhub/hub/web/frame/page.tsx';
import { useReader } from '@lockerhub/hub/web/frame/reader.tsx';
import { useSay } from '@lockerhub/hub/web/frame/said.tsx';
import { Failed, Loading, Nothing } from '@lockerhub/hub/web/frame/states.tsx';
import type { AlarmView } from '@lockerhub/protocol/http/alarms.ts';
import { Anchor, Button, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { IconBellOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { buildingAddress } from '../frame/addresses.ts';
import { useAlarms, useMay, useMembership } from '../link/queries.ts';
import { acknowledge } from '../link/requests.ts';
import { useFleetWords } from '../words/words.ts';
import { Targets } from './targets.tsx';

/** What rang, who sees to it, and who is told. */
export function AlarmsPage() {
  const t = useFleetWords();
  const may = useMay();
  const [state, setState] = useState<'open' | 'over'>('open');
  const alarms = useAlarms(state);
  return (
    <Page
      title={t('alarm.title')}
      actions={
        <SegmentedControl
          aria-label={t('alarm.title')}
          value={state}
          onChange={(chosen) => setState(chosen === 'over' ? 'over' : 'open')}
          data={[
            { value: 'open', label: t('alarm.open') },
            { value: 'over', label: t('alarm.over') },
          ]}
        />
      }
    >
      {alarms.isPending && <Loading rows={3} height={90} />}
      {alarms.isError && <Failed error={alarms.error} again={() => void alarms.refetch()} />}
      {alarms.data?.items.length === 0 && <Nothing icon={<IconBellOff />} title={t('alarm.none')} />}
      {alarms.data?.items.map((alarm) => (
        <Alarm key={alarm.alarm} alarm={alarm} />
      ))}
      {may('admin') && <Targets />}
    </Page>
  );
}

function Alarm({ alarm }: { readonly alarm: AlarmView }) {
  const t = useFleetWords();
  const { formats } = useReader();
  const say = useSay();
  const may = useMay();
  const { organisation } = useMembership();
  const [asked, setAsked] = useState<Question | null>(null);
  const ask = () =>
    setAsked({
      title: t('alarm.acknowledge'),
      consequence: t('alarm.acknowledgeWhat'),
      confirm: t('alarm.acknowledge'),
      field: {
        label: t('alarm.note'),
        hint: '',
        minLength: 1,
        maxLength: 500,
        tooShort: t('alarm.noteShort'),
      },
      act: (note) => acknowledge(organisation, alarm.alarm, note),
      done: () => say(t('operator.done')),
    });
  return (
    <Paper withBorder p="md" component="article">
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2} size="h5">
            {t(`alarm.kind.${alarm.kind}`)}
          </Title>
          <Text size="sm" c="dimmed">
            {alarm.endedAtMs === null
              ? t('alarm.since', { when: formats.exact(alarm.startedAtMs) })
              : t('alarm.ended', { when: formats.exact(alarm.endedAtMs) })}
          </Text>
        </Group>
        <Text size="sm">{t('alarm.now', { now: alarm.now, total: alarm.total })}</Text>
        <Group gap="sm">
          {alarm.buildings.map(({ building, name, over }) => (
            <Anchor
              key={building}
              size="sm"
              td={over ? 'line-through' : undefined}
              renderRoot={(root) => <Link {...root} to={buildingAddress(building)} />}
            >
              {name}
            </Anchor>
          ))}
        </Group>
        {alarm.acknowledged && (
          <Text size="sm" c="dimmed">
            {t('alarm.acknowledged', { name: alarm.acknowledged.by, note: alarm.acknowledged.note })}
          </Text>
        )}
        {alarm.acknowledged === null && alarm.endedAtMs === null && may('support') && (
          <Button size="xs" variant="default" w="fit-content" onClick={ask}>
            {t('alarm.acknowledge')}
          </Button>
        )}
      </Stack>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Paper>
  );
}
