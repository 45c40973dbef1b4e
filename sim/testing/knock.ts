/**
 * `node knock.ts JSON`: asks a hub to be let in, as an agent that does not mind whose hub it is, and prints what came
 * of it: `up`, or why not.
 */
import { connect, type TLSSocket } from 'node:tls';
import { createMqttLink } from '@lockerhub/edge-agent/link/mqtt-link.ts';
import { pino } from 'pino';

/** `key` and `cert` in PEM; absent: it shows nothing. */
export interface Knock {
  readonly host: string;
  readonly port: number;
  readonly building: string;
  readonly bank: string;
  readonly key?: string;
  readonly cert?: string;
}

const { host, port, building, bank, key, cert }: Knock = JSON.parse(process.argv[2] ?? '');
const open = () =>
  new Promise<TLSSocket>((resolve, reject) => {
    const shown = key === undefined || cert === undefined ? {} : { key, cert };
    const socket = connect({ host, port, rejectUnauthorized: false, minVersion: 'TLSv1.3', ...shown });
    socket.once('error', reject).once('secureConnect', () => resolve(socket));
  });
const tell = (outcome: string) => {
  console.log(outcome);
  process.exit();
};
createMqttLink({ open, building, bank, log: pino({ level: 'silent' }) }).connect(
  { v: 1, session: 1, agent: 'offline', lines: [] },
  { up: () => tell('up'), message: () => {}, down: tell },
);
