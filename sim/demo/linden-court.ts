/** Linden Court: the building of the demo. Everything in it is made up. */
import type { Layout, Size } from '@lockerhub/protocol/bank/layout.ts';

export const BUILDING = {
  slug: 'linden-court',
  name: 'Linden Court',
  timeZone: 'Europe/Berlin',
  language: 'en',
} as const;

/** Heights of doors by size; a column has 1,680 mm. */
const HEIGHT_MM: Record<Size, number> = { S: 140, M: 220, L: 400, XL: 680 };

/** Doors numbered on from `first`, from top to bottom. */
function doors(first: number, sizes: readonly Size[]) {
  return sizes.map((size, index) => ({ number: first + index, size, heightMm: HEIGHT_MM[size] }));
}

/** In the entrance hall: 29 doors behind one relay board that times its pulses, reached by the hub itself. */
export const LOBBY: Layout = {
  bank: 'lobby',
  name: 'Lobby',
  depthMm: 500,
  bottomMm: 100,
  columns: [
    { widthMm: 450, cells: doors(1, ['S', 'S', 'S', 'M', 'M', 'S', 'S', 'S', 'L']) },
    { widthMm: 450, cells: [{ panel: 'Screen', heightMm: 700 }, ...doors(10, ['M', 'M', 'S', 'L'])] },
    { widthMm: 450, cells: doors(14, ['S', 'S', 'S', 'M', 'M', 'S', 'S', 'S', 'L']) },
    { widthMm: 450, cells: doors(23, ['M', 'M', 'S', 'S', 'S', 'S', 'XL']) },
  ],
};

/** In the garage: 13 doors behind a PLC with plain coils, reached by an agent of its own. */
export const GARAGE: Layout = {
  bank: 'garage',
  name: 'Garage',
  depthMm: 600,
  bottomMm: 100,
  columns: [
    { widthMm: 450, cells: doors(1, ['S', 'S', 'S', 'S', 'M', 'M', 'XL']) },
    { widthMm: 450, cells: doors(8, ['M', 'M', 'M', 'M', 'L', 'L']) },
  ],
};

/** The garage's big door has no contact: the hub only ever hears that it was pulsed. */
export const UNSENSED_GARAGE_DOOR = 7;

export const CARRIERS = [
  { carrier: 'Northline Parcel', name: 'Ines Duarte' },
  { carrier: 'City Post', name: 'Tom Becker' },
  { carrier: 'Green Wheels', name: 'Aiko Mori' },
] as const;

/** Who lives where. The address is where the demo's mailbox takes mail for them. */
export interface Neighbour {
  readonly unitName: string;
  readonly name: string;
  readonly language: string;
  readonly email: string;
}

const NAMES: readonly (readonly [unit: string, name: string, language?: string])[] = [
  ['1A', 'Mara Olsen'],
  ['1B', 'Jonas Weber'],
  ['1C', 'Amina Haddad'],
  ['1D', 'Peter Novak'],
  ['2A', 'Grace Kim'],
  ['2B', 'Lucía Fernández', 'es'],
  ['2C', 'Samuel Adeyemi'],
  ['2D', 'Hanna Lindqvist'],
  ['3A', 'Omar Farouk'],
  ['3B', 'Elena Petrova'],
  ['3C', 'Daniel Cohen'],
  ['3D', 'Priya Raman'],
  ['4A', 'Thomas Müller'],
  ['4B', 'Chiara Rossi'],
  ['4C', 'Minh Tran'],
  ['4D', 'Kateryna Bondar'],
  ['5A', 'Noah Williams'],
  ['5B', 'Fatou Diallo'],
  ['5C', 'Mateo Silva', 'es'],
  ['5D', 'Ingrid Berg'],
  ['6A', 'Yusuf Demir'],
  ['6B', 'Charlotte Dubois'],
  ['6C', 'Arjun Patel'],
  ['6D', 'Zofia Kowalska'],
];

export const NEIGHBOURS: readonly Neighbour[] = NAMES.map(([unitName, name, language = 'en']) => ({
  unitName,
  name,
  language,
  email: `${unitName.toLowerCase()}@linden-court.example`,
}));

/** A short undo, so that a visitor sees the message come, and time to look around at the kiosk. */
export const POLICY = { undoMs: 4_000, idleMs: 120_000 } as const;
