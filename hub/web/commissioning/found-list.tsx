import { Badge, Button, Group, Paper, Text, Title } from '@mantine/core';
import { useReader } from '../frame/reader.tsx';
import { Failed } from '../frame/states.tsx';
import classes from './commissioning.module.css';
import type { StepProps } from './step-props.ts';
import { useStep } from './use-step.ts';

/** What was found so far, the newest first; each door can be tried again. */
export function FoundList({ bank, walk }: StepProps) {
  const { t } = useReader();
  const step = useStep(bank.bank);
  const mayFire = walk.state === 'walking' && walk.open.length === 0;
  return (
    <Paper withBorder p="md" component="section">
      <Title order={2} size="h5" mb="sm">
        {t('commissioning.found')}
      </Title>
      {step.isError && <Failed error={step.error} />}
      <ul className={classes.found}>
        {walk.found.toReversed().map(({ compartment, finding }) => (
          <li key={compartment}>
            <Group justify="space-between" wrap="nowrap" gap="sm">
              <Text size="sm">
                <b>{t('doors:door', { number: compartment })}</b>: {t(`commissioning.finding.${finding}`)}
              </Text>
              {finding === 'right' ? (
                <Badge variant="light" flex="none">
                  {t('commissioning.finding.right')}
                </Badge>
              ) : (
                <Button
                  size="xs"
                  variant="default"
                  flex="none"
                  disabled={!mayFire || walk.occupied.includes(compartment)}
                  onClick={() => step.mutate({ step: 'fire', door: compartment, evenIfOccupied: false })}
                >
                  {t('commissioning.tryAgain')}
                </Button>
              )}
            </Group>
          </li>
        ))}
      </ul>
    </Paper>
  );
}
