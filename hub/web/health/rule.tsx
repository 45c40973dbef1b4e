import type { BankHealth } from '@lockerhub/protocol/http/locks.ts';
import { JAMS_TO_RETIRE_MAX, JamsToRetire } from '@lockerhub/protocol/http/locks.ts';
import { Alert, Button, Group, NumberInput, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { failureWords } from '../frame/failure.ts';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { keys } from '../link/keys.ts';
import { useMay } from '../link/queries.ts';
import { changePolicy } from '../link/requests.ts';
import classes from './health.module.css';

/** When a lock is said to wear, and when it is taken out of service: in words, and the one number that is a choice. */
export function Rule({ health }: { readonly health: BankHealth }) {
  const { t, formats } = useReader();
  const may = useMay();
  const { recentDays, baselineDays, jamsToRetire } = health;
  const days = { recent: formats.count(recentDays), before: formats.count(baselineDays) };
  return (
    <Paper withBorder p="md" component="section">
      <Stack gap="sm">
        <Title order={2} size="h5">
          {t('health.rule.title')}
        </Title>
        <ul className={classes.rule}>
          <li>{t('health.rule.slower', days)}</li>
          <li>{t('health.rule.jams', days)}</li>
        </ul>
        <Text size="sm" c="dimmed">
          {t('health.rule.case')}
        </Text>
        <Title order={2} size="h5">
          {t('health.retire.title')}
        </Title>
        <Text>{t('health.retire.what', { jams: formats.count(jamsToRetire) })}</Text>
        {may('policy') ? (
          <ChangeJams key={jamsToRetire} jams={jamsToRetire} />
        ) : (
          <Text size="sm" c="dimmed">
            {t('health.retire.manager')}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function ChangeJams({ jams }: { readonly jams: number }) {
  const { t, formats } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const [written, setWritten] = useState(jams);
  const parsed = JamsToRetire.safeParse(written);
  const saving = useMutation({
    mutationFn: (jamsToRetire: number) => changePolicy({ jamsToRetire }),
    onSuccess: async (_, changed) => {
      say(t('health.retire.done', { jams: formats.count(changed) }));
      await client.invalidateQueries({ queryKey: keys.health });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (parsed.success && parsed.data !== jams) saving.mutate(parsed.data);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Group align="flex-end" gap="sm">
        <NumberInput
          w={120}
          label={t('health.retire.label')}
          min={1}
          max={JAMS_TO_RETIRE_MAX}
          // A slip of the hand is shown, not made into another number.
          clampBehavior="none"
          allowDecimal={false}
          value={written}
          onChange={(value) => setWritten(Number(value))}
          error={!parsed.success}
        />
        <Button
          type="submit"
          variant="default"
          disabled={!parsed.success || parsed.data === jams}
          loading={saving.isPending}
        >
          {t('health.retire.save')}
        </Button>
      </Group>
      {saving.isError && (
        <Alert color="red" role="alert" title={t('act.failed')} mt="sm">
          {failureWords(t, formats, saving.error)}
        </Alert>
      )}
    </form>
  );
}
