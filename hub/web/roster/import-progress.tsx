import { Button, Group, Paper, Progress, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed } from '../frame/states.tsx';
import { useHubNow } from '../link/hub-now.ts';
import { keys } from '../link/keys.ts';
import { useMay, useRoster } from '../link/queries.ts';
import { undoRoster } from '../link/requests.ts';

/** How far the newest list is taken over; when it is through, the way back. */
export function ImportProgress() {
  const { t, formats } = useReader();
  const nowMs = useHubNow();
  const client = useQueryClient();
  const may = useMay()('roster');
  const found = useRoster().data;
  const [asked, setAsked] = useState<Question | null>(null);
  const undoing = useMutation({
    mutationFn: undoRoster,
    onSuccess: (begun) => client.setQueryData(keys.roster, begun),
  });
  const state = found?.state;
  useEffect(() => {
    if (state === 'done' || state === 'undone') void client.invalidateQueries({ queryKey: keys.residents });
  }, [state, client]);
  if (!found) return null;
  const isRunning = found.state !== 'done' && found.state !== 'undone';
  const share = found.pieces === 0 ? 1 : found.applied / found.pieces;
  const undo = () =>
    setAsked({
      title: t('roster.undoAsk'),
      consequence: t('roster.undoWhat'),
      confirm: t('roster.undo'),
      dangerous: true,
      act: () => undoing.mutateAsync(),
      done: () => {},
    });
  const when = { when: formats.moment(found.at, nowMs), who: found.byName ?? t('policy.hub') };
  return (
    <Paper withBorder p="md" component="section" aria-label={t('roster.title')}>
      <Group justify="space-between">
        <Text role="status">
          {t(`roster.state.${found.state}`, when)}
          {isRunning ? ` · ${formats.share(share)}` : ''}
        </Text>
        {found.state === 'done' && may && (
          <Button size="xs" variant="default" onClick={undo}>
            {t('roster.undo')}
          </Button>
        )}
      </Group>
      {isRunning && <Progress value={100 * share} mt="sm" aria-label={t('roster.title')} />}
      {found.kept > 0 && (
        <Text size="sm" c="dimmed">
          {t('roster.kept', { number: formats.count(found.kept) })}
        </Text>
      )}
      {undoing.isError && <Failed error={undoing.error} />}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </Paper>
  );
}
