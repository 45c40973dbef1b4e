import { describePlace, type Layout, placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { placeInWords } from '../words/place.ts';
import { Door, Patterns, usePatterns } from './door.tsx';
import { type DrawnDoor, isSwung, lookOf } from './door-look.ts';
import classes from './drawing.module.css';
import { bankGeometry, type Direction, type DoorCell, neighbour, type PanelCell } from './geometry.ts';

interface BankDrawingProps {
  readonly layout: Layout;
  /** What is known of the doors; a door that is not among them is drawn closed. */
  readonly doors?: readonly DrawnDoor[];
  /** The doors to use: lit, the others stand back. */
  readonly use?: readonly number[];
  /** Makes each door a button. */
  readonly onDoor?: (number: number) => void;
  /** The door that a reader has chosen, e.g. whose story is shown beside. */
  readonly chosen?: number | undefined;
}

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

const NONE: readonly never[] = [];

/**
 * A bank as it stands in the building, from its layout: true proportions, numbers, what each door is doing, doors
 * that swing open. It fills what it is put in, keeping its proportions.
 *
 * To a screen reader it is a picture with a name, or, with `onDoor`, a group of buttons with one tab stop: arrow
 * keys go from door to door as they hang.
 */
export function BankDrawing({ layout, doors = NONE, use = NONE, onDoor, chosen }: BankDrawingProps) {
  const geometry = useMemo(() => bankGeometry(layout), [layout]);
  const byNumber = useMemo(() => new Map(doors.map((door) => [door.number, door])), [doors]);
  const [tabStop, setTabStop] = useState(geometry.doors[0]?.number ?? 0);
  const svg = useRef<SVGSVGElement>(null);
  const patterns = usePatterns();
  const name = useDoorNames(layout, use);

  const go = (event: KeyboardEvent, from: number) => {
    const towards = ARROWS[event.key];
    if (towards) {
      const next = neighbour(geometry.doors, from, towards);
      setTabStop(next);
      svg.current?.querySelector<SVGGElement>(`[data-door="${next}"]`)?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') onDoor?.(from);
    else return;
    event.preventDefault();
  };

  const drawn = geometry.doors
    .map((cell): [DoorCell, DrawnDoor] => [cell, byNumber.get(cell.number) ?? plain(cell.number)])
    // An open leaf hangs over its neighbours, so it is drawn after them.
    .sort(([, a], [, b]) => Number(isSwung(lookOf(a))) - Number(isSwung(lookOf(b))));

  return (
    <svg
      ref={svg}
      className={classes.bank}
      viewBox={`0 0 ${geometry.width} ${geometry.height}`}
      role={onDoor ? 'group' : 'img'}
      aria-label={name.bank(use)}
    >
      <Patterns id={patterns} />
      <Body geometry={geometry} />
      {geometry.panels.map((panel) => (
        <PanelDrawing key={`${panel.column}-${panel.y}`} cell={panel} />
      ))}
      {drawn.map(([cell, door]) => {
        const drawing = (
          <Door
            cell={cell}
            door={door}
            lit={use.includes(cell.number)}
            quiet={use.length > 0 && !use.includes(cell.number)}
            patterns={patterns}
          />
        );
        if (!onDoor) return <g key={cell.number}>{drawing}</g>;
        return (
          // biome-ignore lint/a11y/useSemanticElements: there is no button within SVG
          <g
            key={cell.number}
            className={classes.button}
            role="button"
            tabIndex={cell.number === tabStop ? 0 : -1}
            data-door={cell.number}
            aria-label={name.door(door)}
            aria-pressed={chosen === undefined ? undefined : chosen === cell.number}
            onClick={() => onDoor(cell.number)}
            onFocus={() => setTabStop(cell.number)}
            onKeyDown={(event) => go(event, cell.number)}
          >
            {drawing}
            <rect
              className={classes.focus}
              data-chosen={chosen === cell.number}
              x={cell.x}
              y={cell.y}
              width={cell.width}
              height={cell.height}
              rx={12}
            />
          </g>
        );
      })}
    </svg>
  );
}

function plain(number: number): DrawnDoor {
  return { number, door: 'closed' };
}

function isOfRoom(layout: Layout, number: number): boolean {
  return placedCompartments(layout).some((door) => door.number === number && door.zones !== undefined);
}

/** What a screen reader says: the bank with the doors to use, and each door with its place and all its states. */
function useDoorNames(layout: Layout, use: readonly number[]) {
  const { t } = useTranslation('doors');
  const place = (number: number) => {
    const words = describePlace(layout, number);
    return words ? placeInWords(t, words, isOfRoom(layout, number)) : t('door', { number });
  };
  return {
    bank: (lit: readonly number[]) => [t('bank', { name: layout.name }), ...lit.map(place)].join('. '),
    door: (door: DrawnDoor) => {
      const state = [t(`state.${door.door}`)];
      if (door.sensed === false && door.door !== 'unsensed') state.push(t('state.unsensed'));
      if (door.parcels) state.push(t('parcelInside'));
      if (door.inService === false) state.push(t('outOfService'));
      if (use.includes(door.number)) state.push(t('useThis'));
      return t('named', { door: place(door.number), state: state.join(', ') });
    },
  };
}

function Body({ geometry }: { readonly geometry: ReturnType<typeof bankGeometry> }) {
  const { body, floorY, width } = geometry;
  const bottom = body.y + body.height;
  return (
    <g>
      <rect
        className={classes.plinth}
        x={body.x + 24}
        y={bottom - 8}
        width={body.width - 48}
        height={floorY - bottom + 8}
      />
      <rect className={classes.body} {...body} rx={16} />
      <line className={classes.floor} x1={8} x2={width - 8} y1={floorY} y2={floorY} />
    </g>
  );
}

/** A cell that is no door: a screen looks like one, anything else is a panel with slats. */
function PanelDrawing({ cell }: { readonly cell: PanelCell }) {
  const { x, y, width, height } = cell;
  if (!/screen/i.test(cell.panel)) {
    const slats = Math.min(5, Math.floor(height / 60));
    return (
      <g>
        <rect className={classes.panel} x={x + 5} y={y + 5} width={width - 10} height={height - 10} rx={6} />
        {Array.from({ length: slats }, (_, slat) => y + height / 2 + (slat - (slats - 1) / 2) * 26).map(
          (slatY) => (
            <line
              key={slatY}
              className={classes.slat}
              x1={x + width * 0.25}
              x2={x + width * 0.75}
              y1={slatY}
              y2={slatY}
            />
          ),
        )}
      </g>
    );
  }
  const screenHeight = Math.min(height * 0.7, width * 0.62);
  const top = y + (height - screenHeight) / 2;
  const middleY = top + screenHeight / 2;
  return (
    <g>
      <rect className={classes.panel} x={x + 5} y={y + 5} width={width - 10} height={height - 10} rx={6} />
      <rect
        className={classes.screen}
        x={x + width * 0.12}
        y={top}
        width={width * 0.76}
        height={screenHeight}
        rx={14}
      />
      <path
        className={classes.screenLight}
        d={`M${x + width * 0.24} ${middleY - 18}h${width * 0.3}M${x + width * 0.24} ${middleY + 18}h${width * 0.46}`}
      />
    </g>
  );
}
