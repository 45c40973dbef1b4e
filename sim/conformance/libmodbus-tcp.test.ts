import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeBank } from './bank-suite.ts';
import { buildLibmodbusBank, canBuildLibmodbusBank } from './libmodbus.ts';
import { PULSE_METHODS } from './pulse-method.ts';

describe.skipIf(!canBuildLibmodbusBank())('libmodbus over Modbus TCP', () => {
  let folder = '';
  let program = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockerhub-libmodbus-'));
    program = buildLibmodbusBank(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  for (const method of PULSE_METHODS) {
    describeBank(`a bank of ${method}s`, () => ({ method, command: [program], wire: 'tcp' }));
  }
});
