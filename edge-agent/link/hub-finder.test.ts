/** Where an agent looks for its hub, over real TLS: the right one is taken, any other is named and told nothing. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { listenTls, type TlsListener } from '@lockerhub/hub/broker/tls-listener.ts';
import { Authority, createAuthority } from '@lockerhub/hub/keyring/authority.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../sim/testing/free-port.ts';
import type { Identity } from '../identity/identity.ts';
import { HubFinder, type HubFinderOptions } from './hub-finder.ts';
import type { HubAddress } from './tls-way.ts';

const HOST = '127.0.0.1';
const never = new AbortController().signal;
let authority: Authority;
let elsewhere: Authority;
let identity: Identity;
let kept: string | null;
let heard: string[];
let listeners: TlsListener[];
let servers: Server[];

beforeEach(async () => {
  const random = systemRandom;
  [authority, elsewhere] = [
    new Authority(await createAuthority(random.bytes(16))),
    new Authority(await createAuthority(random.bytes(16))),
  ];
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const agent = '01890000-0000-7000-8000-00000000a6e7';
  const certificate = await authority.issue(
    { publicKey, commonName: agent, use: 'client' },
    random.bytes(16),
  );
  identity = {
    version: 1,
    agent,
    building: 'house',
    bank: 'hall',
    privateKey,
    certificate,
    ca: authority.certificate,
    hub: { addresses: [], mqttsPort: await freePort(), httpPort: 8080 },
  };
  kept = null;
  heard = [];
  listeners = [];
  servers = [];
});
afterEach(async () => {
  for (const listener of listeners) await listener.stop();
  for (const server of servers) server.close();
});

/** A hub of this CA; it notes what it is told once it is believed. */
async function hub(by = authority, port = 0): Promise<HubAddress> {
  const listener = await listenTls({
    host: HOST,
    port,
    authority: by,
    random: systemRandom,
    maxConnections: 8,
    onConnection: (socket) => socket.on('data', (data) => heard.push(String(data))),
  });
  listeners.push(listener);
  return { host: HOST, port: listener.port, httpPort: 8081 };
}

function finder(change: Partial<HubFinderOptions> = {}): HubFinder {
  return new HubFinder({
    identity,
    credentials: () => identity,
    browse: async () => [],
    lastSeen: {
      read: () => kept,
      write: (text) => {
        kept = text;
      },
    },
    log: pino({ level: 'silent' }),
    ...change,
  });
}

async function foundBy(one: HubFinder): Promise<number> {
  const socket = await one.find(never);
  socket.destroy();
  return one.at?.port ?? 0;
}

it('looks by the name that was configured, then where it was, then where it said, then on the LAN', async () => {
  const [named, last, announced] = [await hub(), await hub(), await hub()];
  const said = await hub(authority, identity.hub.mqttsPort);
  identity = { ...identity, hub: { ...identity.hub, addresses: [HOST] } };
  kept = JSON.stringify(last);
  const all = { name: { host: HOST, port: named.port }, browse: async () => [announced] };
  expect(await foundBy(finder(all))).toBe(named.port);
  kept = JSON.stringify(last);
  await listeners[0]?.stop();
  expect(await foundBy(finder(all))).toBe(last.port);
  await listeners[1]?.stop();
  expect(await foundBy(finder(all))).toBe(said.port);
  await listeners[3]?.stop();
  expect(await foundBy(finder(all))).toBe(announced.port);
  expect(JSON.parse(kept ?? '')).toEqual(announced);
});

it('names another hub where its own was, tells it nothing, and finds its own elsewhere', async () => {
  const foreign = await hub(elsewhere);
  kept = JSON.stringify(foreign);
  await expect(finder().find(never)).rejects.toThrow(
    `${HOST}:${foreign.port}: another hub: this building’s CA does not know it`,
  );
  const own = await hub();
  expect(await foundBy(finder({ browse: async () => [foreign, own] }))).toBe(own.port);
  expect(heard).toEqual([]);
});

it('gives up on what is silent, on what is closed, and when it is told to', async () => {
  const silent = createServer(() => {}).listen(0, HOST);
  servers.push(silent);
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as { port: number };
  const candidates = [
    { host: HOST, port, httpPort: 1 },
    { host: HOST, port: await freePort(), httpPort: 1 },
  ];
  const search = finder({ browse: async () => candidates }).find(never);
  await expect(search).rejects.toThrow(/no answer in 3000 ms; .*ECONNREFUSED/);
  const over = new AbortController();
  const given = finder({ browse: async () => candidates.slice(0, 1) }).find(over.signal);
  over.abort();
  await expect(given).rejects.toThrow('given up');
  await expect(finder().find(never)).rejects.toThrow('no address is known, and none announced');
});

it('takes what it kept of an older version for nothing', async () => {
  const own = await hub();
  kept = '{"host":"127.0.0.1"}';
  expect(await foundBy(finder({ browse: async () => [own] }))).toBe(own.port);
});
