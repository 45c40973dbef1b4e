import { afterEach, describe, expect, it } from 'vitest';
import { type AgentRig, type RigOptions, startRig } from '../../sim/testing/agent-rig.ts';

let rig: AgentRig;
const begin = async (options?: RigOptions) => {
  rig = await startRig(options);
  await rig.startAgent();
  await rig.ready();
};
afterEach(() => rig.end());

describe('an agent, over real sockets', () => {
  it('opens a door once and tells how it went', async () => {
    await begin();
    const request = rig.open(1);
    expect(await rig.answered(request)).toMatchObject({ result: 'begun', grant: request.grant });
    const opened = await rig.happened('opened', { grant: request.grant });
    expect(opened).toMatchObject({ compartment: 1, session: rig.session });
    expect(rig.plc.door(1).open).toBe(true);
    await rig.doorIs(1, 'open');
    await rig.close(1);
    await rig.happened('closed', { grant: request.grant });
    await rig.doorIs(1, 'closed');
    expect(await rig.outcomesOf(request.grant)).toMatchObject([
      { outcome: 'opened', closed: true, compartment: 1 },
    ]);
    expect(rig.pulses(1)).toBe(1);
  });
});
