/** What a part of the bench found, and how all of it is printed. */

/** One line of the table. */
export interface Row {
  readonly what: string;
  /** What the product needs, and what the floor or a peer needs for the same; in `unit`. */
  readonly product: number;
  readonly peer?: number;
  readonly unit: string;
  readonly digits?: number;
  readonly aim: string;
  /** Null where no aim is set: the figure stands beside others. */
  readonly met: boolean | null;
}

const HEAD = ['what', 'product', 'floor or peer', 'ratio', 'aim', ''] as const;

/** The rows under a head, in columns. */
export function formatTable(rows: readonly Row[]): string {
  const lines = [[...HEAD], ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => pad(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells({ what, product, peer, unit, digits = 2, aim, met }: Row): string[] {
  const amount = (value: number) => `${value.toFixed(digits)} ${unit}`.trimEnd();
  return [
    what,
    amount(product),
    peer === undefined ? '' : amount(peer),
    peer === undefined || peer === 0 ? '' : `${(product / peer).toFixed(2)} ×`,
    aim,
    met === null ? '' : met ? 'met' : 'MISSED',
  ];
}

/** Figures end in line, words begin in line. */
function pad(cell: string, width: number, column: number): string {
  return column >= 1 && column <= 3 ? cell.padStart(width) : cell.padEnd(width);
}
