import type { WorkedCase } from '@lockerhub/protocol/http/staff.ts';
import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { AskFirst, type Question } from '../frame/ask-first.tsx';
import { type Reader, useReader } from '../frame/reader.tsx';
import { useSay } from '../frame/said.tsx';
import { Failed } from '../frame/states.tsx';
import { keys } from '../link/keys.ts';
import { useMayWorkOn } from '../link/queries.ts';
import { closeCase, noteCase, releaseCase, takeCase } from '../link/requests.ts';
import { type Speech, staffName } from '../log/speech.ts';

interface CaseActsProps {
  readonly subject: WorkedCase;
  readonly speech: Speech;
}

/** Cases that the guide to a stuck door leads through. */
const GUIDED: ReadonlySet<WorkedCase['kind']> = new Set([
  'jammed',
  'forced',
  'left-open',
  'unknown-opening',
  'lock-wearing',
  'out-of-service',
  'record-disagrees',
  'door-reported',
]);

/** What can be done about a case: see to it, note something, go where it is, close it. */
export function CaseActs({ subject, speech }: CaseActsProps) {
  const { t } = useReader();
  const mayWorkOn = useMayWorkOn();
  const { bank, compartment, delivery } = subject;
  return (
    <Group gap="sm">
      {bank !== null && compartment !== null && subject.state === 'open' && GUIDED.has(subject.kind) && (
        <Button
          size="xs"
          variant="light"
          renderRoot={(root) => (
            <Link
              {...root}
              to="/banks/$bank/doors/$door/guide"
              params={{ bank, door: String(compartment) }}
              search={{ case: subject.case }}
            />
          )}
        >
          {t('guide.link')}
        </Button>
      )}
      {bank !== null && compartment !== null && (
        <Button
          variant="default"
          size="xs"
          renderRoot={(root) => <Link {...root} to="/" search={{ bank, door: compartment }} />}
        >
          {t('case.toDoor')}
        </Button>
      )}
      {delivery !== null && (
        <Button
          variant="default"
          size="xs"
          renderRoot={(root) => <Link {...root} to="/deliveries/$delivery" params={{ delivery }} />}
        >
          {t('case.toDelivery')}
        </Button>
      )}
      {subject.state === 'open' && mayWorkOn(subject.kind) && <Work subject={subject} speech={speech} />}
    </Group>
  );
}

/** The questions that are asked before something is written down about a case. */
function questions({ t }: Reader, say: (text: string) => void, subject: WorkedCase, who: string) {
  const { case: id, takenBy } = subject;
  const field = { minLength: 1, maxLength: 500, tooShort: t('rule.required') };
  return {
    takeOver: {
      title: t('case.takeOverAsk', { who }),
      consequence: t('case.takeOverWhat', { who }),
      confirm: t('case.takeOver'),
      act: () => takeCase(id, takenBy),
      done: () => say(t('case.takeDone')),
    },
    note: {
      title: t('case.note'),
      consequence: t('case.noteWhat'),
      confirm: t('case.note'),
      field: { ...field, label: t('case.noteLabel'), hint: t('case.resolutionHint') },
      act: (note) => noteCase(id, note),
      done: () => say(t('case.noteDone')),
    },
    close: {
      title: t('case.closeAsk'),
      consequence: t('case.closeWhat'),
      confirm: t('case.close'),
      field: { ...field, label: t('case.resolution'), hint: t('case.resolutionHint') },
      act: (resolution) => closeCase(id, resolution),
      done: () => say(t('case.closeDone')),
    },
  } satisfies Record<string, Question>;
}

function Work({ subject, speech }: CaseActsProps) {
  const reader = useReader();
  const { t } = reader;
  const say = useSay();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Question | null>(null);
  const { case: id, takenBy } = subject;
  const isMine = takenBy !== null && takenBy === speech.names.me;
  // A case that somebody else took meanwhile has to be looked at again, whatever became of the asking.
  const onSettled = () => client.invalidateQueries({ queryKey: keys.cases });
  const taking = useMutation({
    mutationFn: () => takeCase(id, null),
    onSuccess: () => say(t('case.takeDone')),
    onSettled,
  });
  const releasing = useMutation({
    mutationFn: () => releaseCase(id),
    onSuccess: () => say(t('case.releaseDone')),
    onSettled,
  });
  const ask = questions(reader, say, subject, staffName(speech, takenBy));
  const failed = taking.error ?? releasing.error;
  return (
    <>
      {takenBy === null && (
        <Button size="xs" loading={taking.isPending} onClick={() => taking.mutate()}>
          {t('case.take')}
        </Button>
      )}
      {isMine && (
        <Button size="xs" variant="default" loading={releasing.isPending} onClick={() => releasing.mutate()}>
          {t('case.release')}
        </Button>
      )}
      {takenBy !== null && !isMine && (
        <Button size="xs" variant="default" onClick={() => setAsked(ask.takeOver)}>
          {t('case.takeOver')}
        </Button>
      )}
      <Button size="xs" variant="default" onClick={() => setAsked(ask.note)}>
        {t('case.note')}
      </Button>
      <Button size="xs" variant={isMine ? 'filled' : 'default'} onClick={() => setAsked(ask.close)}>
        {t('case.close')}
      </Button>
      {failed && <Failed error={failed} />}
      <AskFirst question={asked} onClose={() => setAsked(null)} />
    </>
  );
}
