/** Corrections of the wiring in a bank file's text: what a walk found, put right. Everything else stays as written. */

import { type BankFile, parseBankFile } from '@lockerhub/edge-agent/bank/bank-file.ts';
import { loadProfile } from '@lockerhub/edge-agent/devices/built-in-profiles.ts';
import type { CorrectionView } from '@lockerhub/protocol/http/commissioning.ts';
import { type Document, parseDocument } from 'yaml';
import { HubError } from '../error.ts';
import { swapsFor } from './evidence.ts';
import type { Found } from './walk.ts';

type Wiring = BankFile['wiring'][number];

/** What a finding asks to correct; empty: nothing that a bank file could put right. */
export function correctionsFor({ compartment, finding, popped, changed }: Found): readonly CorrectionView[] {
  if (finding === 'says-open') return [{ part: 'polarity', a: compartment, b: compartment }];
  return swapsFor({ fired: compartment, popped, changed });
}

/**
 * The bank file with the corrections made.
 *
 * @throws HubError `bank-file-invalid` if two compartments cannot change places (they hang on different lines), or
 *   what comes out is no valid bank file.
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
  if (one.wiring.line !== other.wiring.line) {
    throw new HubError(
      'bank-file-invalid',
      `compartments ${a} and ${b} hang on different lines; exchange their cables instead, or edit the bank file`,
    );
  }
  const [mine, theirs] = [one.wiring, other.wiring];
  // Written out, so that a sensor stays where it is when the output beside it changes to another unit.
  write(document, one.index, part === 'outputs' ? outputOf(theirs, mine) : sensorOf(mine, theirs));
  write(document, other.index, part === 'outputs' ? outputOf(mine, theirs) : sensorOf(theirs, mine));
}

function outputOf(from: Wiring, to: Wiring) {
  return { unit: from.unit, output: from.output, sensor: placedSensor(to) };
}

function sensorOf(to: Wiring, from: Wiring) {
  return { unit: to.unit, output: to.output, sensor: placedSensor(from) };
}

function placedSensor({ unit, sensor }: Wiring): Wiring['sensor'] {
  return sensor === 'none' ? sensor : { ...sensor, unit: sensor.unit ?? unit };
}

async function flip(document: Document, file: BankFile, compartment: number): Promise<void> {
  const { index, wiring } = entryOf(file, compartment);
  const { sensor, unit, output, line } = wiring;
  if (sensor === 'none') {
    throw new HubError('bank-file-invalid', `compartment ${compartment} has no sensor in the bank file`);
  }
  const entry = file.lines.find(({ id }) => id === line);
  const profile = typeof entry?.profile === 'string' ? await loadProfile(entry.profile) : entry?.profile;
  const usual = profile?.sensors?.closed ?? 1;
  const closed = (sensor.closed ?? usual) === 1 ? 0 : 1;
  write(document, index, { unit, output, sensor: { ...sensor, closed } });
}

function entryOf(file: BankFile, compartment: number): { index: number; wiring: Wiring } {
  const index = file.wiring.findIndex((one) => one.compartment === compartment);
  const wiring = file.wiring[index];
  if (!wiring) throw new HubError('bank-file-invalid', `the bank file wires no compartment ${compartment}`);
  return { index, wiring };
}

function write(document: Document, index: number, fields: Pick<Wiring, 'unit' | 'output' | 'sensor'>): void {
  for (const [key, value] of Object.entries(fields)) {
    document.setIn(['wiring', index, key], document.createNode(value));
  }
}
