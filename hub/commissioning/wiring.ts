/** Corrections of the wiring in a bank file's text: what a walk found, put right. Everything else stays as written. */

import { type BankFile, parseBankFile } from '@lockerhub/edge-agent/bank/bank-file.ts';
import { devicesOf } from '@lockerhub/edge-agent/bank/line-devices.ts';
import { sensorSeat } from '@lockerhub/edge-agent/bank/sensor-seat.ts';
import type { Profile } from '@lockerhub/edge-agent/devices/profile.ts';
import type { CorrectionView } from '@lockerhub/protocol/http/commissioning.ts';
import { type Document, parseDocument } from 'yaml';
import { HubError } from '../error.ts';
import { swapsFor } from './evidence.ts';
import type { Found } from './walk.ts';

type Wiring = BankFile['wiring'][number];
/** All of a compartment's wiring that a correction may change. */
type Wired = Pick<Wiring, 'line' | 'unit' | 'output' | 'sensor'>;

/** What a finding asks to correct; empty: nothing that a bank file could put right. */
export function correctionsFor({ compartment, finding, popped, changed }: Found): readonly CorrectionView[] {
  if (finding === 'says-open') return [{ part: 'polarity', a: compartment, b: compartment }];
  return swapsFor({ fired: compartment, popped, changed });
}

/**
 * The bank file with the corrections made.
 *
 * @throws HubError `bank-file-invalid`: it wires no such compartment, or none with a sensor. AgentError of that code:
 *   what comes out is no valid bank file
 */
export async function correctWiring(text: string, corrections: readonly CorrectionView[]): Promise<string> {
  const document = parseDocument(text);
  for (const { part, a, b } of corrections) {
    // Read anew each time: the one before has changed it.
    const file = parseBankFile(document.toString());
    if (part === 'polarity') await flip(document, file, a);
    else swap(document, file, part === 'outputs' ? 'outputs' : 'sensors', a, b);
  }
  const corrected = document.toString();
  parseBankFile(corrected);
  return corrected;
}

function swap(document: Document, file: BankFile, part: 'outputs' | 'sensors', a: number, b: number): void {
  const [one, other] = [entryOf(file, a), entryOf(file, b)];
  const [mine, theirs] = [one.wiring, other.wiring];
  // Written out, so that a sensor stays where it is when the output beside it changes to another line or unit.
  write(document, one.index, part === 'outputs' ? outputOf(theirs, mine) : sensorOf(mine, theirs));
  write(document, other.index, part === 'outputs' ? outputOf(mine, theirs) : sensorOf(theirs, mine));
}

function outputOf(from: Wiring, to: Wiring): Wired {
  return { line: from.line, unit: from.unit, output: from.output, sensor: placedSensor(to, from.line) };
}

function sensorOf(to: Wiring, from: Wiring): Wired {
  return { line: to.line, unit: to.unit, output: to.output, sensor: placedSensor(from, to.line) };
}

/** The sensor of `wiring` where it sits, said beside an output on `line`. */
function placedSensor(wiring: Wiring, line: string): Wiring['sensor'] {
  const { sensor } = wiring;
  const seat = sensorSeat(wiring);
  if (sensor === 'none' || seat === null) return 'none';
  const { line: _, ...rest } = sensor;
  return { ...(seat.line === line ? {} : { line: seat.line }), ...rest, unit: seat.unit };
}

async function flip(document: Document, file: BankFile, compartment: number): Promise<void> {
  const { index, wiring } = entryOf(file, compartment);
  const { sensor, unit, output, line } = wiring;
  const seat = sensorSeat(wiring);
  if (sensor === 'none' || seat === null) {
    throw new HubError('bank-file-invalid', `compartment ${compartment} has no sensor in the bank file`);
  }
  const usual = (await profileOfUnit(file, seat)).sensors?.closed ?? 1;
  const closed = (sensor.closed ?? usual) === 1 ? 0 : 1;
  write(document, index, { line, unit, output, sensor: { ...sensor, closed } });
}

async function profileOfUnit(file: BankFile, seat: { line: string; unit: number }): Promise<Profile> {
  const index = file.lines.findIndex(({ id }) => id === seat.line);
  const entry = file.lines[index];
  // The file's own check has found each line that it names.
  if (!entry) throw new HubError('bank-file-invalid', `the bank file has no line "${seat.line}"`);
  return (await devicesOf(entry, index, file)).profileOf(seat.unit);
}

function entryOf(file: BankFile, compartment: number): { index: number; wiring: Wiring } {
  const index = file.wiring.findIndex((one) => one.compartment === compartment);
  const wiring = file.wiring[index];
  if (!wiring) throw new HubError('bank-file-invalid', `the bank file wires no compartment ${compartment}`);
  return { index, wiring };
}

function write(document: Document, index: number, fields: Wired): void {
  for (const [key, value] of Object.entries(fields)) {
    document.setIn(['wiring', index, key], document.createNode(value));
  }
}
