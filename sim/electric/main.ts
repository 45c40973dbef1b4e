#!/usr/bin/env node
/** The stand-in for Electric as a process. For development only. */
import { Command, InvalidArgumentError } from 'commander';
import { pino } from 'pino';
import { SimError } from '../error.ts';
import { startShapeServer } from './shape-server.ts';

/** BSD sysexits: EX_CONFIG. */
const EXIT_CONFIG = 78;

interface Flags {
  readonly databaseUrl?: string;
  readonly port: number;
  readonly host: string;
  readonly storage?: string;
  readonly liveTimeoutMs?: number;
}

const program = new Command('shape-server')
  .description(
    "A stand-in for Electric's sync service, for development only: shapes over HTTP from Postgres' logical " +
      'replication. The secret is read from ELECTRIC_SECRET, as Electric does.',
  )
  .option('--database-url <url>', 'a role that may replicate and owns the tables; default: DATABASE_URL')
  .option('--port <port>', '0: a free one', toNumber, 3000)
  .option('--host <address>', 'to listen on', '127.0.0.1')
  .option('--storage <folder>', 'where shapes are kept over restarts; default: they are not')
  .option('--live-timeout-ms <ms>', 'how long a live request waits; default: 20000', toNumber);
program.parse();

const flags = program.opts<Flags>();
const { DATABASE_URL, ELECTRIC_SECRET } = process.env;
const databaseUrl =
  flags.databaseUrl ??
  DATABASE_URL ??
  program.error('say which database: --database-url or DATABASE_URL', { exitCode: EXIT_CONFIG });

try {
  const server = await startShapeServer({
    databaseUrl,
    port: flags.port,
    host: flags.host,
    ...(flags.storage === undefined ? {} : { storageFolder: flags.storage }),
    ...(flags.liveTimeoutMs === undefined ? {} : { liveTimeoutMs: flags.liveTimeoutMs }),
    ...(ELECTRIC_SECRET ? { secret: ELECTRIC_SECRET } : {}),
    log: pino({ name: 'shape-server' }, pino.destination(2)),
  });
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: server.url, for: 'development only' })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.stop().then(() => process.exit(0)));
  }
} catch (error) {
  if (!(error instanceof SimError)) throw error;
  program.error(error.message, { exitCode: EXIT_CONFIG });
}

function toNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('a whole number is needed');
  return number;
}
