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

const STEP: Record<Direction, readonly [number, number]> = {
  up: [0, -1],
  down: [0, 1],
  left: [-1, 0],
  right: [1, 0],
};

/** The door that an arrow key leads to: the nearest in that direction; straight ahead counts as nearer than aside. */
export function neighbour(doors: readonly DoorCell[], from: number, towards: Direction): number {
  const start = doors.find(({ number }) => number === from);
  if (!start) return doors[0]?.number ?? from;
  const [stepX, stepY] = STEP[towards];
  let best = from;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const door of doors) {
    const dx = door.x + door.width / 2 - start.x - start.width / 2;
    const dy = door.y + door.height / 2 - start.y - start.height / 2;
    const ahead = dx * stepX + dy * stepY;
    const aside = Math.abs(dx * stepY) + Math.abs(dy * stepX);
    if (door.number === from || ahead <= 0) continue;
    const distance = ahead + 2 * aside;
    if (distance < bestDistance) {
      best = door.number;
      bestDistance = distance;
    }
  }
  return best;
}
