import { memo, useId } from 'react';
import { type DrawnDoor, isSwung, type Look, lookOf } from './door-look.ts';
import classes from './drawing.module.css';
import type { DoorCell, Rect } from './geometry.ts';
import { type Sign, SignMark } from './signs.tsx';
import { leafCorners, OPEN_DEGREES, useSwing } from './swing.ts';

/** Half the gap between two doors. */
const GAP_MM = 5;

interface DoorProps {
  readonly cell: DoorCell;
  readonly door: DrawnDoor;
  /** The door to use: lit. */
  readonly lit: boolean;
  /** Another door is lit: stand back. */
  readonly quiet: boolean;
  /** Patterns live once in a drawing; `pattern('jammed')` is where. */
  readonly patterns: string;
}

/** One door: its compartment behind, its leaf, its number and what there is to say about it. */
export const Door = memo(function Door({ cell, door, lit, quiet, patterns }: DoorProps) {
  const look = lookOf(door);
  const degrees = useSwing(isSwung(look));
  const leaf: Rect = {
    x: cell.x + GAP_MM,
    y: cell.y + GAP_MM,
    width: cell.width - 2 * GAP_MM,
    height: cell.height - 2 * GAP_MM,
  };
  const corners = leafCorners(leaf, degrees);
  const points = corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const swung = degrees > 0;
  const holds = look === 'closed' && !lit && (door.parcels ?? 0) > 0;
  return (
    <g className={classes.door} data-look={look} data-lit={lit} data-quiet={quiet} data-holds={holds}>
      {lit && <Ring leaf={leaf} />}
      {swung && <Inside leaf={leaf} parcels={door.parcels ?? 0} />}
      <polygon className={classes.leaf} points={points} />
      {PATTERNED.has(look) && <polygon points={points} fill={`url(#${patterns}-${look})`} />}
      {swung && <polygon className={classes.shade} points={points} opacity={degrees / OPEN_DEGREES} />}
      {swung && <FreeEdge corners={corners} />}
      {!swung && holds && <HeldBand leaf={leaf} />}
      {!swung && <Handle leaf={leaf} />}
      <Face leaf={leaf} door={door} look={look} open={degrees > OPEN_DEGREES / 2} />
    </g>
  );
});

/** Looks that are told apart by a pattern too, not by colour alone. */
const PATTERNED: ReadonlySet<Look> = new Set([
  'jammed',
  'unknown',
  'unavailable',
  'out-of-service',
  'forced',
]);

/** Sizes that grow with the door, within what still reads well, in mm. */
function sizes(leaf: Rect) {
  const small = Math.min(leaf.height, leaf.width);
  return {
    number: Math.min(leaf.height * 0.46, leaf.width * 0.3, 120),
    // Beside the number a sign has the height of the door for itself.
    sign: Math.min(small * (isFlat(leaf) ? 0.66 : 0.4), 105),
  };
}

/** Whether a sign stands beside the number rather than below it. */
function isFlat(leaf: Rect): boolean {
  return leaf.height < 0.6 * leaf.width;
}

function Face(props: { leaf: Rect; door: DrawnDoor; look: Look; open: boolean }) {
  const { leaf, door, look, open } = props;
  const { number, sign } = sizes(leaf);
  const shown = signOf(door, look);
  const flat = isFlat(leaf);
  // An open leaf covers the left third: what is written stands beside it.
  const left = open ? leaf.x + leaf.width * 0.3 : leaf.x;
  const width = leaf.x + leaf.width - left;
  const middleY = leaf.y + leaf.height / 2;
  const beside = shown && flat;
  const numberX = left + width * (beside ? 0.34 : 0.5);
  const numberY = shown && !flat ? leaf.y + leaf.height * 0.36 : middleY;
  return (
    <g className={open ? classes.faceOpen : classes.face}>
      <text x={numberX} y={numberY} fontSize={number} className={classes.number}>
        {door.number}
      </text>
      {shown && (
        <SignMark
          sign={shown}
          size={sign}
          x={left + width * (beside ? 0.74 : 0.5)}
          y={beside ? middleY : leaf.y + leaf.height * 0.72}
          className={classes.sign}
        />
      )}
    </g>
  );
}

function signOf(door: DrawnDoor, look: Look): Sign | undefined {
  if (look !== 'closed' && look !== 'open') return look;
  if ((door.parcels ?? 0) > 0) return 'parcel';
  if (door.sensed === false && look === 'closed') return 'no-sensor';
  return undefined;
}

/** The compartment behind an open door, in one-point perspective. */
function Inside({ leaf, parcels }: { readonly leaf: Rect; readonly parcels: number }) {
  const inset = Math.min(leaf.width, leaf.height) * 0.16;
  const back: Rect = {
    x: leaf.x + inset,
    y: leaf.y + inset,
    width: leaf.width - 2 * inset,
    height: leaf.height - 2 * inset,
  };
  const right = leaf.x + leaf.width;
  const bottom = leaf.y + leaf.height;
  const backRight = back.x + back.width;
  const backBottom = back.y + back.height;
  const box = Math.min(back.width * 0.6, back.height * 0.75);
  return (
    <g>
      <rect {...leaf} className={classes.inside} />
      <polygon
        className={classes.insideFloor}
        points={`${leaf.x},${bottom} ${right},${bottom} ${backRight},${backBottom} ${back.x},${backBottom}`}
      />
      <rect {...back} className={classes.insideBack} />
      {parcels > 0 && (
        <rect
          className={classes.parcel}
          x={backRight - box}
          y={backBottom + inset / 2 - box * 0.7}
          width={box}
          height={box * 0.7}
        />
      )}
    </g>
  );
}

/** The fold of the sheet, towards the reader. */
function FreeEdge({ corners }: { readonly corners: ReturnType<typeof leafCorners> }) {
  const [, top, bottom] = corners;
  return <line className={classes.edge} x1={top[0]} y1={top[1]} x2={bottom[0]} y2={bottom[1]} />;
}

/** Something is behind this door: a band along its hinges that is seen where a sign is too small to read. */
function HeldBand({ leaf }: { readonly leaf: Rect }) {
  return (
    <rect className={classes.held} x={leaf.x} y={leaf.y} width={leaf.width * 0.09} height={leaf.height} />
  );
}

function Handle({ leaf }: { readonly leaf: Rect }) {
  const height = Math.min(leaf.height * 0.34, 90);
  return (
    <rect
      className={classes.handle}
      x={leaf.x + leaf.width - 24}
      y={leaf.y + (leaf.height - height) / 2}
      width={9}
      height={height}
      rx={4.5}
    />
  );
}

/** The light around the door to use. */
function Ring({ leaf }: { readonly leaf: Rect }) {
  return (
    <g className={classes.ring}>
      <rect x={leaf.x - 6} y={leaf.y - 6} width={leaf.width + 12} height={leaf.height + 12} rx={14} />
    </g>
  );
}

/** The patterns of a drawing; each drawing has its own ids, so that two on a page don't share. */
export function usePatterns(): string {
  return `pattern${useId().replace(/\W/g, '')}`;
}

export function Patterns({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern
        id={`${id}-jammed`}
        width="44"
        height="44"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width="14" height="44" className={classes.patternWarn} />
      </pattern>
      <pattern
        id={`${id}-forced`}
        width="30"
        height="30"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(-45)"
      >
        <rect width="10" height="30" className={classes.patternWarn} />
      </pattern>
      <pattern id={`${id}-unknown`} width="36" height="36" patternUnits="userSpaceOnUse">
        <circle cx="18" cy="18" r="6" className={classes.patternQuiet} />
      </pattern>
      <pattern id={`${id}-unavailable`} width="34" height="34" patternUnits="userSpaceOnUse">
        <path d="M0 34L34 0M0 0l34 34" className={classes.patternLines} />
      </pattern>
      <pattern id={`${id}-out-of-service`} width="30" height="30" patternUnits="userSpaceOnUse">
        <path d="M0 15h30" className={classes.patternLines} />
      </pattern>
    </defs>
  );
}
