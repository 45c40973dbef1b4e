/** A programmable PLC that runs the program of the mailbox contract. */
import { describe } from 'vitest';
import { describeBank } from './bank-suite.ts';
import { simulator } from './simulator.ts';

describe('the simulator over Modbus TCP', () => {
  describeBank('a bank of a program behind a mailbox', {
    method: 'mailbox',
    wire: 'tcp',
    command: simulator,
  });
});
