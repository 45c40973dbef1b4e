#!/usr/bin/env node
/** The gateway as a process: reads its settings, says when it is ready, ends cleanly. */
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Command } from 'commander';
import { Client } from 'pg';
import type { Logger } from 'pino';
import {
  INVITATION_SETTINGS,
  MIGRATION_SETTINGS,
  readConfig,
  readInvitationConfig,
  readMigrationConfig,
  SETTINGS,
  type Settings,
  unknownVariables,
} from './config/config.ts';
import { createLogger } from './config/logging.ts';
import { connectionString, Database } from './database/database.ts';
import { GatewayError } from './error.ts';
import { startGateway } from './gateway.ts';
import { inviteAdmin } from './operators/first-admin.ts';
import { migrate, requireSchema, SCHEMA_VERSION } from './schema/migrate.ts';
import { VERSION } from './version.ts';

/** BSD sysexits: EX_SOFTWARE. A supervisor starts the process again. */
const EXIT_RESTART = 70;
/** EX_CONFIG: starting again would end the same way. */
const EXIT_CONFIG = 78;
/** A clean end takes at most so long: what is not committed then is sent again by its hub. */
const STOP_WITHIN_MS = 15_000;

function program(): Command {
  const command = new Command('gateway')
    .description('The cloud’s gateway for many buildings.')
    .version(VERSION);
  options(
    command.command('serve', { isDefault: true }).description('Answer hubs and operators.'),
    SETTINGS,
  ).action((flags: Record<string, string>) => serve(settingsOf(flags)));
  options(
    command
      .command('migrate')
      .description('Bring the database to this software’s schema, and make the roles.'),
    MIGRATION_SETTINGS,
  ).action((flags: Record<string, string>) => migrateOnce(settingsOf(flags)));
  options(
    command
      .command('invite')
      .description('Print a one-time link for an administrator; makes the organisation if it is new.'),
    INVITATION_SETTINGS,
  ).action((flags: Record<string, string>) => inviteOnce(settingsOf(flags)));
  return command;
}

function options(command: Command, settings: Readonly<Record<string, string>>): Command {
  for (const [name, description] of Object.entries(settings))
    command.option(`--${name} <value>`, description);
  return command;
}

/** Flags by the names of the settings. */
function settingsOf(flags: Readonly<Record<string, string>>): Settings {
  const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(flags).map(([name, value]) => [dashed(name), value]));
}

async function serve(settings: Settings): Promise<void> {
  const config = readConfig(settings, process.env);
  const log = createLogger(config.logLevel);
  for (const name of unknownVariables(process.env)) log.warn({ name }, 'no setting of this name; ignored');
  watchFaults(log);
  const running = await startGateway({ config, clock: systemClock, random: systemRandom, log });
  sayReady({ http: running.url });
  const stop = once(async (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping');
    const late = systemClock.after(STOP_WITHIN_MS, () => {
      log.error('could not stop in time');
      process.exit(EXIT_RESTART);
    });
    await running.stop();
    late.cancel();
    process.exit(0);
  });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function migrateOnce(settings: Settings): Promise<void> {
  const config = readMigrationConfig(settings, process.env);
  const client = new Client({ connectionString: connectionString(config.owner) });
  await client.connect();
  try {
    await migrate(client, { gateway: config.gatewayPassword, electric: config.electricPassword });
  } finally {
    await client.end();
  }
  sayReady({ schema: SCHEMA_VERSION });
}

async function inviteOnce(settings: Settings): Promise<void> {
  const { database: access, organisation, name } = readInvitationConfig(settings, process.env);
  const database = new Database({ ...access, onIdleError: () => {} });
  const makers = { clock: systemClock, random: systemRandom };
  try {
    await database.transaction(requireSchema);
    const { path } = await database.transaction((client) =>
      inviteAdmin(client, makers, { organisation, name }),
    );
    process.stdout.write(`Open this once, at the cloud's own address, within three days:\n${path}\n`);
  } finally {
    await database.stop();
  }
}

/** Supervisors wait for this line. */
function sayReady(what: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ event: 'ready', ...what })}\n`);
}

/** What nobody caught leaves the process in a state that nobody knows: it ends, and another one is started. */
function watchFaults(log: Logger): void {
  const end = (error: unknown) => {
    log.fatal({ err: error }, 'the gateway ends, to be started again');
    process.exit(EXIT_RESTART);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

function once<Argument>(act: (argument: Argument) => Promise<void>): (argument: Argument) => void {
  let called = false;
  return (argument) => {
    if (called) return;
    called = true;
    void act(argument);
  };
}

/** A fault that we named says all that one needs; only another one shows where it came from. */
function failed(error: unknown): never {
  if (error instanceof GatewayError) {
    const { cause } = error;
    process.stderr.write(`${error.message}${cause instanceof Error ? ` (${cause.message})` : ''}\n`);
    process.exit(error.code === 'overloaded' ? EXIT_RESTART : EXIT_CONFIG);
  }
  throw error;
}

await program().parseAsync().catch(failed);
