import type { BankView, DoorView, WorkedCase } from '@lockerhub/protocol/http/staff.ts';
import {
  Alert,
  Anchor,
  Button,
  Group,
  Loader,
  Paper,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { failureWords } from '../frame/failure.ts';
import { useReader } from '../frame/reader.tsx';
import { useMayWorkOn } from '../link/queries.ts';
import {
  closeCase,
  declareKey,
  noteCase,
  openDoor,
  retireDoor,
  returnDoor,
  verifyDoor,
} from '../link/requests.ts';
import { afterTold, BEGINNING, type GuideStep, type Progress } from './guide.ts';

/** For how long a key is declared from here. */
const KEY_MINUTES = 30;

export interface StepCardProps {
  readonly step: GuideStep;
  readonly progress: Progress;
  readonly onProgress: (next: Progress) => void;
  readonly subject: WorkedCase;
  readonly bank: BankView;
  readonly door: DoorView;
}

/** One step: what is seen, what to do, and its ways on. Each way is written down with the case. */
export function StepCard(props: StepCardProps) {
  const { step } = props;
  const { t } = useReader();
  const acting = useActing(props);
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(step);
  // The step changes by what the door does, too: whoever cannot see it hears the next one.
  useEffect(() => {
    if (shown.current !== step) heading.current?.focus();
    shown.current = step;
  }, [step]);
  return (
    <Paper withBorder p="md" component="section">
      <Stack>
        <Title order={2} size="h4" ref={heading} tabIndex={-1}>
          {t(`guide.step.${step}.title`)}
        </Title>
        <Text>{t(`guide.step.${step}.what`)}</Text>
        <Ways key={step} {...props} acting={acting} />
      </Stack>
    </Paper>
  );
}

/** What an act here is called in `guide.act` and, once done, in `guide.did`. */
type Did =
  | 'looked'
  | 'open'
  | 'opened'
  | 'didNot'
  | 'stillOpen'
  | 'key'
  | 'giveUp'
  | 'retire'
  | 'called'
  | 'mended'
  | 'verify'
  | 'return';

interface Act {
  readonly did: Did;
  /** At which it was asked: a refusal is told there. */
  readonly step: GuideStep;
  readonly work?: () => Promise<unknown>;
  readonly next?: Progress;
}

/** Outlives the step at which it was asked: a refusal leads back to that, and has to say why. */
function useActing({ progress, onProgress, subject }: StepCardProps) {
  const { t } = useReader();
  const mayWork = useMayWorkOn()(subject.kind);
  return useMutation({
    mutationFn: async ({ did, work }: Act) => {
      await work?.();
      if (mayWork) await noteCase(subject.case, t(`guide.did.${did}`));
    },
    // Before it is asked: what the door does then is seen as the answer to it.
    onMutate: ({ next }) => {
      if (next) onProgress(next);
      return progress;
    },
    onError: (_error, _act, before) => before && onProgress(before),
  });
}

interface WaysProps extends Omit<StepCardProps, 'onProgress'> {
  readonly acting: ReturnType<typeof useActing>;
}

function Ways({ step, progress, acting, subject, bank, door }: WaysProps) {
  const { t, formats } = useReader();
  const mayWork = useMayWorkOn()(subject.kind);
  const where = { bank: bank.bank, compartment: door.number };
  const [reason, setReason] = useState(t('guide.reason'));
  const [resolution, setResolution] = useState(t('guide.resolution'));
  const closing = useMutation({ mutationFn: () => closeCase(subject.case, resolution.trim()) });
  const way = (did: Did, more: { work?: () => Promise<unknown>; next?: Progress; main?: boolean } = {}) => (
    <Button
      key={did}
      variant={more.main ? 'filled' : 'default'}
      loading={acting.isPending && acting.variables.did === did}
      disabled={acting.isPending || (more.work !== undefined && reason.trim().length < 3)}
      onClick={() => acting.mutate({ did, step, ...more })}
    >
      {t(`guide.act.${did}`)}
    </Button>
  );
  const main = true;
  const giveUp = way('giveUp', { next: { ...progress, givenUp: true } });
  const ways: Record<GuideStep, React.ReactNode> = {
    away: [
      way('key', {
        work: () => declareKey(where, KEY_MINUTES, reason.trim()),
        next: { ...progress, keyed: true },
      }),
      giveUp,
    ],
    settling: giveUp,
    shut: way('stillOpen', { next: { ...progress, givenUp: true } }),
    compare: way('verify', { main, work: () => verifyDoor(where) }),
    look: way('looked', { main, next: { ...progress, looked: true } }),
    try: [
      way('open', { main, work: () => openDoor(where, reason.trim()), next: afterTold(progress) }),
      giveUp,
    ],
    watch: <Loader type="dots" aria-hidden />,
    ask: [
      way('opened', { main, next: { ...progress, watching: 'no', opened: true } }),
      way('didNot', { next: { ...progress, watching: 'no' } }),
    ],
    key: [
      way('key', {
        main,
        work: () => declareKey(where, KEY_MINUTES, reason.trim()),
        next: { ...progress, keyed: true },
      }),
      giveUp,
    ],
    retire: way('retire', { main, work: () => retireDoor(where, reason.trim()) }),
    installer: [way('called', { main }), way('mended', { next: { ...BEGINNING, looked: true } })],
    works: door.inService ? null : way('return', { main, work: () => returnDoor(where, reason.trim()) }),
  };
  const refused = acting.variables?.step === step ? acting.error : null;
  const failed = refused ?? closing.error;
  const isAsked = step === 'try' || step === 'key' || step === 'retire' || step === 'away';
  return (
    <>
      {(step === 'shut' || step === 'compare' || step === 'try') && <Inside door={door} />}
      {isAsked && (
        <TextInput
          label={t('act.reason')}
          description={t('act.reasonHint')}
          maxLength={200}
          value={reason}
          error={reason.trim().length < 3 ? t('act.reasonShort') : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      <Group gap="sm">{ways[step]}</Group>
      {step === 'works' && door.inService && mayWork && (
        <>
          <Textarea
            label={t('case.resolution')}
            description={t('case.resolutionHint')}
            autosize
            maxLength={500}
            value={resolution}
            onChange={(event) => setResolution(event.currentTarget.value)}
          />
          <Group>
            <Button
              disabled={resolution.trim() === ''}
              loading={closing.isPending}
              onClick={() => closing.mutate()}
            >
              {t('case.close')}
            </Button>
          </Group>
        </>
      )}
      {failed && (
        <Alert color="red" role="alert" title={t('act.failed')}>
          {failureWords(t, formats, failed)}
        </Alert>
      )}
    </>
  );
}

/** What should be behind the door. */
function Inside({ door }: { readonly door: DoorView }) {
  const { t } = useReader();
  return (
    <Text size="sm">
      {t('door.holds')}:{' '}
      {door.holds.length === 0
        ? t('door.empty')
        : door.holds.map(({ delivery, unitName }, index) => (
            <span key={delivery}>
              {index > 0 && ', '}
              <Anchor
                renderRoot={(root) => <Link {...root} to="/deliveries/$delivery" params={{ delivery }} />}
              >
                {t('door.holdsFor', { unit: unitName })}
              </Anchor>
            </span>
          ))}
    </Text>
  );
}
