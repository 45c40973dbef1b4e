import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SeededRandom } from '../clock/seeded-random.ts';
import { waitFor } from '../testing/wait-for.ts';
import { type Fault, faultsByChance } from './fault.ts';
import { FaultProxy } from './fault-proxy.ts';

const DEADLINE_MS = 20_000;
const ANSWER = 'x'.repeat(10_000);

describe('the internet of tests', () => {
  /** What the server got, in order. */
  let arrived: string[];
  let server: Server;
  let internet: FaultProxy;

  beforeEach(async () => {
    arrived = [];
    server = createServer(async (request, response) => {
      arrived.push(`${request.method} ${request.url} ${await text(request)}`);
      response.end(ANSWER);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    internet = await FaultProxy.start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });

  afterEach(async () => {
    await internet.stop();
    server.close();
    await once(server, 'close');
  });

  const push = async (
    body: string,
  ): Promise<{ readonly status: number; readonly text: string } | 'broken'> => {
    try {
      const response = await fetch(`${internet.url}/push?n=1`, { method: 'POST', body });
      return { status: response.status, text: await response.text() };
    } catch {
      return 'broken';
    }
  };

  const whole = { status: 200, text: ANSWER };

  it.each<[Fault, unknown, number]>([
    [{ kind: 'none' }, whole, 1],
    [{ kind: 'request-lost' }, 'broken', 0],
    [{ kind: 'answer-lost' }, 'broken', 1],
    [{ kind: 'truncated', bytes: 5_000 }, 'broken', 1],
    [{ kind: 'slow', delayMs: 30 }, whole, 1],
    [{ kind: 'duplicated' }, whole, 2],
    [{ kind: 'refused', status: 502 }, { status: 502, text: '<h1>Something in between</h1>' }, 0],
  ])('does %o', async (fault, seen, times) => {
    internet.choose = () => fault;
    expect(await push('batch')).toEqual(seen);
    expect(arrived).toEqual(Array.from({ length: times }, () => 'POST /push?n=1 batch'));
    expect(internet.tally).toEqual({ [fault.kind]: 1 });
  });

  it('lets a late request arrive behind the next one', async () => {
    internet.choose = () => ({ kind: 'late', afterMs: 60_000 });
    expect(await push('first')).toBe('broken');
    internet.choose = () => ({ kind: 'none' });
    expect(await push('second')).toEqual(whole);
    await waitFor(() => arrived.length === 2, DEADLINE_MS, 'the late one');
    expect(arrived).toEqual(['POST /push?n=1 second', 'POST /push?n=1 first']);
  });

  it('lets a late request arrive by itself if none follows', async () => {
    internet.choose = () => ({ kind: 'late', afterMs: 20 });
    expect(await push('only')).toBe('broken');
    await waitFor(() => arrived.length === 1, DEADLINE_MS, 'the late one');
  });

  it('is cut under an answer, refuses while it is, and is mended', async () => {
    server.removeAllListeners('request');
    server.on('request', (_request, response) => void response.write('begun'));
    const response = await fetch(internet.url);
    internet.cut();
    await expect(response.text()).rejects.toThrow();
    expect(await push('in vain')).toBe('broken');
    internet.mend();
    server.removeAllListeners('request');
    server.on('request', (_request, again) => void again.end(ANSWER));
    expect(await push('through')).toEqual(whole);
  });

  it('has the same faults for the same seed, and all of them', () => {
    const faults = (seed: number) => {
      const choose = faultsByChance(new SeededRandom(seed), 0.5);
      return Array.from({ length: 200 }, () => choose({ method: 'GET', url: '/' }));
    };
    expect(faults(3)).toEqual(faults(3));
    expect(faults(3)).not.toEqual(faults(4));
    expect(new Set(faults(3).map(({ kind }) => kind)).size).toBe(8);
  });
});
