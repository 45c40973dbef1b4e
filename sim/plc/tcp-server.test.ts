/** The simulated server as a client of another make sees it: modbus-serial as shipped, and bare sockets. */
import { connect, type Socket } from 'node:net';
import modbusSerial from 'modbus-serial';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { waitFor } from '../testing/wait-for.ts';
import { Plc } from './plc.ts';
import { type PlcServer, type PlcServerOptions, startPlcServer } from './tcp-server.ts';

const { default: ModbusRTU } = modbusSerial;
const DEADLINE_MS = 10_000;
/** Reads coil 0 of unit 1 as transaction 0x0102. */
const READ_COIL = Buffer.from([1, 2, 0, 0, 0, 6, 1, 1, 0, 0, 0, 1]);
const ITS_ANSWER = [1, 2, 0, 0, 0, 4, 1, 1, 1, 0];

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function serve(options: Partial<PlcServerOptions> = {}): Promise<{ server: PlcServer; plc: Plc }> {
  const plc = new Plc({
    clock: new VirtualClock(0),
    units: [{ unit: 1, device: 'waveshare-relay', inputRegisters: 8 }],
    doors: [{ number: 1, unit: 1, coil: 0, sensor: { area: 'discrete-inputs', address: 2, closed: 0 } }],
  });
  const server = await startPlcServer({ plc, ...options });
  stops.push(() => server.stop());
  return { server, plc };
}

interface Bare {
  readonly socket: Socket;
  readonly seen: { bytes: number[]; end: 'open' | 'ended' | 'reset' };
}

async function bare(server: PlcServer): Promise<Bare> {
  const socket = connect(server.port, server.host);
  const seen: Bare['seen'] = { bytes: [], end: 'open' };
  socket.on('data', (bytes) => seen.bytes.push(...bytes));
  socket.on('error', () => {
    seen.end = 'reset';
  });
  socket.on('end', () => {
    seen.end = 'ended';
  });
  stops.push(async () => socket.destroy());
  await waitFor(() => socket.readyState === 'open' || seen.end === 'reset', DEADLINE_MS, 'the connection');
  return { socket, seen };
}

describe('the server', () => {
  it('speaks as modbus-serial understands it', async () => {
    const { server, plc } = await serve();
    const client = new ModbusRTU();
    await client.connectTCP(server.host, { port: server.port });
    stops.push(() => new Promise<void>((resolve) => client.close(() => resolve())));
    client.setID(1);
    client.setTimeout(DEADLINE_MS);
    await client.writeRegisters(1, [7, 0xffff]);
    await client.writeRegister(3, 9);
    expect((await client.readHoldingRegisters(0, 5)).data).toEqual([0, 7, 0xffff, 9, 0]);
    await client.writeCoil(0, true);
    expect(plc.door(1).energised).toBe(true);
    expect((await client.readCoils(0, 8)).data).toEqual([true, ...Array(7).fill(false)]);
    plc.hand.open(1);
    expect((await client.readDiscreteInputs(0, 4)).data.slice(0, 4)).toEqual([false, false, true, false]);
    expect((await client.readInputRegisters(0, 2)).data).toEqual([0, 0]);
    await expect(client.readInputRegisters(7, 2)).rejects.toMatchObject({ modbusCode: 2 });
    await expect(client.maskWriteRegister(0, 1, 1)).rejects.toMatchObject({ modbusCode: 1 });
  });

  it('takes requests in any pieces and several at once', async () => {
    const { server } = await serve();
    const { socket, seen } = await bare(server);
    socket.write(READ_COIL.subarray(0, 5));
    socket.write(Buffer.concat([READ_COIL.subarray(5), READ_COIL, READ_COIL.subarray(0, 7)]));
    await waitFor(() => seen.bytes.length === 20, DEADLINE_MS, 'two answers');
    socket.write(READ_COIL.subarray(7));
    await waitFor(() => seen.bytes.length === 30, DEADLINE_MS, 'the third');
    expect(seen.bytes).toEqual([...ITS_ANSWER, ...ITS_ANSWER, ...ITS_ANSWER]);
  });

  it('resets a connection that does not speak Modbus', async () => {
    const { server } = await serve();
    const { socket, seen } = await bare(server);
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await waitFor(() => seen.end === 'reset', DEADLINE_MS, 'a reset');
  });

  it('loses its connections with its power and takes new ones when it is back', async () => {
    const { server, plc } = await serve();
    const before = await bare(server);
    await waitFor(() => server.connections === 1, DEADLINE_MS, 'the server to see it');
    plc.cutPower();
    before.socket.write(READ_COIL);
    expect((await refused(server)).seen.bytes).toEqual([]);
    plc.restorePower();
    await waitFor(() => before.seen.end === 'reset', DEADLINE_MS, 'a reset');
    const after = await bare(server);
    after.socket.write(READ_COIL);
    await waitFor(() => after.seen.bytes.length === 10, DEADLINE_MS, 'an answer');
    expect(before.seen.bytes).toEqual([]);
  });
});

async function refused(server: PlcServer): Promise<Bare> {
  const second = await bare(server);
  await waitFor(() => second.seen.end === 'reset', DEADLINE_MS, 'a refusal');
  return second;
}

describe('a device with one connection', () => {
  it('refuses a second one', async () => {
    const { server } = await serve({ connections: 'one-refuse' });
    await bare(server);
    await waitFor(() => server.connections === 1, DEADLINE_MS, 'the first');
    await refused(server);
  });

  it('or leaves a second one hanging', async () => {
    const { server } = await serve({ connections: 'one-hang' });
    const first = await bare(server);
    await waitFor(() => server.connections === 1, DEADLINE_MS, 'the first');
    const second = await bare(server);
    second.socket.write(READ_COIL);
    await waitFor(() => server.connections === 2, DEADLINE_MS, 'the second');
    first.socket.write(READ_COIL);
    await waitFor(() => first.seen.bytes.length === 10, DEADLINE_MS, 'an answer to the first');
    expect(second.seen).toEqual({ bytes: [], end: 'open' });
  });

  it('keeps one whose peer has gone until it lets go', async () => {
    const { server } = await serve({ connections: 'one-refuse', keepsDead: true });
    const first = await bare(server);
    await waitFor(() => server.connections === 1, DEADLINE_MS, 'the first');
    first.socket.end();
    await refused(server);
    expect(server.connections).toBe(1);
    await waitFor(
      () => {
        server.faults.releaseDead();
        return server.connections === 0;
      },
      DEADLINE_MS,
      'it to let go',
    );
    const next = await bare(server);
    next.socket.write(READ_COIL);
    await waitFor(() => next.seen.bytes.length === 10, DEADLINE_MS, 'an answer');
  });
});

describe('the wire faults', () => {
  const spoilt: readonly [Parameters<PlcServer['faults']['next']>[0], readonly number[]][] = [
    ['garbage', [0, 1, 0, 0, 0xff, 0xff, 1, 1]],
    ['duplicate', [...ITS_ANSWER, ...ITS_ANSWER]],
    ['wrong-unit', [1, 2, 0, 0, 0, 4, 0, 1, 1, 0]],
    ['wrong-transaction', [0, 2, 0, 0, 0, 4, 1, 1, 1, 0]],
    ['wrong-protocol', [1, 2, 0, 1, 0, 4, 1, 1, 1, 0]],
    ['wrong-function', [1, 2, 0, 0, 0, 4, 1, 0, 1, 0]],
    ['wrong-byte-count', [1, 2, 0, 0, 0, 4, 1, 1, 200, 0]],
    ['too-long', [1, 2, 0, 0, 0, 5, 1, 1, 2, 0, 0]],
    ['partial', [1, 2, 0, 0, 0]],
    ['split', ITS_ANSWER],
    ['exception', [1, 2, 0, 0, 0, 3, 1, 0x81, 6]],
  ];

  it.each(spoilt)('%s', async (fault, bytes) => {
    const { server } = await serve();
    const { socket, seen } = await bare(server);
    server.faults.next(fault);
    socket.write(READ_COIL);
    await waitFor(() => seen.bytes.length >= bytes.length, DEADLINE_MS, 'bytes');
    expect(seen.bytes).toEqual(bytes);
  });

  it.each([
    ['reset', 'reset'],
    ['reset-unexecuted', 'reset'],
    ['fin', 'ended'],
  ] as const)('%s', async (fault, end) => {
    const { server, plc } = await serve();
    const { socket, seen } = await bare(server);
    server.faults.next(fault);
    socket.write(Buffer.from([1, 2, 0, 0, 0, 6, 1, 5, 0, 0, 0xff, 0]));
    await waitFor(() => seen.end === end, DEADLINE_MS, end);
    expect(seen.bytes).toEqual([]);
    expect(plc.door(1).energised).toBe(fault !== 'reset-unexecuted');
  });

  it('half-open and silence say nothing; only silence lets the next request through', async () => {
    const { server } = await serve();
    const silent = await bare(server);
    server.faults.next('silence');
    silent.socket.write(Buffer.concat([READ_COIL, READ_COIL]));
    await waitFor(() => silent.seen.bytes.length === 10, DEADLINE_MS, 'the second answer alone');
    const dead = await bare(server);
    server.faults.next('half-open');
    dead.socket.write(Buffer.concat([READ_COIL, READ_COIL]));
    silent.socket.write(READ_COIL);
    await waitFor(() => silent.seen.bytes.length === 20, DEADLINE_MS, 'the other connection to go on');
    expect(dead.seen).toEqual({ bytes: [], end: 'open' });
  });

  it('late holds answers until they are released, always lasts until it is ended', async () => {
    const { server } = await serve();
    const { socket, seen } = await bare(server);
    server.faults.always('late');
    socket.write(Buffer.concat([READ_COIL, READ_COIL]));
    await waitFor(() => server.faults.held === 2, DEADLINE_MS, 'two held answers');
    server.faults.always(null);
    expect(seen.bytes).toEqual([]);
    server.faults.release();
    await waitFor(() => seen.bytes.length === 20, DEADLINE_MS, 'both answers');
  });
});
