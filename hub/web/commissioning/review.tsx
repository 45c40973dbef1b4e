import { Alert, Button, Paper, Stack, Text, Title } from '@mantine/core';
import { IconSignature } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { saveText } from '../frame/save-as.ts';
import { Failed } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { signWalk } from '../link/requests.ts';
import { BankPicture } from './bank-picture.tsx';
import classes from './commissioning.module.css';
import type { StepProps } from './step-props.ts';

/** Every door was tried: sign, or see what is in the way of it. */
export function Review({ bank, walk }: StepProps) {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const signing = useMutation({
    mutationFn: () => signWalk(bank.bank),
    onSuccess: (map) => {
      say(t('commissioning.signed'));
      saveText(`${bank.bank}-map.json`, JSON.stringify(map), 'application/json');
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.commissioning }),
  });
  return (
    <Paper withBorder p="md" component="section">
      <Stack>
        <Title order={2} size="h4">
          {t('commissioning.review')}
        </Title>
        <Text>{t('commissioning.reviewWhat')}</Text>
        {walk.unsettled.length > 0 && (
          <Alert color="yellow">{t('commissioning.unsettled', { doors: walk.unsettled.join(', ') })}</Alert>
        )}
        {signing.isError && <Failed error={signing.error} />}
        <Button
          size="lg"
          className={classes.sentence}
          leftSection={<IconSignature size={20} />}
          disabled={walk.unsettled.length > 0}
          loading={signing.isPending}
          onClick={() => signing.mutate()}
        >
          {t('commissioning.sign')}
        </Button>
        <BankPicture bank={bank} use={walk.unsettled} />
      </Stack>
    </Paper>
  );
}
