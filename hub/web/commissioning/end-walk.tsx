import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { useReader } from '../frame/reader.tsx';
import { useStep } from './use-step.ts';

/** The way out of a walk that is not signed. */
export function EndWalk({ bank }: { readonly bank: string }) {
  const { t } = useReader();
  const step = useStep(bank);
  const [question, setQuestion] = useState<Question | null>(null);
  const ask = () =>
    setQuestion({
      title: t('commissioning.abandon'),
      consequence: t('commissioning.abandonWhat'),
      confirm: t('commissioning.abandon'),
      act: () => step.mutateAsync({ step: 'abandon' }),
      done: () => {},
    });
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={ask}>
        {t('commissioning.abandon')}
      </Button>
      <AskFirst question={question} onClose={() => setQuestion(null)} />
    </Group>
  );
}
