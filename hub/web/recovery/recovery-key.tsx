/** Makes a recovery key, shows it this once, and lets it count when its last group was typed off the paper. */
import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { failureWords } from '../frame/failure.ts';
import { useReader } from '../frame/reader.tsx';
import { Secret } from '../frame/secret.tsx';
import { keys } from '../link/keys.ts';
import { confirmRecoveryKey, makeRecoveryKey } from '../link/requests.ts';
import { isLastGroup } from './last-group.ts';

interface RecoveryKeyProps {
  /** What the building is called, for the print. */
  readonly building: string;
  readonly onDone: () => void;
  readonly onLater: () => void;
}

export function RecoveryKey({ building, onDone, onLater }: RecoveryKeyProps) {
  const { t, formats } = useReader();
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const making = useMutation({ mutationFn: makeRecoveryKey });
  const made = making.data;
  const confirming = useMutation({
    mutationFn: confirmRecoveryKey,
    onSuccess: (view) => {
      client.setQueryData(keys.recovery, view);
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!made) making.mutate();
    else if (isLastGroup(made.key, typed)) confirming.mutate(made.generation);
  };
  const error = making.error ?? confirming.error;
  const isWrong = made !== undefined && tried && typed !== '' && !isLastGroup(made.key, typed);
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{t('recovery.what')}</Text>
        {made && (
          <>
            <Secret
              label={t('recovery.label', { building, generation: made.generation })}
              value={made.key}
              big
            />
            <Text size="sm">{t('recovery.once')}</Text>
            <TextInput
              label={t('recovery.lastGroup')}
              description={t('recovery.lastGroupHint')}
              dir="ltr"
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              required
              value={typed}
              error={isWrong && t('recovery.lastGroupWrong')}
              onChange={({ currentTarget: { value } }) => setTyped(value)}
            />
          </>
        )}
        {error !== null && (
          <Alert color="red" role="alert" title={t('act.failed')}>
            {failureWords(t, formats, error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onLater}>
            {t('recovery.later')}
          </Button>
          {made && (
            <Button variant="default" leftSection={<IconPrinter size={18} />} onClick={() => window.print()}>
              {t('commissioning.print')}
            </Button>
          )}
          <Button type="submit" loading={making.isPending || confirming.isPending}>
            {made ? t('recovery.confirm') : t('recovery.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
