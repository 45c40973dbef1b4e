import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Choice } from '../frame/choice.tsx';
import { Frame, Question } from '../frame/frame.tsx';
import { ProblemLine } from '../frame/problem-line.tsx';
import { useTerminal } from '../terminal/terminal-context.ts';
import { hasNoPlace } from '../terminal/terminal-error.ts';
import type { Local } from '../visit/screen.ts';
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
  const largest = choices.at(-1)?.size ?? 'XL';
  if (!recipient) return null;
  /** Beside what goes on: no door waits for a photo. */
  const keepLabel = (added: VisitView, { label }: Local) => {
    if (label === null || label === 'none') return;
    const known = new Set(view.stops.map(({ delivery }) => delivery));
    const stop = added.stops.find(({ delivery, takenBack }) => !known.has(delivery) && takenBack === null);
    if (!stop) return;
    const kept =
      label instanceof Blob
        ? hub.keepPhoto(view.visit, stop.delivery, label)
        : hub.keepWords(view.visit, stop.delivery, label);
    kept.catch(() => setLocal({ labelLost: true }));
  };
  const choose = (size: SizeChoice['size'], oversize = false) => {
    const parcel = {
      unit: recipient.unit,
      resident: recipient.resident,
      // Who is chosen by unit alone may not be in the list: then staff find out.
      unknown: recipient.resident === null,
      oversize,
      size,
      ...(tracking ? { tracking } : {}),
    };
    const add = () =>
      hub.addParcel(view.visit, parcel).then(
        (added) => {
          keepLabel(added, local);
          return added;
        },
        (why: unknown) => {
          if (hasNoPlace(why)) setLocal({ noPlace: { size, why } });
          throw why;
        },
      );
    void act(add).then((worked) => {
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
      <Question>{isFull ? t(kiosk.desk ? 'size.noneAtAll' : 'size.noneNoDesk') : t('size.title')}</Question>
      <ProblemLine error={problem} />
      <div className={classes.sizes}>
        {choices.map((choice) => (
          <SizeButton
            key={choice.size}
            choice={choice}
            most={mostOf(choices)}
            disabled={busy}
            onChoose={() => choose(choice.size)}
          />
        ))}
      </div>
      <Choice small disabled={busy} onChoose={() => choose(largest, true)}>
        {t('size.oversize')}
      </Choice>
    </Frame>
  );
}

interface SizeButtonProps {
  readonly choice: SizeChoice;
  readonly most: Box;
  readonly disabled: boolean;
  readonly onChoose: () => void;
}

function SizeButton({ choice, most, disabled, onChoose }: SizeButtonProps) {
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
      // What is full may still be shared with what waits for the same people, or go to the desk.
      disabled={disabled}
      onClick={onChoose}
      data-choice="other"
    >
      {upTo && <BoxDrawing box={upTo} most={most} />}
      <span className={classes.sizeName}>{size}</span>
      <span>{note}</span>
      {upTo && <span className={classes.sizeNote}>{t('size.upTo', upTo)}</span>}
    </Button>
  );
}

type Box = NonNullable<SizeChoice['upTo']>;

/** How much of its depth a box shows aside and upwards, as one draws a box. */
const ASIDE = 0.35;
const UP = 0.25;

/** The box around all boxes: they are drawn to one scale, so that sizes are seen against each other. */
function mostOf(choices: readonly SizeChoice[]): Box {
  const boxes = choices.flatMap(({ upTo }) => upTo ?? []);
  const most = (side: keyof Box) => Math.max(...boxes.map((box) => box[side]));
  return { width: most('width'), height: most('height'), depth: most('depth') };
}

/** A box of true proportions, seen from above its corner. */
function BoxDrawing({ box, most }: { readonly box: Box; readonly most: Box }) {
  const { width, height } = box;
  const aside = box.depth * ASIDE;
  const up = box.depth * UP;
  const drawnWidth = most.width + most.depth * ASIDE;
  const drawnHeight = most.height + most.depth * UP;
  const left = (drawnWidth - width - aside) / 2;
  const bottom = drawnHeight;
  const top = bottom - height;
  return (
    <svg className={classes.box} viewBox={`-1 -1 ${drawnWidth + 2} ${drawnHeight + 2}`} aria-hidden="true">
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
