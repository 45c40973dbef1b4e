/** The fault table of the findings on modbus-serial, row by row, over real sockets. */
import { createServer, type Socket } from 'node:net';
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import type { WireFault } from '@lockerhub/sim/plc/wire-faults.ts';
import { failureOf, pulseRelay, readRegisters } from '@lockerhub/sim/testing/line-asks.ts';
import { type LineRig, RIG_TIMEOUT_MS, rigRegister, startLineRig } from '@lockerhub/sim/testing/line-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { LineError, LineRequest } from './line.ts';
import { createTcpLine } from './tcp-line.ts';

const DEADLINE_MS = 10_000;
const readOne = (address: number) => readRegisters(1, address);
const READ_BIT: LineRequest = { unit: 1, kind: 'read', area: 'discrete-inputs', address: 0, count: 1 };
const PULSE = pulseRelay(1);

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function rigged(options?: Parameters<typeof startLineRig>[0]): Promise<LineRig> {
  const rig = await startLineRig(options);
  stops.push(rig.stop);
  return rig;
}

/** Lets virtual time pass until the request is settled. */
async function settled<T>(rig: LineRig, request: Promise<T>): Promise<T> {
  let done = false;
  const mark = (): void => {
    done = true;
  };
  request.then(mark, mark);
  await rig.pass(() => done, 'the request to settle');
  return request;
}

async function worksAgain(rig: LineRig): Promise<void> {
  await rig.online();
  for (const address of [3, 40, 7]) {
    expect(await rig.line.request(readOne(address), 'poll')).toEqual([rigRegister(address)]);
  }
}

describe('an answer that is none', () => {
  const atOnce: readonly [WireFault, LineError['code']][] = [
    ['fin', 'line-reset'],
    ['reset', 'line-reset'],
    ['reset-unexecuted', 'line-reset'],
    ['garbage', 'line-garbage'],
    ['wrong-protocol', 'line-garbage'],
    ['wrong-unit', 'line-garbage'],
    ['wrong-function', 'line-garbage'],
    ['too-long', 'line-garbage'],
  ];

  it.each(atOnce)('%s ends a read at once with %s, and the line comes back', async (fault, code) => {
    const rig = await rigged();
    rig.server.faults.next(fault);
    const error = await failureOf(rig.line.request(readOne(5), 'poll'));
    expect(error).toMatchObject({ code, mayStillAct: false });
    expect(rig.line.online).toBe(false);
    expect(rig.line.reason).toMatch(fault === 'fin' ? /ended the connection/ : /the device (reset|sent)/);
    await worksAgain(rig);
  });

  it.each(atOnce)('%s ends a write at once with %s: the device may have acted', async (fault, code) => {
    const rig = await rigged();
    rig.server.faults.next(fault);
    expect(await failureOf(rig.line.request(PULSE, 'command'))).toMatchObject({ code, mayStillAct: true });
    await worksAgain(rig);
  });

  const unheard: readonly WireFault[] = ['silence', 'half-open', 'wrong-transaction', 'partial', 'late'];

  it.each(unheard)('%s ends a read by its timeout', async (fault) => {
    const rig = await rigged();
    rig.server.faults.next(fault);
    const request = rig.line.request(readOne(5), 'poll');
    expect(await failureOf(settled(rig, request))).toMatchObject({
      code: 'line-timeout',
      mayStillAct: false,
    });
    await worksAgain(rig);
  });

  it.each(unheard)('%s ends a write by its timeout: the device may have acted', async (fault) => {
    const rig = await rigged();
    rig.server.faults.next(fault);
    const request = rig.line.request(PULSE, 'command');
    expect(await failureOf(settled(rig, request))).toMatchObject({ code: 'line-timeout', mayStillAct: true });
    await worksAgain(rig);
  });

  it.each([readOne(5), READ_BIT])('a byte count of 200 in a short answer is garbage', async (request) => {
    const rig = await rigged();
    rig.server.faults.next('wrong-byte-count');
    expect((await failureOf(rig.line.request(request, 'poll'))).code).toBe('line-garbage');
    await worksAgain(rig);
  });

  it.each([
    PULSE,
    { unit: 1, kind: 'write-register', address: 2, value: 9 },
    { unit: 1, kind: 'write-registers', address: 2, values: [9, 8] },
  ] as const)('an echo of another address is garbage', async (request) => {
    const rig = await rigged();
    rig.server.faults.next('wrong-echo');
    const error = await failureOf(rig.line.request(request, 'command'));
    expect(error).toMatchObject({ code: 'line-garbage', mayStillAct: true });
  });

  it('unasked garbage while nothing is in flight costs the connection, not an answer', async () => {
    const rig = await rigged();
    rig.server.faults.send(Buffer.from([9, 9, 9, 9, 9, 9, 9, 9]));
    await waitFor(() => !rig.line.online, DEADLINE_MS, 'the line to notice');
    await worksAgain(rig);
  });
});

describe('an answer that is odd but right', () => {
  it('is taken when it comes byte by byte', async () => {
    const rig = await rigged();
    rig.server.faults.next('split');
    expect(await rig.line.request(readOne(9), 'poll')).toEqual([rigRegister(9)]);
  });

  it('is taken once when it comes twice', async () => {
    const rig = await rigged();
    rig.server.faults.next('duplicate', 3);
    for (const address of [1, 2, 3, 4]) {
      expect(await rig.line.request(readOne(address), 'poll')).toEqual([rigRegister(address)]);
    }
    expect(rig.line.connection).toBe(1);
  });

  it('an exception ends its request alone', async () => {
    const rig = await rigged();
    rig.server.faults.next('exception');
    const error = await failureOf(rig.line.request(PULSE, 'command'));
    expect(error).toMatchObject({ code: 'line-exception', mayStillAct: false });
    expect(rig.line.online).toBe(true);
    expect(await rig.line.request(readOne(4), 'poll')).toEqual([rigRegister(4)]);
  });

  it.each([
    [4, true],
    [5, true],
    [11, true],
    [1, false],
    [2, false],
    [3, false],
    [6, false],
    [10, false],
  ])('exception %i to a write: may still act %s', async (code, mayStillAct) => {
    const rig = await rigged();
    rig.plc.manners.exception = code;
    expect(await failureOf(rig.line.request(PULSE, 'command'))).toMatchObject({ mayStillAct });
    expect(await failureOf(rig.line.request(readOne(1), 'poll'))).toMatchObject({ mayStillAct: false });
  });
});

describe('answers of others', () => {
  it('hundreds at once each get their own', async () => {
    const rig = await rigged();
    const lanes = ['poll', 'command'] as const;
    const requests = Array.from({ length: 300 }, (_, index) => {
      const lane = lanes[index % 5 === 0 ? 1 : 0] ?? 'poll';
      return rig.line.request(readOne(index % 64), lane).then(
        ([value]) => expect(value).toBe(rigRegister(index % 64)),
        (error: LineError) => expect(error.code).toBe('line-busy'),
      );
    });
    await Promise.all(requests);
  });

  it.each(['reconnect', 'resynchronise'] as const)(
    'a late one is not taken for a later request, 300 requests on (%s)',
    async (onFault) => {
      const rig = await rigged({ line: { onFault } });
      rig.server.faults.next('late');
      await failureOf(settled(rig, rig.line.request(readOne(63), 'poll')));
      await rig.online();
      for (let index = 0; index < 300; index++) {
        expect(await rig.line.request(readOne(index % 60), 'poll')).toEqual([rigRegister(index % 60)]);
      }
      rig.server.faults.next('late');
      const request = rig.line.request(readOne(2), 'poll');
      await waitFor(() => rig.server.faults.held === 2, DEADLINE_MS, 'both answers to be held');
      rig.server.faults.release();
      expect(await request).toEqual([rigRegister(2)]);
    },
  );

  it('no socket is left behind by reconnecting', async () => {
    const rig = await rigged();
    for (let time = 0; time < 5; time++) {
      rig.server.faults.next('garbage');
      await failureOf(rig.line.request(readOne(1), 'poll'));
      await rig.online();
    }
    await waitFor(() => rig.server.connections === 1, DEADLINE_MS, 'old sockets to be gone');
    expect(rig.line.connection).toBe(6);
  });
});

describe('a write that timed out', () => {
  it.each(['reconnect', 'resynchronise'] as const)(
    'may take effect later, and says so (%s)',
    async (onFault) => {
      const rig = await rigged({ line: { onFault } });
      rig.plc.freeze();
      const error = await failureOf(settled(rig, rig.line.request(PULSE, 'command')));
      expect(error).toMatchObject({ code: 'line-timeout', mayStillAct: true });
      expect(rig.plc.door(1).open).toBe(false);
      rig.plc.thaw();
      await rig.pass(() => rig.plc.door(1).open, 'the door to open late');
    },
  );

  it('is settled once a later request is answered on the same connection', async () => {
    const rig = await rigged({ line: { onFault: 'resynchronise' } });
    const { connection } = rig.line;
    rig.plc.freeze();
    await failureOf(settled(rig, rig.line.request(PULSE, 'command')));
    rig.plc.thaw();
    await rig.online();
    expect(rig.line.connection).toBe(connection);
    expect(rig.plc.record.filter((event) => event.kind === 'executed' && event.late)).toHaveLength(1);
  });
});

describe('closing', () => {
  it.each(['silence', 'half-open'] as const)(
    'ends open requests and is done, whatever the peer does: %s',
    async (fault) => {
      const rig = await rigged();
      rig.server.faults.next(fault);
      const inFlight = failureOf(rig.line.request(PULSE, 'command'));
      const waiting = failureOf(rig.line.request(readOne(1), 'poll'));
      await rig.line.stop();
      expect(await inFlight).toMatchObject({ code: 'line-offline', mayStillAct: true });
      expect(await waiting).toMatchObject({ code: 'line-offline', mayStillAct: false });
      expect(rig.line).toMatchObject({ online: false, reason: 'the line was stopped' });
      rig.line.start();
      await worksAgain(rig);
    },
  );
});

/** A server whose answers a test makes by hand. */
async function handMade(answer: (request: Buffer, socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('data', (request) => answer(request, socket));
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function lineTo(port: number): { line: ReturnType<typeof createTcpLine>; clock: VirtualClock } {
  const clock = new VirtualClock(0);
  const line = createTcpLine({
    id: 'hand-made',
    host: '127.0.0.1',
    port,
    timeoutMs: RIG_TIMEOUT_MS,
    clock,
    random: new SeededRandom(2),
  });
  stops.unshift(() => line.stop());
  return { line, clock };
}

describe('function 43, which modbus-serial does not survive', () => {
  // The PDU after the request's own transaction id and unit: an exception to 43, and 43 with "more follows".
  it.each([
    ['an exception to it', [0xab, 1]],
    ['more follows', [43, 14, 1, 1, 0xff, 0, 1, 0, 2, 65, 65]],
  ])('%s instead of an answer is garbage', async (_, pdu) => {
    let probed = false;
    const port = await handMade((request, socket) => {
      const body = probed ? Buffer.from([1, ...pdu]) : Buffer.from([1, 1, 1, 0]);
      const prefix = Buffer.from([request.readUInt8(0), request.readUInt8(1), 0, 0, 0, body.length]);
      probed = true;
      socket.write(Buffer.concat([prefix, body]));
    });
    const { line } = lineTo(port);
    line.start();
    await waitFor(() => line.online, DEADLINE_MS, 'the line to be online');
    expect((await failureOf(line.request(READ_BIT, 'poll'))).code).toBe('line-garbage');
  });
});

describe('a device that takes connections and says nothing', () => {
  it('is never online', async () => {
    let asked = 0;
    const port = await handMade(() => {
      asked++;
    });
    const { line, clock } = lineTo(port);
    const seen: boolean[] = [];
    line.onChange(() => seen.push(line.online));
    line.start();
    await waitFor(
      async () => {
        await clock.advance(100);
        return asked > 2;
      },
      DEADLINE_MS,
      'three probes',
    );
    expect(seen).toEqual([]);
    expect(line.reason).toContain('no answer');
    expect((await failureOf(line.request(READ_BIT, 'poll'))).code).toBe('line-offline');
  });
});
