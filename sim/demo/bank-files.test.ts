import { parseBankFile } from '@lockerhub/edge-agent/bank/bank-file.ts';
import { placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { describe, expect, it } from 'vitest';
import { bankFileOf } from './bank-files.ts';
import { BANKS, plcOf } from './plcs.ts';

describe.each(BANKS)('the bank $layout.bank', ({ layout, unsensed }) => {
  it('has a bank file that the agent takes, for every door', () => {
    const file = parseBankFile(bankFileOf(layout, unsensed, 1502));
    expect(file.wiring).toHaveLength(placedCompartments(layout).length);
  });

  it('has a PLC whose doors are wired as the bank file says', () => {
    const { wiring } = parseBankFile(bankFileOf(layout, unsensed, 1502));
    const plc = plcOf(layout, unsensed, systemClock);
    for (const { compartment, output, sensor } of wiring) {
      const area = 'discrete-inputs';
      const look = () => plc.execute({ unit: 1, kind: 'read', area, address: output - 1, count: 1 });
      const before = look();
      plc.hand.open(compartment);
      if (sensor === 'none') expect(look()).toEqual(before);
      else
        expect([before, look()]).toEqual([
          { kind: 'values', values: [1] },
          { kind: 'values', values: [0] },
        ]);
    }
  });

  it('has columns of one height', () => {
    const heights = layout.columns.map(({ cells }) => cells.reduce((sum, { heightMm }) => sum + heightMm, 0));
    expect(new Set(heights).size).toBe(1);
  });
});
