import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { swapsFor } from '../../commissioning/evidence.ts';
import { useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { saveText } from '../frame/save-as.ts';
import { Failed } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { correctWires } from '../link/requests.ts';
import { BankPicture } from './bank-picture.tsx';
import classes from './commissioning.module.css';
import type { StepProps, Walk } from './step-props.ts';
import { useStep } from './use-step.ts';

interface MistakeProps extends StepProps {
  readonly found: Walk['found'][number];
}

/** Two crossed wires, by name, and the offer to put the bank file right. */
export function Mistake({ bank, found }: MistakeProps) {
  const { t } = useReader();
  const say = useSay();
  const client = useQueryClient();
  const step = useStep(bank.bank);
  const door = found.compartment;
  const isPolarity = found.finding === 'says-open';
  const swaps = isPolarity ? [] : swapsFor({ fired: door, popped: found.popped, changed: found.changed });
  const doors = isPolarity ? [door] : [...new Set(swaps.flatMap(({ a, b }) => [a, b]))];
  const correcting = useMutation({
    mutationFn: () => correctWires(bank.bank, door),
    onSuccess: ({ file, agentNeedsFile }) => {
      say(agentNeedsFile ? t('commissioning.giveFile') : t('commissioning.corrected'));
      if (agentNeedsFile) saveText(`${bank.bank}.yaml`, file, 'application/yaml');
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.commissioning }),
  });
  return (
    <Paper withBorder p="md" component="section">
      <Stack>
        <Title order={2} size="h4">
          {t('doors:door', { number: door })}
        </Title>
        <Alert color="red" icon={<IconArrowsExchange />} role="alert">
          {isPolarity && <Text>{t('commissioning.crossed.polarity', { a: door })}</Text>}
          {swaps.map(({ part, a, b }) => (
            <Text key={part}>{t(`commissioning.crossed.${part}`, { a, b })}</Text>
          ))}
        </Alert>
        <Text>{t('commissioning.correctWhat', { doors: doors.join(', ') })}</Text>
        <Text c="dimmed">{t('commissioning.unsettled', { doors: String(door) })}</Text>
        {(correcting.error ?? step.error) && <Failed error={correcting.error ?? step.error} />}
        <Group>
          <Button
            size="lg"
            className={classes.sentence}
            loading={correcting.isPending}
            onClick={() => correcting.mutate()}
          >
            {isPolarity ? t('commissioning.correctPolarity') : t('commissioning.correct')}
          </Button>
          <Button
            size="lg"
            className={classes.sentence}
            variant="default"
            onClick={() => step.mutate(isPolarity ? { step: 'doors-closed' } : tryAgain(door))}
          >
            {t('commissioning.tryAgain')}
          </Button>
        </Group>
        <BankPicture bank={bank} use={doors} />
      </Stack>
    </Paper>
  );
}

const tryAgain = (door: number) => ({ step: 'fire', door, evenIfOccupied: false }) as const;
