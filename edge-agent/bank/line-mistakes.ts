/** What in a bank file's lines contradicts the rest of it: two that cannot be, and buses that nobody can share. */
import { LOCK_DUTIES, type LockDuty } from '../devices/pulse.ts';

export interface Contradiction {
  readonly path: (string | number)[];
  readonly message: string;
}

interface LineEntry {
  readonly id: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly serial?: { readonly path: string } | undefined;
  readonly supply?: string | undefined;
  readonly locks?: LockDuty | undefined;
  readonly units?: readonly { readonly unit: number }[] | undefined;
}

/** What of a bank file bears on its lines. */
interface FileOfLines {
  readonly lines: readonly LineEntry[];
  readonly supplies: Readonly<Record<string, unknown>>;
  readonly wiring: readonly {
    readonly line: string;
    readonly unit: number;
    readonly sensor: 'none' | { readonly line?: string | undefined; readonly unit?: number | undefined };
  }[];
  readonly emergency?: { readonly line: string; readonly unit: number } | undefined;
}

/** Ids that a unit on a serial line may have; 0 speaks to all, and those above are reserved (MODBUS over Serial Line V1.02, section 2.2). */
const SERIAL_UNIT_MIN = 1;
const SERIAL_UNIT_MAX = 247;

/** The mistakes of all lines that can be seen without the profiles. */
export function lineMistakes(file: FileOfLines): Contradiction[] {
  const { lines, supplies, wiring } = file;
  const driving = new Set(wiring.map(({ line }) => line));
  const found: Contradiction[] = [];
  for (const [index, line] of lines.entries()) {
    const at = (key: string, message: string) => found.push({ path: ['lines', index, key], message });
    const earlier = lines.slice(0, index);
    if (earlier.some(({ id }) => id === line.id)) at('id', `there is another line "${line.id}"`);
    if (line.supply !== undefined && !supplies[line.supply]) {
      at('supply', `no supply "${line.supply}"; describe it under supplies`);
    }
    if (line.locks === undefined && driving.has(line.id)) {
      at('locks', `say how the locks on this line stand being energised: ${LOCK_DUTIES.join(', ')}`);
    }
    for (const { key, message } of reachMistakes(line, earlier)) at(key, message);
  }
  return [...found, ...unitMistakes(file)];
}

/** How a line is reached: by host or by serial port, and a port by one line alone. */
function reachMistakes(line: LineEntry, earlier: readonly LineEntry[]): { key: string; message: string }[] {
  const { host, port, serial } = line;
  if (!serial) {
    return host === undefined ? [{ key: 'host', message: 'say host (Modbus TCP) or serial (a bus)' }] : [];
  }
  if (host !== undefined) return [{ key: 'host', message: 'a line has either host or serial; remove one' }];
  if (port !== undefined) return [{ key: 'port', message: 'is a TCP port, and this line is a serial bus' }];
  const other = earlier.find((one) => one.serial?.path === serial.path);
  if (!other) return [];
  const message = `line "${other.id}" has ${serial.path} already; put all its units on that line`;
  return [{ key: 'serial', message }];
}

function unitMistakes({ lines, wiring, emergency }: FileOfLines): Contradiction[] {
  const serial = new Set(lines.flatMap(({ id, serial }) => (serial ? [id] : [])));
  const named: [unit: number | undefined, line: string, path: (string | number)[]][] = [
    ...wiring.flatMap(({ line, unit, sensor }, index): typeof named => [
      [unit, line, ['wiring', index, 'unit']],
      ...(sensor === 'none' || sensor.unit === undefined
        ? []
        : ([[sensor.unit, sensor.line ?? line, ['wiring', index, 'sensor', 'unit']]] satisfies typeof named)),
    ]),
    ...lines.flatMap(({ id, units = [] }, index) =>
      units.map(({ unit }, at): (typeof named)[number] => [unit, id, ['lines', index, 'units', at, 'unit']]),
    ),
    [emergency?.unit, emergency?.line ?? '', ['emergency', 'unit']],
  ];
  const impossible = named.flatMap(([unit, line, path]) =>
    unit === undefined || !serial.has(line) || (unit >= SERIAL_UNIT_MIN && unit <= SERIAL_UNIT_MAX)
      ? []
      : [
          {
            path,
            message: `a unit on a serial line has a number from ${SERIAL_UNIT_MIN} to ${SERIAL_UNIT_MAX}`,
          },
        ],
  );
  return [...impossible, ...lines.flatMap(({ units = [] }, index) => duplicates(units, index))];
}

function duplicates(units: readonly { unit: number }[], line: number): Contradiction[] {
  return units.flatMap(({ unit }, at) =>
    units.findIndex((one) => one.unit === unit) === at
      ? []
      : [
          {
            path: ['lines', line, 'units', at, 'unit'],
            message: `unit ${unit} is named twice; two devices of one id cannot share a line: give one another id`,
          },
        ],
  );
}
