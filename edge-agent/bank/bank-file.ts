/** The file that describes a bank: what it looks like, its lines, and how its compartments are wired to them. */
import { Layout, placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { CompartmentNumber, Slug, UnitId } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { readYaml } from '../devices/checked-yaml.ts';
import { Profile } from '../devices/profile.ts';
import { SERIAL_SETTINGS } from '../devices/profile-parts.ts';
import { LOCK_DUTIES } from '../devices/pulse.ts';
import { PULSE_CAP_MS } from '../devices/pulse-methods.ts';
import { type Contradiction, lineMistakes } from './line-mistakes.ts';

/** A point as the device's papers number it; the profile says where they begin. */
const PointNumber = z.int().min(0).max(0xffff);

/** The name of a profile that comes with the agent, or a whole profile. */
const ProfileChoice = z.union([z.string().min(1), Profile]);

/** A serial port, and how all units on it are set: as their profiles say, unless it is said here. */
const SerialPortEntry = z.strictObject({
  path: z.string().min(1).max(255),
  ...SERIAL_SETTINGS,
});

/** A line to one host by TCP, or a serial bus. */
const LineEntry = z.strictObject({
  id: Slug,
  host: z.string().min(1).max(253).optional(),
  /** The profile's, unless it is said. */
  port: z.int().min(1).max(65_535).optional(),
  serial: SerialPortEntry.optional(),
  /** Of every unit on this line that is not named under `units`. */
  profile: ProfileChoice,
  units: z
    .array(z.strictObject({ unit: UnitId, profile: ProfileChoice }))
    .max(255)
    .optional(),
  /** How the locks on this line stand being energised; of a line that drives none there is nothing to say. */
  locks: z.enum(LOCK_DUTIES).optional(),
  /** Instead of the profile's. */
  timeoutMs: z.int().min(50).max(10_000).optional(),
  pulseMs: z.int().min(1).max(PULSE_CAP_MS).optional(),
  /** Which power supply feeds its locks; lines that name the same one share it. */
  supply: Slug.optional(),
});

const Supply = z.strictObject({
  solenoidsAtOnce: z.int().min(1).max(64),
  pauseBetweenPulsesMs: z.int().min(0).max(10_000),
});

const Wiring = z.strictObject({
  compartment: CompartmentNumber,
  line: Slug,
  unit: UnitId,
  output: PointNumber,
  sensor: z.union([
    z.literal('none'),
    z.strictObject({
      /** The output's, unless it is said; then `unit` has to be said, too. */
      line: Slug.optional(),
      /** The output's, unless it is said. */
      unit: UnitId.optional(),
      point: PointNumber,
      /** The bit while the door is closed, if this sensor differs from its profile's. */
      closed: z.union([z.literal(0), z.literal(1)]).optional(),
    }),
  ]),
});

/** An input (a fire contact, a key switch) that releases the doors; see edge-agent/emergency. */
const EmergencyInput = z.strictObject({
  line: Slug,
  unit: UnitId,
  point: PointNumber,
  /** The bit that means release. 0 with a normally closed contact: then a cut wire releases, too. */
  release: z.union([z.literal(0), z.literal(1)]),
  /** Polls in a row that have to say so. Three at least, so that no single garbled answer releases. */
  polls: z.int().min(3).max(100).default(5),
  /** Only these doors; all without it. */
  compartments: z.array(CompartmentNumber).min(1).max(2_000).optional(),
});

export const BankFile = z
  .strictObject({
    layout: Layout,
    /** How often each line is asked for its doors. */
    pollMs: z.int().min(20).max(5_000).default(100),
    supplies: z.record(Slug, Supply).default({}),
    lines: z.array(LineEntry).min(1).max(64),
    wiring: z.array(Wiring).min(1).max(2_000),
    emergency: EmergencyInput.optional(),
  })
  .superRefine((file, context) => {
    for (const { path, message } of contradictions(file)) context.addIssue({ code: 'custom', path, message });
  });
export type BankFile = z.infer<typeof BankFile>;

/**
 * Reads a bank file.
 *
 * @param source what to call the text in messages: its path
 * @throws AgentError `bank-file-invalid`, naming line and key of each mistake
 */
export function parseBankFile(text: string, source = 'the bank file'): BankFile {
  return readYaml(text, BankFile, source, 'bank-file-invalid');
}

/** What the schema of each part can't see: parts that don't fit each other. */
function contradictions(file: z.infer<typeof BankFile>): Contradiction[] {
  const { layout, lines, wiring, emergency } = file;
  const found = lineMistakes(file);
  const ids = new Set(lines.map(({ id }) => id));
  const doors = new Set(placedCompartments(layout).map(({ number }) => number));
  const wired = new Set<number>();
  const outputs = new Map<string, number>();
  const noLine = (line: string) => `no line "${line}"; use one of: ${[...ids].join(', ')}`;
  for (const [index, { compartment, line, unit, output, sensor }] of wiring.entries()) {
    const at = (key: string, message: string) => found.push({ path: ['wiring', index, key], message });
    if (!ids.has(line)) at('line', noLine(line));
    for (const { key, message } of seatMistakes(line, sensor, ids, noLine)) {
      found.push({ path: ['wiring', index, 'sensor', key], message });
    }
    if (!doors.has(compartment)) at('compartment', `the layout has no compartment ${compartment}`);
    if (wired.has(compartment)) at('compartment', `compartment ${compartment} is wired twice`);
    wired.add(compartment);
    const place = `${line}/${unit}/${output}`;
    const other = outputs.get(place);
    if (other !== undefined) at('output', `this output already opens compartment ${other}`);
    outputs.set(place, compartment);
  }
  const unwired = [...doors].filter((number) => !wired.has(number));
  if (unwired.length > 0) {
    found.push({ path: ['wiring'], message: `not wired: compartment ${unwired.slice(0, 10).join(', ')}` });
  }
  if (emergency && !ids.has(emergency.line)) {
    found.push({ path: ['emergency', 'line'], message: noLine(emergency.line) });
  }
  for (const [index, compartment] of (emergency?.compartments ?? []).entries()) {
    if (doors.has(compartment)) continue;
    found.push({
      path: ['emergency', 'compartments', index],
      message: `the layout has no compartment ${compartment}`,
    });
  }
  return found;
}

/** A sensor on another line than its output: there has to be that line, and nobody guesses a unit there. */
function seatMistakes(
  line: string,
  sensor: z.infer<typeof Wiring>['sensor'],
  ids: ReadonlySet<string>,
  noLine: (line: string) => string,
): { key: string; message: string }[] {
  if (sensor === 'none' || sensor.line === undefined || sensor.line === line) return [];
  if (!ids.has(sensor.line)) return [{ key: 'line', message: noLine(sensor.line) }];
  if (sensor.unit !== undefined) return [];
  return [{ key: 'unit', message: `say which unit of line "${sensor.line}" senses this door` }];
}

/** Which power supply feeds the locks of a line: a shared one by its name, or the line's own. */
export function supplyIdOf({ id, supply }: BankFile['lines'][number]): string {
  return supply === undefined ? `line/${id}` : `shared/${supply}`;
}

/** Compartment → the power supply of its lock. */
export function suppliesOf({ lines, wiring }: BankFile): ReadonlyMap<number, string> {
  const ofLine = new Map(lines.map((line) => [line.id, supplyIdOf(line)]));
  // The file's own check has found a line for each compartment.
  return new Map(wiring.map(({ compartment, line }) => [compartment, ofLine.get(line) ?? `line/${line}`]));
}
