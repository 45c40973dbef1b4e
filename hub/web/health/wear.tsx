import type { LockWear } from '@lockerhub/protocol/http/locks.ts';
import { Badge } from '@mantine/core';
import { IconTrendingUp } from '@tabler/icons-react';
import { useReader } from '../frame/reader.tsx';
import type { Formats } from '../words/formats.ts';
import type { StaffWords } from '../words/words.ts';
import classes from './health.module.css';

/** Why a lock is said to wear, in the reader's words. */
export function wearWords(t: StaffWords, formats: Formats, wear: LockWear, days: number): string {
  switch (wear.kind) {
    case 'slower':
      return t('health.wear.slower', {
        now: formats.latency(wear.nowMs),
        before: formats.latency(wear.beforeMs),
      });
    case 'jams':
      return t('health.wear.jams', {
        jams: formats.count(wear.jams),
        openings: formats.count(wear.openings),
        days: formats.count(days),
      });
  }
}

/** A lock that somebody should look at: by a sign and a word, not by colour alone. */
export function WearBadge() {
  const { t } = useReader();
  return (
    <Badge
      className={classes.wears}
      color="red"
      variant="light"
      leftSection={<IconTrendingUp size={14} aria-hidden />}
    >
      {t('health.wears')}
    </Badge>
  );
}
