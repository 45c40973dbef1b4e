import type { DeliveryStory, DeliveryView, LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import { Anchor, Badge, Group, Paper, Stack, Text, Timeline, Title } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { ClaimActs } from '../cases/claim-acts.tsx';
import { ClaimedCodes } from '../cases/claimed.tsx';
import { DeskActs } from '../cases/desk-acts.tsx';
import { Page } from '../frame/page.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { useBuilding, useDeliveryStory } from '../link/queries.ts';
import { deliveryProof } from '../link/requests.ts';
import { sentence } from '../log/sentence.ts';
import { actor, placeName, type Speech } from '../log/speech.ts';
import { useSpeech } from '../log/use-speech.ts';
import { weightOf } from '../log/weight.ts';
import { ParcelGone } from '../proof/parcel-gone.tsx';
import { ProofPanel } from '../proof/proof-panel.tsx';
import { carrierName } from './carrier-name.ts';
import classes from './deliveries.module.css';
import { StateBadge } from './state-badge.tsx';
import { stayOf } from './stay.ts';

/** One parcel's stay, from drop-off to pickup, with proof. */
export function StoryPage() {
  const { t } = useReader();
  const { delivery } = useParams({ strict: false }) as { delivery: string };
  const story = useDeliveryStory(delivery);
  return (
    <Page
      title={story.data ? t('delivery.storyFor', { unit: story.data.delivery.unitName }) : t('delivery.one')}
      actions={story.data && <StateBadge state={story.data.delivery.state} />}
    >
      <Anchor renderRoot={(root) => <Link {...root} to="/deliveries" search={{}} />} size="sm">
        <Group gap={4} component="span">
          <IconArrowLeft size={16} aria-hidden /> {t('delivery.back')}
        </Group>
      </Anchor>
      {story.isPending && <Loading rows={4} height={90} />}
      {story.isError && <Failed error={story.error} again={() => void story.refetch()} />}
      {story.data && <Story story={story.data} />}
    </Page>
  );
}

function Story({ story }: { readonly story: DeliveryStory }) {
  const { t } = useReader();
  // In order of `seq`, whatever the hub's order is: time lines are read downwards.
  const entries = story.entries.toSorted((a, b) => a.seq - b.seq);
  const speech = useSpeech(entries.toReversed());
  return (
    <>
      <Facts delivery={story.delivery} entries={entries} speech={speech} />
      <DeskActs delivery={story.delivery} />
      <ClaimedCodes>{story.untold && <ClaimActs delivery={story.delivery.delivery} />}</ClaimedCodes>
      <Paper withBorder p="md" component="section">
        <Title order={2} size="h5" mb="md">
          {t('delivery.story')}
        </Title>
        <Line entries={entries} speech={speech} />
      </Paper>
      <ProofPanel entries={entries} load={() => deliveryProof(story.delivery.delivery)}>
        <ParcelGone story={story} speech={speech} />
      </ProofPanel>
    </>
  );
}

/** How long it has waited, or waited until it was taken. */
function useStay(story: Parameters<typeof stayOf>[0]): string | null {
  const { t, formats } = useReader();
  const ms = useHubNow();
  const isTrusted = useBuilding().data?.clock.state === 'trusted';
  const stay = stayOf(story, { ms, isTrusted });
  return (
    stay &&
    t(stay.isOver ? 'delivery.waitedFor' : 'delivery.waitsFor', { duration: formats.duration(stay.ms) })
  );
}

interface FactsProps {
  readonly delivery: DeliveryView;
  readonly entries: readonly LogEntryView[];
  readonly speech: Speech;
}

function Facts({ delivery, entries, speech }: FactsProps) {
  const reader = useReader();
  const { t } = reader;
  const stay = useStay({ delivery, entries });
  const facts: readonly (readonly [string, string | null])[] = [
    [t('delivery.column.for'), delivery.residentName ?? t('delivery.household')],
    [t('delivery.column.unit'), delivery.unitName],
    [t('delivery.column.carrier'), carrierName(reader, delivery)],
    [t('delivery.column.tracking'), delivery.tracking],
    [t('delivery.column.size'), delivery.size],
    [t('delivery.column.place'), placeName(speech, delivery)],
    [
      t('delivery.column.state'),
      [
        t(`delivery.state.${delivery.state}`),
        delivery.confirmation && t(`delivery.confirmation.${delivery.confirmation}`),
        stay,
      ]
        .filter(Boolean)
        .join(', '),
    ],
  ];
  return (
    <Paper withBorder p="md" component="section">
      <dl className={classes.facts}>
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <Text component="dt" size="sm" c="dimmed">
                {name}
              </Text>
              <Text component="dd" m={0} fw={500}>
                <bdi>{value}</bdi>
              </Text>
            </div>
          ),
        )}
      </dl>
    </Paper>
  );
}

const COLORS = { wrong: 'red', good: 'pine', plain: 'gray', quiet: 'gray' } as const;

function Line({ entries, speech }: { readonly entries: readonly LogEntryView[]; readonly speech: Speech }) {
  const { t, formats } = useReader();
  return (
    <Timeline active={entries.length} bulletSize={16} lineWidth={2}>
      {entries.map((entry) => {
        const weight = weightOf(entry);
        return (
          <Timeline.Item key={entry.seq} color={COLORS[weight]}>
            <Stack gap={0}>
              <Text fw={weight === 'quiet' ? 400 : 600}>{sentence(speech, entry)}</Text>
              <Group gap="xs">
                <Text size="sm" c="dimmed">
                  {formats.exact(entry.at)} · {t('log.by', { who: actor(speech, entry.by) })}
                </Text>
                {entry.clock === 'untrusted' && (
                  <Badge size="sm" variant="outline" color="red">
                    {t('log.clockUntrusted')}
                  </Badge>
                )}
                <Text size="xs" c="dimmed" ff="monospace" dir="ltr" title={entry.hash}>
                  #{entry.seq} {entry.hash.slice(0, 8)}
                </Text>
              </Group>
            </Stack>
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}
