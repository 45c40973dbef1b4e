/** A building for the pictures of the kiosk's screens: two banks, a courier, a resident; views as the hub sends them. */
import { describePlace, Layout } from '@lockerhub/protocol/bank/layout.ts';
import { OwnDelegates } from '@lockerhub/protocol/http/delegates.ts';
import {
  KioskView,
  type Recipient,
  type StopStep,
  StopView,
  VisitView,
} from '@lockerhub/protocol/http/visit.ts';
import type { z } from 'zod';

const id = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;

const S = (number: number) => ({ number, size: 'S', heightMm: 150 }) as const;
const M = (number: number) => ({ number, size: 'M', heightMm: 300 }) as const;
const L = (number: number) => ({ number, size: 'L', heightMm: 450 }) as const;
const XL = (number: number) => ({ number, size: 'XL', heightMm: 900 }) as const;

export const HALL = Layout.parse({
  bank: 'hall',
  name: 'Hall',
  depthMm: 600,
  bottomMm: 100,
  columns: [
    { widthMm: 450, cells: [S(1), S(2), M(3), M(4), XL(5)] },
    { widthMm: 450, cells: [M(6), { panel: 'screen', heightMm: 600 }, M(7), M(8), M(9)] },
    { widthMm: 450, cells: [L(10), L(11), L(12), L(13)] },
    { widthMm: 450, cells: [S(14), S(15), S(16), S(17), M(18), XL(19)] },
  ],
});
export const GARAGE = Layout.parse({
  bank: 'garage',
  name: 'Garage',
  depthMm: 500,
  columns: [{ widthMm: 500, cells: [M(1), M(2), L(3)] }],
});

export function kioskView(change: Partial<KioskView> = {}): KioskView {
  return KioskView.parse({
    terminal: id(1),
    building: 'Linden Court',
    bank: 'hall',
    language: 'en',
    clock: 'trusted',
    layouts: [HALL, GARAGE],
    idleMs: 45_000,
    warnMs: 15_000,
    ...change,
  });
}

/** A stop at a door; what may be done about it as the hub would say, unless changed. */
export function stop(
  number: number,
  step: StopStep,
  change: Partial<z.input<typeof StopView>> = {},
  layout: Layout = HALL,
): StopView {
  const words = describePlace(layout, number);
  if (!words) throw new Error(`${layout.name} has no door ${number}`);
  const { columnFromLeft, columns, band } = words;
  return StopView.parse({
    delivery: id(100 + number),
    unitName: '12B',
    size: 'M',
    step,
    place: { bank: layout.bank, bankName: layout.name, compartment: number, columnFromLeft, columns, band },
    sensed: true,
    openTooLong: false,
    attemptsLeft: 0,
    canOpen: false,
    canOtherDoor: false,
    canUndo: false,
    canReportMissing: false,
    answerInMs: null,
    ...change,
  });
}

/** A parcel in the package room behind a door of the hall. */
export function inRoom(
  number: number,
  zones: readonly [string, ...string[]],
  change: Partial<z.input<typeof StopView>> = {},
): StopView {
  const { place, ...rest } = stop(number, 'open', change);
  return { ...rest, place: place && { ...place, zone: zones[0] }, zones: [...zones], together: zones.length };
}

/** Parcels of one resident on several zones of one room, which stands open to all of them. */
export function acrossRoom(
  number: number,
  zones: readonly string[],
  change: Partial<z.input<typeof StopView>> = {},
): StopView[] {
  return zones.map((zone, at) => {
    const one = inRoom(number, [zone], { delivery: id(500 + at), canReportMissing: true, ...change });
    return { ...one, zones: [...zones], together: zones.length };
  });
}

export function courier(stops: StopView[], change: Partial<VisitView> = {}): VisitView {
  return VisitView.parse({
    visit: id(2),
    kind: 'courier',
    state: 'open',
    endReason: null,
    who: 'Blue Parcel',
    language: 'en',
    free: [
      { bank: 'hall', size: 'S', count: 0 },
      { bank: 'hall', size: 'M', count: 6 },
      { bank: 'hall', size: 'L', count: 1 },
      { bank: 'hall', size: 'XL', count: 0 },
      { bank: 'garage', size: 'L', count: 1 },
    ],
    stops,
    endsInMs: 60_000,
    newcomer: false,
    ownCode: null,
    ...change,
  });
}

export function resident(stops: StopView[], change: Partial<VisitView> = {}): VisitView {
  return VisitView.parse({ ...courier(stops), kind: 'resident', who: '12B', free: [], ...change });
}

export const PEOPLE: Recipient[] = [
  { unit: id(20), unitName: '12B', resident: id(21), label: 'M. Okonkwo' },
  { unit: id(20), unitName: '12B', resident: id(22), label: 'A. Lindqvist' },
  { unit: id(23), unitName: '12C', resident: null, label: 'Anybody' },
  { unit: id(24), unitName: '112', resident: id(25), label: 'S. Papadopoulou-Fernández' },
  { unit: id(26), unitName: '121', resident: id(27), label: 'R. Ito' },
];

/** Of the resident of 12B, who goes away for a week and lets two people collect. */
export function ownDelegates(): OwnDelegates {
  const fromMs = Date.UTC(2026, 5, 1, 10);
  const window = { fromMs, untilMs: fromMs + 7 * 86_400_000 };
  return OwnDelegates.parse({
    unitName: '12B',
    delegates: [
      { delegate: id(50), delivery: null, ...window, blocked: 1 },
      { delegate: id(51), delivery: id(60), ...window, blocked: 0 },
    ],
    parcels: [
      { delivery: id(60), size: 'M', sinceMs: fromMs, bankName: 'Hall' },
      { delivery: id(61), size: 'L', sinceMs: null, bankName: null },
    ],
    channels: ['email', 'sms'],
    mostMs: 14 * 86_400_000,
  });
}
