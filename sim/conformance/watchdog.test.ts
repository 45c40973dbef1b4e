/** A coupler that drops its outputs when it hears nothing for a while, and holds them otherwise. */
import { describe } from 'vitest';
import { describeBank } from './bank-suite.ts';
import { simulator } from './simulator.ts';

describe('the simulator over Modbus TCP', () => {
  describeBank('a bank of outputs behind a watchdog', {
    method: 'watchdog-coil',
    wire: 'tcp',
    command: simulator,
  });
});
