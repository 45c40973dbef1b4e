import type { OwnDelegates, OwnNewDelegate } from '@lockerhub/protocol/http/delegates.ts';
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question, Saying } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import classes from './others.module.css';
import { useMoments } from './use-moments.ts';

const DAY_MS = 86_400_000;
/** A parcel each, below all of them: what fits on a phone. Who has more waiting lets somebody collect all, or asks the staff. */
const MOST_PARCELS = 6;

interface NameOtherProps {
  readonly own: OwnDelegates;
  readonly nowMs: number;
  readonly busy: boolean;
  readonly problem: unknown;
  readonly onBack: () => void;
  readonly onName: (named: OwnNewDelegate, name: string) => void;
}

interface Answers {
  /** Undefined: not said yet. */
  readonly delivery: string | null | undefined;
  readonly window: { readonly fromMs: number; readonly untilMs: number } | undefined;
}

/** Which parcels, in which time, and who: one question after the other. */
export function NameOther({ own, nowMs, busy, problem, onBack, onName }: NameOtherProps) {
  const [answers, setAnswers] = useState<Answers>({ delivery: undefined, window: undefined });
  const { delivery, window } = answers;
  if (delivery === undefined) {
    return (
      <Which own={own} onBack={onBack} onAnswer={(which) => setAnswers({ ...answers, delivery: which })} />
    );
  }
  if (window === undefined) {
    return (
      <When
        nowMs={nowMs}
        mostMs={own.mostMs}
        onBack={() => setAnswers({ ...answers, delivery: undefined })}
        onAnswer={(when) => setAnswers({ ...answers, window: when })}
      />
    );
  }
  return (
    <Who
      canSend={own.channels.length > 0}
      busy={busy}
      problem={problem}
      onBack={() => setAnswers({ ...answers, window: undefined })}
      onAnswer={(name, tell) => onName({ delivery, ...window, tell }, name)}
    />
  );
}

interface WhichProps {
  readonly own: OwnDelegates;
  readonly onBack: () => void;
  readonly onAnswer: (delivery: string | null) => void;
}

function Which({ own, onBack, onAnswer }: WhichProps) {
  const { t } = useTranslation('kiosk');
  const { exact } = useMoments();
  return (
    <Frame who={own.unitName} says={t('others.which')} onBack={onBack}>
      <Question>{t('others.which')}</Question>
      <Choice as="main" onChoose={() => onAnswer(null)}>
        {t('others.all')}
      </Choice>
      {own.parcels.slice(0, MOST_PARCELS).map(({ delivery, sinceMs, bankName }) => (
        <Choice key={delivery} small onChoose={() => onAnswer(delivery)}>
          {sinceMs === null
            ? (bankName ?? t('others.desk'))
            : t('others.one', { when: exact(sinceMs), where: bankName ?? t('others.desk') })}
        </Choice>
      ))}
    </Frame>
  );
}

interface WhenProps {
  readonly nowMs: number;
  readonly mostMs: number;
  readonly onBack: () => void;
  readonly onAnswer: (window: { readonly fromMs: number; readonly untilMs: number }) => void;
}

function When({ nowMs, mostMs, onBack, onAnswer }: WhenProps) {
  const { t } = useTranslation('kiosk');
  const [from, setFrom] = useState(local(nowMs));
  const [until, setUntil] = useState(local(nowMs + DAY_MS));
  const [tried, setTried] = useState(false);
  const fromMs = new Date(from).getTime();
  const untilMs = new Date(until).getTime();
  const isGood = untilMs > fromMs && untilMs > nowMs && untilMs - Math.max(fromMs, nowMs) <= mostMs;
  const answer = () => {
    setTried(true);
    if (isGood) onAnswer({ fromMs, untilMs });
  };
  return (
    <Frame says={t('others.when')} onBack={onBack}>
      <Question>{t('others.when')}</Question>
      <div className={classes.fields}>
        <Moment label={t('others.from')} value={from} onChange={setFrom} />
        <Moment label={t('others.until')} value={until} onChange={setUntil} />
      </div>
      {tried && !isGood ? (
        <p role="alert" className={classes.blocked}>
          {t('others.whenWrong')}
        </p>
      ) : (
        <Saying>{t('others.whenHint')}</Saying>
      )}
      <Choice as="main" onChoose={answer}>
        {t('phone.go')}
      </Choice>
    </Frame>
  );
}

interface MomentProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Moment({ label, value, onChange }: MomentProps) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={value}
      classNames={{ input: classes.field ?? '' }}
      radius="lg"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface WhoProps {
  /** Whether the building can send them their code. */
  readonly canSend: boolean;
  readonly busy: boolean;
  readonly problem: unknown;
  readonly onBack: () => void;
  readonly onAnswer: (name: string, tell: OwnNewDelegate['tell']) => void;
}

function Who({ canSend, busy, problem, onBack, onAnswer }: WhoProps) {
  const { t, i18n } = useTranslation('kiosk');
  const [name, setName] = useState('');
  const [to, setTo] = useState('');
  const answer = () => {
    const language = i18n.language;
    onAnswer(name.trim(), to.trim() === '' ? null : { to: to.trim(), language });
  };
  return (
    <Frame says={t('others.who')} busy={busy} onBack={onBack}>
      <Question>{t('others.who')}</Question>
      <div className={classes.fields}>
        <TextInput
          label={t('others.called')}
          description={t('others.calledHint')}
          value={name}
          classNames={{ input: classes.field ?? '' }}
          radius="lg"
          maxLength={40}
          dir="auto"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {canSend && (
          <TextInput
            label={t('others.to')}
            description={t('others.toHint')}
            value={to}
            classNames={{ input: classes.field ?? '' }}
            radius="lg"
            maxLength={254}
            dir="ltr"
            autoCapitalize="off"
            autoCorrect="off"
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        )}
      </div>
      {problem ? <ProblemLine error={problem} /> : null}
      <Choice as="main" disabled={busy} onChoose={answer}>
        {t('others.name')}
      </Choice>
    </Frame>
  );
}

/** As a field for date and time has it, by the phone's own clock. */
function local(atMs: number): string {
  return new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
