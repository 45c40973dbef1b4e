import { Alert, Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { IconBolt, IconPackage } from '@tabler/icons-react';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { Failed } from '../frame/states.tsx';
import { BankPicture } from './bank-picture.tsx';
import classes from './commissioning.module.css';
import type { StepProps, Walk } from './step-props.ts';
import { useStep } from './use-step.ts';

interface FireDoorProps extends StepProps {
  readonly door: number;
  /** It was fired, and the bank would not or could not. */
  readonly misfired: boolean;
}

/** One door, lit: fire its lock, or skip it. */
export function FireDoor({ bank, walk, door, misfired }: FireDoorProps) {
  const { t } = useReader();
  const step = useStep(bank.bank);
  const [question, setQuestion] = useState<Question | null>(null);
  const now = bank.doors.find(({ number }) => number === door)?.door;
  // Also for some seconds after the bank file was corrected: the agent then starts anew.
  const isAway = !bank.online || now === 'unavailable' || now === 'unseen';
  const isOccupied = walk.occupied.includes(door);
  const fire = (evenIfOccupied: boolean) => step.mutateAsync({ step: 'fire', door, evenIfOccupied });
  const ask = () =>
    setQuestion({
      title: t('commissioning.fireOccupied'),
      consequence: t('commissioning.fireOccupiedWhat'),
      confirm: t('commissioning.fire', { door }),
      dangerous: true,
      act: () => fire(true),
      done: () => {},
    });
  return (
    <Paper withBorder p="md" component="section">
      <Stack>
        <WalkProgress walk={walk} />
        <Title order={2} size="h4">
          {t('commissioning.fireTitle', { door })}
        </Title>
        <Text>{t('commissioning.fireWhat')}</Text>
        {misfired && <Alert color="red">{t('commissioning.misfire')}</Alert>}
        {isOccupied && (
          <Alert color="yellow" icon={<IconPackage />}>
            {t('commissioning.occupied')}
          </Alert>
        )}
        {isAway && (
          <Alert color="yellow" role="status">
            {t('commissioning.away')}
          </Alert>
        )}
        {walk.open.length > 0 && (
          <Alert color="yellow" role="status">
            {t('commissioning.closeFirst', { doors: walk.open.join(', ') })}
          </Alert>
        )}
        {step.isError && <Failed error={step.error} />}
        <Group>
          <Button
            size="lg"
            className={classes.sentence}
            leftSection={<IconBolt size={20} />}
            color={isOccupied ? 'red' : 'pine'}
            variant={isOccupied ? 'light' : 'filled'}
            disabled={isAway || walk.open.length > 0}
            loading={step.isPending}
            // What goes wrong stands above.
            onClick={() => (isOccupied ? ask() : step.mutate({ step: 'fire', door, evenIfOccupied: false }))}
          >
            {isOccupied ? t('commissioning.fireOccupied') : t('commissioning.fire', { door })}
          </Button>
          <Button
            size="lg"
            className={classes.sentence}
            variant="default"
            onClick={() => step.mutate({ step: 'skip', door })}
          >
            {t('commissioning.skip')}
          </Button>
        </Group>
        <BankPicture bank={bank} use={walk.open.length > 0 ? walk.open : [door]} />
      </Stack>
      <AskFirst question={question} onClose={() => setQuestion(null)} />
    </Paper>
  );
}

/** "7 of 24". */
export function WalkProgress({ walk }: { readonly walk: Walk }) {
  const { t, formats } = useReader();
  const all = walk.doors.length;
  const done = walk.found.length;
  const words = t('commissioning.progress', { done: formats.count(done), all: formats.count(all) });
  return (
    <div>
      <Text size="sm" fw={600}>
        {words}
      </Text>
      <Progress value={(100 * done) / all} aria-label={words} />
    </div>
  );
}
