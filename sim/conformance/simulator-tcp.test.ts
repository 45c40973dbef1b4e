import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { describeBank } from './bank-suite.ts';
import { PULSE_METHODS } from './pulse-method.ts';

const simulator = fileURLToPath(new URL('simulated-bank.ts', import.meta.url));

describe('the simulator over Modbus TCP', () => {
  for (const method of PULSE_METHODS) {
    describeBank(`a bank of ${method}s`, () => ({
      method,
      command: [process.execPath, simulator],
      wire: 'tcp',
    }));
  }
});
