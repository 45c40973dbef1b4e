import { describe } from 'vitest';
import { hasSocat } from '../plc/pty-bus.ts';
import { describeBank } from './bank-suite.ts';
import { PULSE_METHODS } from './pulse-method.ts';
import { simulator } from './simulator.ts';

describe('the simulator over Modbus TCP', () => {
  for (const method of PULSE_METHODS)
    describeBank(`a bank of ${method}s`, { method, wire: 'tcp', command: simulator });
});

describe.skipIf(!hasSocat)('the simulator on a serial bus (needs socat)', () => {
  for (const method of ['timed-coil', 'held-coil'] as const) {
    describeBank(`a bank of ${method}s`, { method, wire: 'rtu', command: simulator });
  }
});
