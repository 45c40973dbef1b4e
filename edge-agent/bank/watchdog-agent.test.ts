/** An agent and a coupler with a watchdog, over real sockets and as a process that is really killed. */
import { afterEach, describe, expect, it } from 'vitest';
import { type AgentRig, type RigOptions, startRig } from '../../sim/testing/agent-rig.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';

let rig: AgentRig;
const begin = async (options?: RigOptions) => {
  rig = await startRig(options);
  await rig.startAgent();
  await rig.ready();
};
afterEach(() => rig.end());

describe('an agent on a coupler with a watchdog', () => {
  const START = 0x100a;
  /** Opens a door; on a stalled machine the watchdog may bite and is armed again, and the open is asked for once more. */
  const opened = () =>
    waitFor(
      async () => {
        const request = rig.open(1);
        const { result } = await rig.answered(request);
        return result === 'begun' ? request.grant : undefined;
      },
      20_000,
      'the door to be opened',
    );

  it('opens a lock that may not stay energised', async () => {
    await begin({ device: 'watchdog-coils' });
    const grant = await opened();
    await rig.happened('opened', { grant });
    await waitFor(() => !rig.plc.door(1).energised, 20_000, 'the end of the pulse');
    expect(rig.plc.door(1).burnt).toBe(false);
  });

  it('opens nothing while the watchdog is not armed', async () => {
    rig = await startRig({ device: 'watchdog-coils' });
    const execute = rig.plc.execute.bind(rig.plc);
    rig.plc.execute = (request) =>
      request.kind === 'write-register' && request.address === START
        ? { kind: 'exception', code: 4 }
        : execute(request);
    await rig.startAgent();
    await rig.ready();
    expect(await rig.answered(rig.open(1))).toMatchObject({ result: 'refused', reason: 'device-not-ready' });
    rig.plc.execute = execute;
    await rig.happened('opened', { grant: await opened() });
    expect(rig.pulses(1)).toBe(1);
  });

  it('leaves no lock under current when it is killed in the middle of a pulse', async () => {
    rig = await startRig({ device: 'watchdog-coils' });
    await rig.spawnAgent();
    await rig.ready();
    let isKilled = false;
    rig.atNext(
      (request) => request.kind === 'write-coil' && request.value === 0xff00,
      () => {
        rig.kill('SIGKILL');
        isKilled = true;
        return true;
      },
    );
    await waitFor(
      () => {
        if (!isKilled) rig.open(1);
        return isKilled && rig.plc.door(1).energised;
      },
      20_000,
      'the pulse',
    );
    await rig.ended;
    await waitFor(() => !rig.plc.door(1).energised, 20_000, 'the watchdog to bite');
    expect(rig.plc.door(1).burnt).toBe(false);
    expect(rig.pulses(1)).toBe(1);
  });
});
