import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { type KioskServer, startKioskServer } from './kiosk-server.ts';

let folder: string;
let hub: Server;
let kiosk: KioskServer;
let hubPort: number;
let asked: { request: IncomingMessage; body: string; response: ServerResponse }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-kiosk-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>Kiosk</title>');
  await writeFile(join(folder, 'assets', 'a.js'), 'a()');
  asked = [];
  hub = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => {
      body += String(data);
    });
    request.on('end', () => {
      asked.push({ request, body, response });
      if (request.url?.endsWith('/stream')) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: 1\n\n');
      } else {
        response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': 'terminal=t; HttpOnly' });
        response.end('{"visit":1}');
      }
    });
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
  hubPort = (hub.address() as AddressInfo).port;
  kiosk = await startKioskServer({
    host: '127.0.0.1',
    port: 0,
    hub: () => `http://127.0.0.1:${hubPort}`,
    standing: () => ({ held: false, calm: true }),
    page: folder,
    log: pino({ level: 'silent' }),
  });
});

afterEach(async () => {
  await kiosk.stop();
  hub.closeAllConnections();
  await new Promise((resolve) => hub.close(resolve));
  await rm(folder, { recursive: true });
});

describe('the agent’s kiosk page', () => {
  it('is served from the agent, for every path that is no file', async () => {
    expect(await (await fetch(kiosk.url)).text()).toContain('Kiosk');
    expect(await (await fetch(`${kiosk.url}assets/a.js`)).text()).toBe('a()');
    expect(await (await fetch(`${kiosk.url}somewhere`)).text()).toContain('Kiosk');
    expect(await (await fetch(`${kiosk.url}..%2f..%2fetc/passwd`)).text()).toContain('Kiosk');
  });

  it('forwards what it asks to the hub, cookies and all', async () => {
    const answer = await fetch(`${kiosk.url}api/v1/visits?x=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: 'terminal=t' },
      body: '{"code":"12345678"}',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('set-cookie')).toContain('terminal=t');
    expect(await answer.json()).toEqual({ visit: 1 });
    expect(asked[0]?.request.url).toBe('/api/v1/visits?x=1');
    expect(asked[0]?.request.headers).toMatchObject({ cookie: 'terminal=t', host: `127.0.0.1:${hubPort}` });
    expect(asked[0]?.body).toBe('{"code":"12345678"}');
  });

  it('passes live events on as they come, and hangs up when the kiosk does', async () => {
    const abort = new AbortController();
    const answer = await fetch(`${kiosk.url}api/v1/visits/7/stream`, { signal: abort.signal });
    const reader = answer.body?.getReader();
    const read = async () => new TextDecoder().decode((await reader?.read())?.value);
    expect(await read()).toBe('data: 1\n\n');
    asked[0]?.response.write('data: 2\n\n');
    expect(await read()).toBe('data: 2\n\n');
    const closed = new Promise((resolve) => asked[0]?.response.once('close', resolve));
    abort.abort();
    await closed;
  });

  it('refuses what is too large, comes from another site, or is too much at once', async () => {
    const large = await fetch(`${kiosk.url}api/v1/visits`, { method: 'POST', body: 'x'.repeat(70_000) });
    expect([large.status, (await large.json()).code]).toEqual([413, 'body-too-large']);
    const photo = await fetch(`${kiosk.url}api/v1/visits/v/parcels/p/photo`, {
      method: 'POST',
      body: 'x'.repeat(70_000),
    });
    expect(await photo.json(), 'a photo of a label is passed on').toEqual({ visit: 1 });
    expect(asked.at(-1)?.body).toHaveLength(70_000);
    const foreign = await fetch(`${kiosk.url}api/v1/visits`, {
      method: 'POST',
      headers: { origin: 'http://evil.example' },
      body: '{}',
    });
    expect([foreign.status, (await foreign.json()).code]).toEqual([403, 'origin-foreign']);
    const abort = new AbortController();
    const streams = Array.from({ length: 64 }, () =>
      fetch(`${kiosk.url}api/v1/visits/7/stream`, { signal: abort.signal }),
    );
    await Promise.all(streams);
    const over = await fetch(`${kiosk.url}api/v1/kiosk`);
    expect([over.status, (await over.json()).code]).toEqual([503, 'overloaded']);
    abort.abort();
    await waitFor(
      async () => (await fetch(`${kiosk.url}api/v1/kiosk`)).status === 201,
      5_000,
      'room for one more',
    );
  });

  it('says so when the hub is away, and still shows its page', async () => {
    hub.closeAllConnections();
    await new Promise((resolve) => hub.close(resolve));
    const answer = await fetch(`${kiosk.url}api/v1/kiosk`);
    expect([answer.status, (await answer.json()).code]).toEqual([502, 'hub-away']);
    expect(await (await fetch(kiosk.url)).text()).toContain('Kiosk');
  });

  it('sends its page under the policy that the hub sends it with: nothing from elsewhere, and the camera', async () => {
    const { headers } = await fetch(kiosk.url);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("object-src 'none'");
    expect(headers.get('permissions-policy')).toBe('camera=(self), microphone=()');
    expect(headers.get('x-frame-options'), 'the demo shows it in a frame').toBeNull();
  });

  it('says how the agent stands, for its updater', async () => {
    expect(await (await fetch(`${kiosk.url}readyz`)).json()).toEqual({
      ready: true,
      held: false,
      calm: true,
    });
  });

  it('names a port that is taken', async () => {
    const options = {
      host: '127.0.0.1',
      port: hubPort,
      hub: () => 'http://127.0.0.1:1',
      standing: () => ({ held: false, calm: true }),
      log: pino({ level: 'silent' }),
    };
    await expect(startKioskServer(options)).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining(`127.0.0.1:${hubPort} (EADDRINUSE)`),
    });
  });
});
