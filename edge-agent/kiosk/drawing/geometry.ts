import type { Layout } from '@lockerhub/protocol/bank/layout.ts';

/** A rectangle on the drawing, in mm; `y` grows downwards from the top of the drawing. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface DrawnCell extends Rect {
  readonly column: number;
}
export interface DoorCell extends DrawnCell {
  readonly number: number;
}
export interface PanelCell extends DrawnCell {
  readonly panel: string;
}

/** A bank in true proportions: its body, its floor, its cells. */
export interface BankGeometry {
  readonly width: number;
  readonly height: number;
  readonly body: Rect;
  readonly floorY: number;
  /** By number. */
  readonly doors: readonly DoorCell[];
  readonly panels: readonly PanelCell[];
}

/** Space around the body, so that a door on the edge has room to swing. */
const MARGIN_MM = 70;
/** The sheet steel around the outer cells, as most banks have it. */
const FRAME_MM = 22;

export function bankGeometry(layout: Layout): BankGeometry {
  const heights = layout.columns.map(({ cells }) => cells.reduce((sum, { heightMm }) => sum + heightMm, 0));
  const bodyHeight = Math.max(...heights);
  const bottomY = MARGIN_MM + FRAME_MM + bodyHeight;
  const doors: DoorCell[] = [];
  const panels: PanelCell[] = [];
  let x = MARGIN_MM + FRAME_MM;
  for (const [column, { widthMm, cells }] of layout.columns.entries()) {
    let y = bottomY - (heights[column] ?? 0);
    for (const cell of cells) {
      const rect = { column, x, y, width: widthMm, height: cell.heightMm };
      if ('number' in cell) doors.push({ ...rect, number: cell.number });
      else panels.push({ ...rect, panel: cell.panel });
      y += cell.heightMm;
    }
    x += widthMm;
  }
  const floorY = bottomY + FRAME_MM + layout.bottomMm;
  return {
    width: x + FRAME_MM + MARGIN_MM,
    height: floorY + MARGIN_MM / 2,
    floorY,
    body: {
      x: MARGIN_MM,
      y: MARGIN_MM,
      width: x + FRAME_MM - MARGIN_MM,
      height: bottomY + FRAME_MM - MARGIN_MM,
    },
    doors: doors.sort((a, b) => a.number - b.number),
    panels,
  };
}

export type Direction = 'up' | 'down' | 'left' | 'right';

/** −1: up or left; 1: down or right. */
const STEP: Record<Direction, -1 | 1> = { up: -1, down: 1, left: -1, right: 1 };

const middle = ({ y, height }: Rect): number => y + height / 2;

const nearest = (doors: readonly DoorCell[], far: (door: DoorCell) => number): DoorCell | undefined =>
  doors.reduce<DoorCell | undefined>(
    (best, door) => (best && far(best) <= far(door) ? best : door),
    undefined,
  );

/**
 * The door that an arrow key leads to: the next one of the column, or the one beside it in the next column that has doors.
 * So all doors of a column are reached from each of them, and each column from the one beside it, however they are cut.
 *
 * @returns `from` where there is none in that direction.
 */
export function neighbour(doors: readonly DoorCell[], from: number, towards: Direction): number {
  const start = doors.find(({ number }) => number === from);
  if (!start) return doors[0]?.number ?? from;
  const step = STEP[towards];
  if (towards === 'up' || towards === 'down') {
    const ahead = doors.filter(({ column, y }) => column === start.column && (y - start.y) * step > 0);
    return nearest(ahead, ({ y }) => Math.abs(y - start.y))?.number ?? from;
  }
  const aside = doors.filter(({ column }) => (column - start.column) * step > 0);
  const next = nearest(aside, ({ column }) => Math.abs(column - start.column))?.column;
  const beside = aside.filter(({ column }) => column === next);
  return nearest(beside, (door) => Math.abs(middle(door) - middle(start)))?.number ?? from;
}
