import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { hasSocat } from '../plc/pty-bus.ts';
import { describeBank } from './bank-suite.ts';
import { buildLibmodbusBank, canBuildLibmodbusBank } from './libmodbus.ts';
import { PULSE_METHODS } from './pulse-method.ts';

describe.skipIf(!canBuildLibmodbusBank())('libmodbus (needs gcc and libmodbus-dev)', () => {
  let folder = '';
  let program = '';
  const command = () => [program] as const;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockerhub-libmodbus-'));
    program = buildLibmodbusBank(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  describe('over Modbus TCP', () => {
    for (const method of PULSE_METHODS)
      describeBank(`a bank of ${method}s`, { method, wire: 'tcp', command });
  });

  describe.skipIf(!hasSocat)('on a serial bus (needs socat)', () => {
    for (const method of ['timed-coil', 'held-coil'] as const) {
      describeBank(`a bank of ${method}s`, { method, wire: 'rtu', command });
    }
  });
});
