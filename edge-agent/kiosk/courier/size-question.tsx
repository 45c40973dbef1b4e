import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Frame, Question } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { useVisit } from '../visit/visit-context.ts';
import classes from './courier.module.css';
import { type SizeChoice, sizeChoices } from './size-choice.ts';

/** Which box? Tapping one opens its door. */
export function SizeQuestion() {
  const { hub, kiosk } = useTerminal();
  const { view, act, busy, problem, local, setLocal, tracking, setTracking } = useVisit();
  const { t } = useTranslation('kiosk');
  const { recipient } = local;
  const choices = sizeChoices(view.free, kiosk.layouts, kiosk.bank);
  const isFull = choices.every(({ free, bigger, elsewhere }) => free === 0 && !bigger && !elsewhere);
  if (!recipient) return null;
  const choose = (size: SizeChoice['size']) => {
    const parcel = {
      unit: recipient.unit,
      resident: recipient.resident,
      size,
      ...(tracking ? { tracking } : {}),
    };
    void act(() => hub.addParcel(view.visit, parcel)).then((worked) => {
      if (!worked) return;
      setLocal({ recipient: null });
      setTracking(null);
    });
  };
  return (
    <Frame
      who={t('size.forWhom', { label: recipient.label })}
      onBack={() => setLocal({ recipient: null })}
      busy={busy}
      says={t('size.title')}
    >
      <Question>{isFull ? t('size.noneAtAll') : t('size.title')}</Question>
      <ProblemLine error={problem} />
      <div className={classes.sizes}>
        {choices.map((choice) => (
          <SizeButton
            key={choice.size}
            choice={choice}
            disabled={busy}
            onChoose={() => choose(choice.size)}
          />
        ))}
      </div>
    </Frame>
  );
}

interface SizeButtonProps {
  readonly choice: SizeChoice;
  readonly disabled: boolean;
  readonly onChoose: () => void;
}

function SizeButton({ choice, disabled, onChoose }: SizeButtonProps) {
  const { t } = useTranslation('kiosk');
  const { size, free, bigger, elsewhere, upTo } = choice;
  const isFull = free === 0 && !bigger && !elsewhere;
  const note = isFull
    ? t('size.none')
    : elsewhere
      ? t('size.elsewhere', { count: elsewhere.count, bank: elsewhere.bank })
      : bigger
        ? t('size.bigger', { size: bigger })
        : t('size.free', { count: free });
  return (
    <Button
      className={classes.size}
      variant="default"
      radius="lg"
      disabled={disabled || isFull}
      onClick={onChoose}
      data-choice="other"
    >
      {upTo && <BoxDrawing {...upTo} />}
      <span className={classes.sizeName}>{size}</span>
      <span>{note}</span>
      {upTo && <span className={classes.sizeNote}>{t('size.upTo', upTo)}</span>}
    </Button>
  );
}

/** The widest and highest that we draw, in cm: sizes are seen against each other. */
const DRAWN_CM = 80;

/** A box of true proportions, seen from above its corner. */
function BoxDrawing({ width, height, depth }: { width: number; height: number; depth: number }) {
  const aside = depth * 0.35;
  const up = depth * 0.25;
  const left = (DRAWN_CM + 20 - width - aside) / 2;
  const bottom = DRAWN_CM;
  const top = bottom - height;
  return (
    <svg className={classes.box} viewBox={`0 0 ${DRAWN_CM + 20} ${DRAWN_CM + 4}`} aria-hidden="true">
      <g
        fill="var(--mantine-color-brass-3)"
        stroke="var(--mantine-color-brass-8)"
        strokeWidth="1.2"
        strokeLinejoin="round"
      >
        <rect x={left} y={top} width={width} height={height} />
        <polygon
          fill="var(--mantine-color-brass-2)"
          points={`${left},${top} ${left + aside},${top - up} ${left + width + aside},${top - up} ${left + width},${top}`}
        />
        <polygon
          fill="var(--mantine-color-brass-5)"
          points={`${left + width},${top} ${left + width + aside},${top - up} ${left + width + aside},${bottom - up} ${left + width},${bottom}`}
        />
      </g>
    </svg>
  );
}
