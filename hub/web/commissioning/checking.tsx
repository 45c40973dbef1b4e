import { Alert, Button, Paper, Stack, Text, Title } from '@mantine/core';
import { useReader } from '../frame/reader.tsx';
import { Failed } from '../frame/states.tsx';
import { BankPicture } from './bank-picture.tsx';
import classes from './commissioning.module.css';
import type { StepProps } from './step-props.ts';
import { useStep } from './use-step.ts';

/** Before anything is fired: every door is closed, and a person has seen it. */
export function Checking({ bank, walk }: StepProps) {
  const { t } = useReader();
  const step = useStep(bank.bank);
  return (
    <Paper withBorder p="md" component="section">
      <Stack>
        <Title order={2} size="h4">
          {t('commissioning.checking')}
        </Title>
        <Text>{t('commissioning.checkingWhat')}</Text>
        {walk.open.length > 0 && (
          <Alert color="yellow">{t('commissioning.checkingOpen', { doors: walk.open.join(', ') })}</Alert>
        )}
        {step.isError && <Failed error={step.error} />}
        <Button
          size="lg"
          className={classes.sentence}
          loading={step.isPending}
          onClick={() => step.mutate({ step: 'doors-closed' })}
        >
          {t('commissioning.allClosed')}
        </Button>
        <BankPicture bank={bank} use={walk.open} />
      </Stack>
    </Paper>
  );
}
