/**
 * The floor's near end: node:http, the product's own store with the same entry, bare aedes. A POST is answered when
 * the far end has seen the door open. Argument: the store's folder.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { json } from 'node:stream/consumers';
import { openStore } from '@lockerhub/hub/store/pglite/open.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Aedes } from 'aedes';
import { sharedMs } from '../samples.ts';
import { type FloorAnswer, type FloorOpened, OPEN_TOPIC, OPENED_TOPIC, READY_TOPIC } from './topics.ts';

const store = await openStore({
  folder: String(process.argv[2]),
  epoch: 1,
  node: 'h-1',
  clock: systemClock,
  random: systemRandom,
  onBroken: fail,
  onWarning: fail,
});
const staff = newId(systemClock, systemRandom);
const waiting = new Map<string, (opened: FloorOpened) => void>();

const broker = await Aedes.createBroker();
broker.subscribe(
  OPENED_TOPIC,
  (packet, done) => {
    const opened: FloorOpened = JSON.parse(packet.payload.toString());
    waiting.get(opened.grant)?.(opened);
    done();
  },
  () => {},
);
broker.subscribe(
  READY_TOPIC,
  (_packet, done) => {
    process.stdout.write(`${JSON.stringify({ joined: true })}\n`);
    done();
  },
  () => {},
);
const mqtt = createTcpServer({ noDelay: true }, (socket) => broker.handle(socket));
const http = createServer((request, response) => void open(request, response));
mqtt.listen(0, '127.0.0.1', () => http.listen(0, '127.0.0.1', sayPorts));

async function open(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { door, reason } = (await json(request)) as { door: number; reason: string };
  const grant = newId(systemClock, systemRandom);
  await store.append({
    payloads: [
      {
        type: 'grant.issued',
        at: systemClock.wallMs(),
        clock: 'trusted',
        by: { kind: 'staff', id: staff },
        data: {
          grant,
          purpose: 'staff',
          delivery: null,
          visit: null,
          bank: 'wall',
          compartment: door,
          reason,
        },
      },
    ],
  });
  const committedAtMs = sharedMs();
  const { promise, resolve } = Promise.withResolvers<FloorOpened>();
  waiting.set(grant, resolve);
  broker.publish(
    {
      cmd: 'publish',
      topic: OPEN_TOPIC,
      payload: JSON.stringify({ grant, door }),
      qos: 1,
      retain: false,
      dup: false,
    },
    () => {},
  );
  const opened = await promise;
  waiting.delete(grant);
  const answer: FloorAnswer = { ...opened, committedAtMs };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
}

function sayPorts(): void {
  const port = (server: typeof mqtt) => (server.address() as AddressInfo).port;
  process.stdout.write(`${JSON.stringify({ http: port(http), mqtt: port(mqtt) })}\n`);
}

function fail(error: Error): never {
  throw error;
}

process.on('SIGTERM', () => void store.close().then(() => process.exit(0)));
