/** What a serial line takes for an answer, and what it does about all else that it hears. On a virtual clock. */
import { withChecksum } from '@lockerhub/sim/plc/serial-bus.ts';
import {
  executedOn,
  failureOf,
  polled,
  pulseRelay,
  readRegisters,
} from '@lockerhub/sim/testing/line-asks.ts';
import {
  busRegister,
  type SerialRigOptions,
  startVirtualSerialRig,
  type VirtualSerialRig,
} from '@lockerhub/sim/testing/serial-rig.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { TURNAROUND_MS } from './unit-share.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function rigged(options?: SerialRigOptions): Promise<VirtualSerialRig> {
  const rig = await startVirtualSerialRig(options);
  stops.push(rig.stop);
  return rig;
}

const failure = (rig: VirtualSerialRig, request: Promise<unknown>) => failureOf(rig.settled(request));

describe('an answer that is none', () => {
  const faults = [
    ['silence', 'line-timeout'],
    ['deaf', 'line-timeout'],
    ['late', 'line-timeout'],
    ['garbage', 'line-garbage'],
    ['wrong-unit', 'line-garbage'],
    ['wrong-function', 'line-garbage'],
    ['wrong-checksum', 'line-garbage'],
    ['truncated', 'line-garbage'],
    ['babble', 'line-garbage'],
  ] as const;

  it.each(faults)('%s ends a read with %s once its time is up, and the line goes on', async (fault, code) => {
    const rig = await rigged();
    rig.bus.faults.next(fault);
    const error = await failure(rig, rig.line.request(readRegisters(1, 5), 'poll'));
    expect(error).toMatchObject({ code, mayStillAct: false });
    rig.bus.faults.release();
    for (const unit of [2, 1, 3]) {
      expect(await rig.settled(rig.line.request(readRegisters(unit, 7), 'poll'))).toEqual([
        busRegister(unit, 7),
      ]);
    }
    expect(rig.line).toMatchObject({ online: true, connection: 1 });
  });

  it.each(faults)('%s leaves a write in doubt: the unit may have acted', async (fault, code) => {
    const rig = await rigged();
    rig.bus.faults.next(fault);
    const error = await failure(rig, rig.line.request(pulseRelay(1), 'command'));
    expect(error).toMatchObject({ code, mayStillAct: true });
    rig.bus.faults.release();
    await rig.settled(rig.line.request(readRegisters(1, 1), 'poll'));
    // Nothing is sent twice.
    expect(executedOn(rig)).toHaveLength(fault === 'deaf' ? 0 : 1);
  });

  it('an echo of another address is none', async () => {
    const rig = await rigged();
    rig.bus.faults.next('wrong-echo');
    const error = await failure(rig, rig.line.request(pulseRelay(1), 'command'));
    expect(error).toMatchObject({ code: 'line-garbage', mayStillAct: true });
  });

  it('noise before an answer does not spoil it', async () => {
    const rig = await rigged();
    rig.bus.faults.next('noise', 2);
    expect(await rig.settled(rig.line.request(readRegisters(1, 5), 'poll'))).toEqual([busRegister(1, 5)]);
    expect(await rig.settled(rig.line.request(pulseRelay(2), 'command'))).toEqual([]);
  });

  it('an adapter that hears itself is refused, though its units answer', async () => {
    const rig = await rigged();
    await rig.line.stop();
    rig.adapter.hearsItself = true;
    rig.line.start();
    await rig.clock.advance(30_000);
    expect(rig.line.online).toBe(false);
    expect(rig.line.reason).toContain('switch its echo off');
    await expect(rig.line.request(pulseRelay(1), 'command')).rejects.toMatchObject({ code: 'line-offline' });
    rig.adapter.hearsItself = false;
    await rig.pass(() => rig.line.online, 'the line to be back');
  });
});

describe('a late answer', () => {
  it('that comes while nobody is asked is thrown away', async () => {
    const rig = await rigged();
    rig.bus.faults.next('late');
    await failure(rig, rig.line.request(readRegisters(1, 5), 'poll'));
    await rig.clock.advance(20);
    rig.bus.faults.release();
    expect(await rig.settled(rig.line.request(readRegisters(1, 9), 'poll'))).toEqual([busRegister(1, 9)]);
  });

  it('that comes while another unit is asked is not taken for its answer', async () => {
    const rig = await rigged();
    rig.bus.faults.next('late', 2);
    await failure(rig, rig.line.request(readRegisters(1, 5), 'poll'));
    const other = rig.line.request(readRegisters(2, 5), 'poll');
    await rig.pass(() => rig.bus.faults.held === 2, 'both answers to be held');
    rig.bus.faults.release();
    expect(await rig.settled(other)).toEqual([busRegister(2, 5)]);
    expect(await rig.settled(rig.line.request(readRegisters(1, 9), 'poll'))).toEqual([busRegister(1, 9)]);
  });

  it.each([1, 2, 3])(
    'is not taken for that of the next request of its own kind, %i behind',
    async (behind) => {
      const rig = await rigged({ units: [1] });
      const trial = { unit: 1, kind: 'read', area: 'discrete-inputs', address: 0, count: 2 } as const;
      rig.plc.hand.open(11);
      rig.bus.faults.next('late', behind);
      const missed = failure(rig, rig.line.request(trial, 'poll'));
      await rig.pass(() => rig.bus.faults.held === behind, 'the answers to be held');
      await missed;
      rig.plc.hand.close(11);
      // The answers that say "open" come in the middle of the next exchange, just before its own.
      const count = rig.bus.requests.length;
      await rig.pass(() => rig.bus.requests.length > count, 'the next request');
      rig.bus.faults.release();
      await rig.clock.advance(100);
      expect(await rig.settled(polled(rig, trial))).toEqual([1, 1]);
    },
  );
});

describe('what a unit says unasked', () => {
  const FRAME = withChecksum(Buffer.from([1, 3, 2, 0, 7]));

  it('makes its next answers doubtful: it is tried before it is asked', async () => {
    const rig = await rigged();
    const from = rig.bus.requests.length;
    rig.bus.faults.send(FRAME);
    await rig.clock.advance(50);
    expect(await rig.settled(rig.line.request(readRegisters(1, 5), 'poll'))).toEqual([busRegister(1, 5)]);
    expect(rig.bus.requests.slice(from).map(({ functionCode }) => functionCode)).toEqual([2, 3]);
  });

  it('begins its rest anew after a miss', async () => {
    const rig = await rigged();
    rig.bus.faults.next('late');
    await failure(rig, rig.line.request(readRegisters(1, 5), 'poll'));
    await rig.clock.advance(150);
    const from = rig.bus.requests.length;
    rig.bus.faults.release();
    const releasedMs = rig.clock.monotonicMs();
    await rig.pass(() => rig.bus.requests.length > from, 'the trial');
    expect((rig.bus.requests[from]?.atMs ?? 0) - releasedMs).toBeGreaterThan(TURNAROUND_MS);
  });
});

describe('an answer that comes twice', () => {
  it('is taken once, and costs nothing more than its time', async () => {
    const rig = await rigged();
    rig.bus.faults.next('duplicate', 4);
    const all = [1, 1, 2, 1].map((unit, address) => rig.line.request(readRegisters(unit, address), 'poll'));
    expect(await rig.settled(Promise.all(all))).toEqual(
      [1, 1, 2, 1].map((unit, address) => [busRegister(unit, address)]),
    );
    expect(rig.bus.unheard).toBe(0);
  });

  it('may run into the next request, and is not taken for its answer', async () => {
    const rig = await rigged({ units: [1] });
    rig.bus.faults.always('repeated', 1);
    for (const address of [1, 2, 3, 4, 5]) {
      expect(await polled(rig, readRegisters(1, address))).toEqual([busRegister(1, address)]);
    }
  });
});
