#!/usr/bin/env node
/** The hub as a process: reads its settings, says when it is ready, ends cleanly. */
import { Systemd } from '@lockerhub/edge-agent/service/systemd.ts';
import { EpochNumber } from '@lockerhub/protocol/sync/epoch.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Command } from 'commander';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type Config, readConfig, SETTINGS, type Settings, unknownVariables } from './config/config.ts';
import { createLogger } from './config/logging.ts';
import { HubError } from './error.ts';
import { type RunningHub, startHub } from './hub.ts';
import { askLine } from './lockerhub/ask-line.ts';
import { provisionFromFile } from './provision/from-file.ts';
import { epochInCloud, restoreHub } from './recovery/restore.ts';
import { replaceHub } from './replace/replace-hub.ts';
import { StoreError } from './store/store-error.ts';
import { CloudFault } from './sync/cloud-fault.ts';
import { SOFTWARE } from './version.ts';

/** BSD sysexits: EX_SOFTWARE. A supervisor starts the process again. */
const EXIT_RESTART = 70;
/** EX_CONFIG: starting again would end the same way. */
const EXIT_CONFIG = 78;
const EXIT_FAILED = 1;
/** A clean end takes at most so long; then the log is as durable as it was after the last commit anyway. */
const STOP_WITHIN_MS = 5_000;

function program(): Command {
  const command = new Command('hub').description('The program of one building.').version(SOFTWARE);
  for (const [name, description] of Object.entries(SETTINGS))
    command.option(`--${name} <value>`, description);
  command.action((_options, self: Command) => run(settingsOf(self)));
  command
    .command('provision')
    .description('Fill a building from a file, before its first start. Does nothing twice.')
    .requiredOption('--file <path>', 'YAML: building, staff, residents, couriers, banks, terminals')
    .action((options: { file: string }, self: Command) => provision(options.file, settingsOf(self)));
  command
    .command('restore')
    .description(
      'Let a hub speak again whose data folder was put back from a copy. Asks for the recovery key, and the cloud, if it can be reached, for the highest epoch. (A backup file: lockerhub restore.)',
    )
    .option('--recovery-key <key>', 'as on the paper; without it: the first line of the input')
    .option(
      '--above <epoch>',
      'the highest epoch that the page, an agent or the operator names, where the cloud cannot be asked',
      '0',
    )
    .action((options: RestoreFlags, self: Command) => restore(options, settingsOf(self)));
  command
    .command('replace')
    .description(
      'Take a building over from the cloud, on an empty folder. Asks for the recovery key. May be run again.',
    )
    .requiredOption('--cloud <url>', 'of the cloud, such as https://cloud.example.org')
    .requiredOption('--code <code>', 'one-time, for a replacement; the cloud’s operator makes it')
    .option('--recovery-key <key>', 'as on the paper; without it: the first line of the input')
    .action((options: ReplaceFlags, self: Command) => replace(options, settingsOf(self)));
  return command;
}

interface ReplaceFlags {
  readonly cloud: string;
  readonly code: string;
  readonly recoveryKey?: string;
}

async function replace({ cloud, code, recoveryKey }: ReplaceFlags, settings: Settings): Promise<void> {
  const { dataFolder } = readConfig(settings, process.env);
  const { number } = await replaceHub({
    dataFolder,
    url: cloud.replace(/\/+$/, ''),
    code,
    recoveryKey: async () => recoveryKey ?? askLine('Recovery key: '),
    clock: systemClock,
    random: systemRandom,
    onProgress: (what) => process.stderr.write(`${what}\n`),
  });
  const said = `this hub speaks for the building under epoch ${number}: start it, and look at its doors on its page\n`;
  // Electric's client leaves a timer of 60 s behind (up-to-date-tracker.ts), and a building waits for its hub.
  process.stdout.write(said, () => process.exit(0));
}

interface RestoreFlags {
  readonly recoveryKey?: string;
  readonly above: string;
}

async function restore({ recoveryKey, above }: RestoreFlags, settings: Settings): Promise<void> {
  const { dataFolder } = readConfig(settings, process.env);
  const typed = recoveryKey ?? (await askLine('Recovery key: '));
  const inCloud = await epochInCloud(dataFolder, typed, (what) => process.stderr.write(`${what}\n`));
  const { number } = restoreHub({
    dataFolder,
    recoveryKey: typed,
    above: Math.max(EpochNumber.or(z.literal(0)).parse(Number(above)), inCloud),
    clock: systemClock,
    random: systemRandom,
  });
  process.stdout.write(
    `this hub speaks under epoch ${number} from its next start on; look at its page then\n`,
  );
}

/** Flags by the names of `SETTINGS`, those of the parent command included. */
function settingsOf(command: Command): Settings {
  const given: Record<string, unknown> = command.optsWithGlobals();
  const camel = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    Object.keys(SETTINGS).map((name) => [name, given[camel(name)] as string | undefined]),
  );
}

async function run(settings: Settings): Promise<void> {
  const config = readConfig(settings, process.env);
  const log = createLogger(config.logLevel);
  for (const name of unknownVariables(process.env)) log.warn({ name }, 'no setting of this name; ignored');
  watchFaults(log);
  const hub = await startHub({
    config,
    clock: systemClock,
    random: systemRandom,
    log,
    onBroken: (error) => endAtOnce(log, error),
  });
  sayPorts(log, config, hub);
  // The supervisor of the demo, and anyone's, waits for this line.
  process.stdout.write(
    `${JSON.stringify({ event: 'ready', http: hub.httpUrl, mqtt: hub.mqttPort, mqtts: hub.mqttsPort })}\n`,
  );
  const systemd = new Systemd({ environment: process.env, clock: systemClock, log });
  await systemd.ready();
  systemd.watch(() => hub.progress());
  const stop = once(async (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping');
    void systemd.stopping();
    const late = systemClock.after(STOP_WITHIN_MS, () => {
      log.error('could not stop in time');
      process.exit(EXIT_RESTART);
    });
    await hub.stop();
    late.cancel();
    process.exit(0);
  });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function provision(file: string, settings: Settings): Promise<void> {
  const config = readConfig(settings, process.env);
  const log = createLogger(config.logLevel === 'info' ? 'warn' : config.logLevel);
  const made = await provisionFromFile({
    file,
    dataFolder: config.dataFolder,
    clock: systemClock,
    random: systemRandom,
    log,
    onBroken: (error) => endAtOnce(log, error),
  });
  process.stdout.write(`${JSON.stringify(made)}\n`);
}

function sayPorts(log: Logger, config: Config, hub: RunningHub): void {
  for (const [what, choice, port] of [
    ['pages and API', config.http, Number(new URL(hub.httpUrl).port)],
    ['MQTT broker', config.mqtt, hub.mqttPort],
    ['MQTT over TLS', config.mqtts, hub.mqttsPort],
  ] as const) {
    if (choice.askedBy === null && choice.port !== port) {
      log.warn({ port }, `${what}: port ${choice.port} is taken, using ${port}`);
    }
  }
}

/** What nobody caught leaves the process in a state that nobody knows: it ends, and the next one reads the log. */
function watchFaults(log: Logger): void {
  process.on('uncaughtException', (error) => endAtOnce(log, error));
  process.on('unhandledRejection', (error) => endAtOnce(log, error));
}

function endAtOnce(log: Logger, error: unknown): never {
  log.fatal({ err: error }, 'the hub ends, to be started again');
  process.exit(EXIT_RESTART);
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
  if (error instanceof HubError || error instanceof StoreError || error instanceof CloudFault) {
    process.stderr.write(`${error.message}\n`);
    process.exit(error instanceof HubError ? EXIT_CONFIG : EXIT_FAILED);
  }
  throw error;
}

await program().parseAsync().catch(failed);
