/** An agent and a PLC with a mailbox, over real sockets and as processes that are really killed. */
import { afterEach, describe, expect, it } from 'vitest';
import type { PlcRequest } from '../../sim/plc/request.ts';
import { type AgentRig, type RigOptions, startRig } from '../../sim/testing/agent-rig.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { MAILBOX, MAILBOX_RESULT } from '../devices/mailbox-registers.ts';

const DEADLINE_MS = 30_000;
/** Its last door has no sensor. */
const UNSENSED = 4;

let rig: AgentRig;
const begin = async (options: RigOptions = {}) => {
  rig = await startRig({ device: 'mailbox', quarantineMs: 3_600_000, ...options });
  await rig.startAgent();
  await inOrder();
};
afterEach(() => rig.end());

/** Waits until all doors are seen and the mailbox is in order. */
async function inOrder(): Promise<void> {
  await rig.ready();
  await waitFor(() => answered().result === MAILBOX_RESULT['opened-nothing'], DEADLINE_MS, 'the first fence');
  // One request at a time: when the second read comes, the agent has taken in what the first one told of the fence.
  await aRead();
  await aRead();
}

async function aRead(): Promise<void> {
  let came = false;
  rig.atNext(
    ({ kind }) => kind === 'read',
    () => {
      came = true;
      return true;
    },
  );
  await waitFor(() => came, DEADLINE_MS, 'a read');
}

function registers(address: number, count: number): readonly number[] {
  const answer = rig.plc.execute({ unit: 1, kind: 'read', area: 'holding-registers', address, count });
  return answer.kind === 'values' ? answer.values : [];
}

function answered(): { sequence: number | undefined; result: number | undefined } {
  const [sequence, result] = registers(MAILBOX.status.answeredSequence, 2);
  return { sequence, result };
}

/** Opens a door; the mailbox is in order again by then, or the open is asked for once more. */
async function opened(door: number): Promise<string> {
  const once = async () => {
    const request = rig.open(door);
    const { result } = await rig.answered(request);
    return result === 'begun' ? request.grant : undefined;
  };
  return waitFor(once, DEADLINE_MS, `door ${door} to be opened`);
}

const isOpen = (request: PlcRequest) =>
  request.kind === 'write-registers' && (request.values[MAILBOX.command.compartment] ?? 0) > 0;

describe('an agent with a mailbox', () => {
  it('opens each door once, with a sensor or without', async () => {
    await begin();
    const grant = await opened(1);
    await rig.happened('opened', { grant });
    const blind = await opened(UNSENSED);
    await rig.happened('pulsed', { grant: blind });
    expect([1, 2, 3, UNSENSED].map((door) => rig.pulses(door))).toEqual([1, 0, 0, 1]);
  });

  it('opens once when its frame comes twice, at once and later', async () => {
    await begin();
    let frame: PlcRequest | undefined;
    rig.atNext(isOpen, (request) => {
      frame = request;
      rig.plc.execute(request);
      return true;
    });
    const grant = await opened(1);
    await rig.happened('opened', { grant });
    await waitFor(() => !rig.plc.door(1).energised, DEADLINE_MS, 'the end of the pulse');
    if (frame) rig.plc.execute(frame);
    await waitFor(() => answered().result === MAILBOX_RESULT['not-newer'], DEADLINE_MS, 'the refusal');
    expect(rig.pulses(1)).toBe(1);
  });

  it('learns what became of an open whose answer is lost', async () => {
    await begin();
    rig.atNext(isOpen, (request) => {
      rig.plc.execute(request);
      rig.line.faults.resetAll();
      return false;
    });
    const grant = await opened(UNSENSED);
    await rig.happened('pulsed', { grant });
    expect(rig.events().map(({ kind }) => kind)).toEqual(['pulsed']);
    expect(rig.pulses(UNSENSED)).toBe(1);
  });

  it('overtakes a frame that is late, which then does nothing', async () => {
    await begin();
    let late: PlcRequest | undefined;
    rig.atNext(isOpen, (request) => {
      late = request;
      rig.line.faults.resetAll();
      return false;
    });
    const request = rig.open(1);
    await waitFor(() => late, DEADLINE_MS, 'the frame to be held');
    await waitFor(
      async () => (await rig.outcomesOf(request.grant))[0]?.outcome === 'refused',
      DEADLINE_MS,
      'the agent to know that it did not act',
    );
    if (late) rig.plc.execute(late);
    await waitFor(() => answered().result === MAILBOX_RESULT['not-newer'], DEADLINE_MS, 'the refusal');
    expect([rig.pulses(1), rig.plc.door(1).open]).toEqual([0, false]);
    const grant = await opened(1);
    await rig.happened('opened', { grant });
    expect(rig.pulses(1)).toBe(1);
  });

  it('settles an open behind which the PLC restarted; a frame of the earlier life does nothing', async () => {
    await begin();
    let frame: PlcRequest | undefined;
    rig.atNext(isOpen, (request) => {
      frame = request;
      rig.plc.cutPower();
      rig.plc.restorePower();
      return false;
    });
    const request = rig.open(UNSENSED);
    await rig.happened('settled', { grant: request.grant });
    if (frame) rig.plc.execute(frame);
    await waitFor(() => answered().result === MAILBOX_RESULT['other-boot'], DEADLINE_MS, 'the refusal');
    expect(rig.pulses(UNSENSED)).toBe(0);
    const grant = await opened(UNSENSED);
    await rig.happened('pulsed', { grant });
  });
});

describe('an agent killed between the command and its outcome', () => {
  let before = 0;
  const killedAtOpen = async (isExecuted: boolean, options: RigOptions = {}, door = 1) => {
    rig = await startRig({ device: 'mailbox', quarantineMs: 3_600_000, ...options });
    await rig.spawnAgent();
    await inOrder();
    before = rig.session;
    let frame: PlcRequest | undefined;
    rig.atNext(isOpen, (request) => {
      frame = request;
      rig.kill('SIGKILL');
      if (isExecuted) rig.plc.execute(request);
      return false;
    });
    const { grant } = rig.open(door);
    await waitFor(() => frame, DEADLINE_MS, 'the open to be written');
    await rig.ended;
    await rig.startAgent();
    return { frame, grant };
  };
  const outcomeOf = async (grant: string) => {
    await waitFor(() => rig.session > before, DEADLINE_MS, 'another session');
    return (await rig.outcomesOf(grant))[0]?.outcome;
  };

  it('has its successor prove that the command can no longer act, before it does', async () => {
    const { frame, grant: never } = await killedAtOpen(false);
    await rig.happened('settled', { compartment: 1 });
    expect(await outcomeOf(never)).toBe('refused');
    await rig.doorIs(1, 'closed');
    if (frame) rig.plc.execute(frame);
    await waitFor(() => answered().result === MAILBOX_RESULT['not-newer'], DEADLINE_MS, 'the refusal');
    expect(rig.pulses(1)).toBe(0);
    const grant = await opened(1);
    await rig.happened('opened', { grant });
    expect(rig.pulses(1)).toBe(1);
  });

  it('has its successor tell that a door without a sensor was never pulsed', async () => {
    const { grant } = await killedAtOpen(false, {}, UNSENSED);
    expect(await outcomeOf(grant)).toBe('refused');
    await rig.happened('settled', { grant });
    expect(rig.events().map(({ kind }) => kind)).toEqual(['settled']);
    expect(rig.pulses(UNSENSED)).toBe(0);
  });

  it('has its successor tell that a door without a sensor was pulsed', async () => {
    const { grant } = await killedAtOpen(true, {}, UNSENSED);
    expect(await outcomeOf(grant)).toBe('pulsed');
    await rig.happened('pulsed', { grant });
    await rig.doorIs(UNSENSED, 'unsensed');
    expect(rig.events().map(({ kind }) => kind)).toEqual(['pulsed']);
    expect(rig.pulses(UNSENSED)).toBe(1);
  });

  it('has its successor find the door open', async () => {
    await killedAtOpen(true);
    await rig.happened('opened', { compartment: 1 });
    expect(rig.pulses(1)).toBe(1);
  });

  it('is followed by one that gets in once the PLC has let go of the dead connection', async () => {
    await killedAtOpen(true, { keepsDeadForMs: 1_500 });
    await rig.happened('opened', { compartment: 1 });
    expect(rig.plc.record.some(({ kind }) => kind === 'disconnected')).toBe(true);
    expect(rig.pulses(1)).toBe(1);
  });
});
