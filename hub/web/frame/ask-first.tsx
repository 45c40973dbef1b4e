/** Asks once before something that cannot be taken back, with the consequence in the question. */
import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { failureWords } from './failure.ts';
import { useReader } from './reader.tsx';

export interface Question {
  readonly title: string;
  /** What will happen. */
  readonly consequence: string;
  readonly confirm: string;
  readonly dangerous?: boolean;
  /** Something that has to be written, such as a reason; absent: nothing is asked. */
  readonly field?: {
    readonly label: string;
    readonly hint: string;
    readonly minLength: number;
    readonly maxLength: number;
    readonly tooShort: string;
  };
  act(written: string): Promise<unknown>;
  readonly done: () => void;
}

interface AskFirstProps {
  readonly question: Question | null;
  readonly onClose: () => void;
}

export function AskFirst({ question, onClose }: AskFirstProps) {
  const { t } = useReader();
  return (
    <Modal
      opened={question !== null}
      onClose={onClose}
      closeButtonProps={{ 'aria-label': t('act.close') }}
      title={
        <Text fw={650} size="lg" component="span">
          {question?.title}
        </Text>
      }
      centered
    >
      {question && <Asking question={question} onClose={onClose} />}
    </Modal>
  );
}

function Asking({ question, onClose }: { readonly question: Question; readonly onClose: () => void }) {
  const { t, formats } = useReader();
  const [written, setWritten] = useState('');
  const [tried, setTried] = useState(false);
  const { field } = question;
  const tooShort = field !== undefined && written.trim().length < field.minLength;
  const acting = useMutation({
    mutationFn: () => question.act(written.trim()),
    onSuccess: () => {
      onClose();
      question.done();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!tooShort) acting.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{question.consequence}</Text>
        {field && (
          <Textarea
            label={field.label}
            description={field.hint}
            autosize
            minRows={2}
            maxLength={field.maxLength}
            required
            data-autofocus
            value={written}
            onChange={(event) => setWritten(event.currentTarget.value)}
            error={tried && tooShort ? field.tooShort : undefined}
          />
        )}
        {acting.isError && (
          <Alert color="red" title={t('act.failed')} role="alert">
            {failureWords(t, formats, acting.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('act.cancel')}
          </Button>
          <Button
            type="submit"
            loading={acting.isPending}
            {...(question.dangerous ? { color: 'red' } : {})}
            data-autofocus={field ? undefined : true}
          >
            {question.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
