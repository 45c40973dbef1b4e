import type { LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import { Anchor, Group, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useReader } from '../frame/reader.tsx';
import { Failed, Loading } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { useHappenings } from '../link/queries.ts';
import { sentence } from '../log/sentence.ts';
import type { Speech } from '../log/speech.ts';
import { useSpeech } from '../log/use-speech.ts';
import { type Weight, weightOf } from '../log/weight.ts';
import classes from './home.module.css';

/** How many are shown at home: what one takes in at a glance, and a little more. */
const SHOWN = 40;
const MARKS: Record<Weight, string> = { wrong: '!', good: '✓', plain: '·', quiet: '·' };

/** What happens, as it happens. */
export function Happenings() {
  const { t } = useReader();
  const happenings = useHappenings();
  const speech = useSpeech(happenings.data);
  return (
    <section className={classes.happenings} aria-label={t('home.happens')}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t('home.happens')}
        </Title>
        <Anchor component={Link} to="/log" size="sm">
          {t('home.happensAll')}
        </Anchor>
      </Group>
      {happenings.isPending && <Loading rows={6} height={28} />}
      {happenings.isError && <Failed error={happenings.error} again={() => void happenings.refetch()} />}
      {happenings.data?.length === 0 && <Text c="dimmed">{t('home.happensNone')}</Text>}
      {/* Scrolls on wide screens, so it has to be reachable by keyboard. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs focus to be scrolled by keys */}
      <div className={classes.happeningsList} tabIndex={0} role="log" aria-label={t('home.happens')}>
        <HappeningsList entries={happenings.data?.slice(0, SHOWN) ?? []} speech={speech} />
      </div>
    </section>
  );
}

interface HappeningsListProps {
  readonly entries: readonly LogEntryView[];
  readonly speech: Speech;
}

/** Entries in words, one a line, newest first. */
export function HappeningsList({ entries, speech }: HappeningsListProps) {
  const { formats } = useReader();
  const nowMs = useHubNow();
  return entries.map((entry) => {
    const weight = weightOf(entry);
    return (
      <div key={entry.seq} className={classes.happening} data-weight={weight}>
        <span className={classes.mark} aria-hidden>
          {MARKS[weight]}
        </span>
        <Text size="sm" component="span">
          {sentence(speech, entry)}
        </Text>
        <time
          className={classes.when}
          dateTime={new Date(entry.at).toISOString()}
          title={formats.exact(entry.at)}
        >
          {formats.moment(entry.at, nowMs)}
        </time>
      </div>
    );
  });
}
