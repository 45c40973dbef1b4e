import type { UpdatesView } from '@lockerhub/protocol/http/updates.ts';
import { Button, Group, Select } from '@mantine/core';
import { IconClock, IconDownload } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { useBuilding } from '../link/queries.ts';
import { knownTimeZone } from '../words/formats.ts';
import { beginUpdate, UPDATES_KEY } from './link.ts';
import { nextHourMs } from './next-hour.ts';

/** When least is brought and collected. */
const QUIET_HOUR = 3;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

interface BeginUpdateProps {
  readonly file: string;
  readonly version: string;
  readonly checked: NonNullable<NonNullable<UpdatesView['file']>['checked']>;
}

/** Now, or in the night: asked once, with what will happen in the question. */
export function BeginUpdate({ file, version, checked }: BeginUpdateProps) {
  const { t, formats } = useReader();
  const client = useQueryClient();
  const zone = knownTimeZone(useBuilding().data?.timeZone ?? 'UTC');
  const [hour, setHour] = useState(QUIET_HOUR);
  const [asked, setAsked] = useState<Question | null>(null);
  const isOlder = checked.fault?.code === 'release-older';
  if (checked.fault !== null && !isOlder) return null;
  const ask = (at: number | null) =>
    setAsked({
      title:
        at === null
          ? t('updates.ask', { version })
          : t('updates.askAt', { version, at: formats.moment(at, Date.now()) }),
      consequence: isOlder ? `${t('updates.askOlder')} ${t('updates.askWhat')}` : t('updates.askWhat'),
      confirm: t(at === null ? 'updates.now' : 'updates.plan'),
      dangerous: isOlder,
      act: async () => {
        const view = await beginUpdate({ file, at, mayBeOlder: isOlder });
        client.setQueryData(UPDATES_KEY, view);
      },
      done: () => {},
    });
  const atHour = () => {
    const nowMs = Date.now();
    return nextHourMs(hour, formats.day(nowMs), zone, nowMs);
  };
  return (
    <Group align="end" gap="sm">
      <Button
        leftSection={<IconDownload size={18} />}
        {...(isOlder ? { color: 'red' } : {})}
        onClick={() => ask(null)}
      >
        {t('updates.now')}
      </Button>
      <Select
        label={t('updates.hour')}
        w={130}
        allowDeselect={false}
        data={HOURS.map((each) => ({ value: String(each), label: formats.hourOfDay(each) }))}
        value={String(hour)}
        onChange={(value) => value !== null && setHour(Number(value))}
      />
      <Button variant="default" leftSection={<IconClock size={18} />} onClick={() => ask(atHour())}>
        {t('updates.plan')}
      </Button>
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Group>
  );
}
