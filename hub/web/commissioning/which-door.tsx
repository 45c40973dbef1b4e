import { Alert, Button, Group, NumberInput, Paper, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useReader } from '../frame/reader.tsx';
import { Failed } from '../frame/states.tsx';
import { BankPicture } from './bank-picture.tsx';
import { WalkProgress } from './fire-door.tsx';
import type { StepProps, Walk } from './step-props.ts';
import { useStep } from './use-step.ts';

interface WhichDoorProps extends StepProps {
  readonly firing: NonNullable<Walk['firing']>;
}

/** The question of the walk, answered by tapping the drawing or typing the label; beside it what the sensors say. */
export function WhichDoor({ bank, walk, firing }: WhichDoorProps) {
  const { t } = useReader();
  const step = useStep(bank.bank);
  const [label, setLabel] = useState<number | string>('');
  const isDoor = bank.doors.some(({ number }) => number === label);
  const say = (popped: number | null) => step.mutate({ step: 'answer', popped });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isDoor) say(Number(label));
  };
  return (
    <Paper withBorder p="md" component="section">
      <Stack>
        <WalkProgress walk={walk} />
        <Title order={2} size="h4">
          {t('commissioning.which')}
        </Title>
        <Text>{t('commissioning.whichWhat', { door: firing.door })}</Text>
        <Text role="status" c="dimmed">
          {firing.changed.length > 0
            ? t('commissioning.sensors', { doors: firing.changed.join(', ') })
            : t('commissioning.noSensors')}
        </Text>
        {step.isError && <Failed error={step.error} />}
        {firing.answered ? (
          <Alert role="status">{t('commissioning.waiting')}</Alert>
        ) : (
          <form onSubmit={submit}>
            <Group align="flex-end">
              <NumberInput
                label={t('commissioning.doorHint')}
                value={label}
                onChange={setLabel}
                hideControls
                w={150}
                error={label !== '' && !isDoor ? t('commissioning.badLabel') : undefined}
              />
              <Button type="submit" disabled={!isDoor}>
                {t('commissioning.say')}
              </Button>
              <Button variant="default" onClick={() => say(null)}>
                {t('commissioning.none')}
              </Button>
            </Group>
          </form>
        )}
        <BankPicture bank={bank} {...(firing.answered ? {} : { onDoor: say })} />
      </Stack>
    </Paper>
  );
}
