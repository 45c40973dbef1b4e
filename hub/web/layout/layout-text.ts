/**
 * A bank file's text as the editor changes it: every edit is an edit of the YAML, so that comments, order and all
 * that the editor does not know stay as somebody wrote them.
 */
import { Layout, type Size } from '@lockerhub/protocol/bank/layout.ts';
import { type Document, parseDocument } from 'yaml';

/** The size and height of a door that is added: the commonest. */
const NEW_DOOR = { size: 'M', heightMm: 220 } as const;
const NEW_COLUMN_MM = 450;

/** The layout that a text describes, or null where it describes none; the hub says why, by line and key. */
export function layoutOf(text: string): Layout | null {
  const document = parseDocument(text);
  if (document.errors.length > 0) return null;
  const { layout } = (document.toJS() ?? {}) as { layout?: unknown };
  return Layout.safeParse(layout).data ?? null;
}

/** What of a door can be changed. */
export interface DoorChange {
  readonly number?: number;
  readonly size?: Size;
  readonly heightMm?: number;
}

/** Changes one door; a new number goes into the wiring too. */
export function changeDoor(text: string, column: number, cell: number, change: DoorChange): string {
  return edit(text, (document) => {
    const path = ['layout', 'columns', column, 'cells', cell];
    const before = document.getIn([...path, 'number']);
    for (const [key, value] of Object.entries(change)) document.setIn([...path, key], value);
    if (change.number === undefined) return;
    for (const index of wiringOf(document, before)) {
      document.setIn(['wiring', index, 'compartment'], change.number);
    }
  });
}

/** Adds a door at the bottom of a column, with the next free number. Its wiring is for the installer to write. */
export function addDoor(text: string, column: number): string {
  return edit(text, (document) => {
    const number = highestNumber(text) + 1;
    document.addIn(['layout', 'columns', column, 'cells'], document.createNode({ number, ...NEW_DOOR }));
  });
}

/** Takes a cell out, with the wiring of its door, and its column if that becomes empty. */
export function removeCell(text: string, column: number, cell: number): string {
  return edit(text, (document) => {
    const path = ['layout', 'columns', column, 'cells'];
    const number = document.getIn([...path, cell, 'number']);
    for (const index of wiringOf(document, number).toReversed()) document.deleteIn(['wiring', index]);
    document.deleteIn([...path, cell]);
    const { items } = document.getIn(path) as { items: unknown[] };
    if (items.length === 0) document.deleteIn(['layout', 'columns', column]);
  });
}

/** Adds a column of one door at the right. */
export function addColumn(text: string): string {
  return edit(text, (document) => {
    const cells = [{ number: highestNumber(text) + 1, ...NEW_DOOR }];
    document.addIn(['layout', 'columns'], document.createNode({ widthMm: NEW_COLUMN_MM, cells }));
  });
}

/** Changes the width of a column. */
export function changeWidth(text: string, column: number, widthMm: number): string {
  return edit(text, (document) => document.setIn(['layout', 'columns', column, 'widthMm'], widthMm));
}

function edit(text: string, change: (document: Document) => void): string {
  const document = parseDocument(text);
  change(document);
  return document.toString();
}

/** Where a compartment is wired: once, or in a text with mistakes oftener. */
function wiringOf(document: Document, number: unknown): number[] {
  const { wiring } = (document.toJS() ?? {}) as { wiring?: readonly { compartment?: unknown }[] };
  if (!Array.isArray(wiring) || number === undefined) return [];
  return wiring.flatMap((entry, index) => (entry?.compartment === number ? [index] : []));
}

function highestNumber(text: string): number {
  const cells = layoutOf(text)?.columns.flatMap((column) => column.cells) ?? [];
  return Math.max(0, ...cells.map((cell) => ('number' in cell ? cell.number : 0)));
}
