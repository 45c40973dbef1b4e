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

/**
 * Beside the lobby: one door behind a small relay board, reached by the hub itself, and behind it shelves and pieces of
 * floor for what fits into no compartment.
 */
export const PACKAGE_ROOM: Layout = {
  bank: 'room',
  name: 'Package room',
  depthMm: 2_400,
  bottomMm: 0,
  columns: [
    {
      widthMm: 900,
      cells: [
        {
          number: 1,
          size: 'XL',
          heightMm: 2_000,
          zones: [
            { zone: 'A1', size: 'M', shelfMm: 450 },
            { zone: 'A2', size: 'M', shelfMm: 900 },
            { zone: 'B1', size: 'L', shelfMm: 450 },
            { zone: 'B2', size: 'L', shelfMm: 1_050 },
            { zone: 'Floor left', size: 'XL', shelfMm: 0, oversize: true },
            { zone: 'Floor middle', size: 'XL', shelfMm: 0, oversize: true },
            { zone: 'Floor right', size: 'XL', shelfMm: 0, oversize: true },
            { zone: 'Floor back', size: 'XL', shelfMm: 0, oversize: true },
          ],
        },
      ],
    },
  ],
};

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
  /** Present: they get text messages there, and mails only what those did not bring. */
  readonly phone?: string;
}

/** Of the mobile numbers that Germany keeps for films and the like: 0176 040690 and two digits (Bundesnetzagentur). */
function filmNumber(last: number): string {
  return `+4917604069${String(last).padStart(3, '0')}`;
}

/** From which the building's text messages come. */
export const BUILDING_PHONE = filmNumber(0);

/** Units whose people have given a number. */
const WITH_PHONE = ['2B', '3A', '4C', '5A', '6B'];

const NAMES: readonly (readonly [unit: string, name: string, language?: string])[] = [
  ['1A', 'Mara Olsen'],
  ['1B', 'Jonas Weber'],
  ['1C', 'Amina Haddad'],
  ['1D', 'Peter Novak'],
  ['2A', 'Grace Kim'],
  ['2B', 'Lucía Fernández', 'es'],
  ['2C', 'Samuel Adeyemi'],
  ['2D', 'Hanna Lindqvist'],
  ['3A', 'Omar Farouk', 'ar'],
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
  ...(WITH_PHONE.includes(unitName) ? { phone: filmNumber(1 + WITH_PHONE.indexOf(unitName)) } : {}),
}));

/** A short undo, so that a visitor sees the message come, and time to look around at the kiosk. */
export const POLICY = { undoMs: 4_000, idleMs: 120_000 } as const;
