/** What a scan found, as the console shows it. */
import type {
  ScanHint,
  ScanPass,
  ScanReport,
  ScanSpeed,
  ScanVerdict,
} from '@lockerhub/protocol/bank/scan.ts';

const VERDICTS: Readonly<Record<ScanVerdict, string>> = {
  answers: 'answers',
  'two-answer': 'TWO ANSWER: two devices have this id',
  garbled: 'something answers that cannot be read',
};

const HINTS: Readonly<Record<ScanHint, string>> = {
  'swapped-ab':
    'The idle line is heard as zeros: A and B are probably swapped. Exchange the two wires and scan again.',
  nobody:
    'Nobody answers. Look at power and wires; exchange A and B; then try another speed (--baud) or more time (--timeout).',
  'wrong-speed':
    'Something answers that cannot be read: wrong speed or parity, a missing ground, or A and B swapped.',
  'two-answer': 'Two devices have one id. Unplug one, give it another id, and scan again.',
  noise: 'Somebody speaks without being asked: another master on this line, or a device that babbles.',
  echo: 'The adapter hears what it sends. Switch its echo off: an agent does not drive such a line.',
  'any-unit':
    'The device answers whatever id it is asked by: its ids mean nothing, use the one of its papers.',
};

/** `9600 8N1` */
export function speedInWords({ baud, parity, stopBits }: ScanSpeed): string {
  return `${baud} 8${parity.charAt(0).toUpperCase()}${stopBits}`;
}

/** The table at the end, and what to look at. */
export function inWords({ passes, hints, complete }: ScanReport): string {
  const lines = passes.flatMap(passInWords);
  if (lines.length === 0) lines.push('No id answered.');
  return [
    ...lines,
    ...hints.map((hint) => HINTS[hint]),
    ...(complete ? [] : ['Stopped before the end.']),
  ].join('\n');
}

function passInWords({ speed, units }: ScanPass): string[] {
  if (units.length === 0) return [];
  const rows = units.map(({ unit, verdict, areas, profiles }) => [
    String(unit),
    VERDICTS[verdict],
    areas.join(' ') || '-',
    profiles.join(' ') || '-',
  ]);
  const table = [['id', 'verdict', 'gave values of', 'may be (a hint)'], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const titles = speed ? [`at ${speedInWords(speed)}:`] : [];
  return [
    ...titles,
    ...table.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  ];
}
