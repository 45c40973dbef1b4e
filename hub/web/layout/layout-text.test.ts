import { expect, it } from 'vitest';
import { addColumn, addDoor, changeDoor, changeWidth, layoutOf, removeCell } from './layout-text.ts';

const TEXT = `# by the stairs
layout:
  bank: hall
  name: Hall
  depthMm: 500
  columns:
    - widthMm: 450
      cells:
        - { number: 1, size: S, heightMm: 150 } # sticks a little
        - { number: 2, size: M, heightMm: 200 }
wiring:
  - { compartment: 1, line: plc, unit: 1, output: 1, sensor: none }
  - { compartment: 2, line: plc, unit: 1, output: 2, sensor: none }
`;

it('changes a door, its label in the wiring too, and leaves comments alone', () => {
  const text = changeDoor(TEXT, 0, 0, { number: 7, size: 'L', heightMm: 400 });
  expect(layoutOf(text)?.columns[0]?.cells[0]).toEqual({ number: 7, size: 'L', heightMm: 400 });
  expect(text).toContain('compartment: 7, line: plc, unit: 1, output: 1');
  expect(text).toContain('# sticks a little');
  expect(text).toContain('# by the stairs');
});

it('adds doors and columns with the next number', () => {
  const text = addColumn(addDoor(TEXT, 0));
  expect(layoutOf(text)?.columns.map(({ cells }) => cells.length)).toEqual([3, 1]);
  expect(layoutOf(text)?.columns[1]?.cells[0]).toMatchObject({ number: 4 });
  expect(layoutOf(changeWidth(text, 1, 300))?.columns[1]?.widthMm).toBe(300);
});

it('takes a door out with its wiring, and a column that becomes empty', () => {
  const text = removeCell(addColumn(TEXT), 0, 1);
  expect(text).not.toContain('compartment: 2');
  expect(layoutOf(removeCell(text, 1, 0))?.columns.length).toBe(1);
});

it('knows no layout where there is none', () => {
  expect(layoutOf('layout: [')).toBeNull();
  expect(layoutOf('')).toBeNull();
  expect(layoutOf(changeDoor(TEXT, 0, 0, { number: 2 }))).toBeNull();
});
