/** What the program `edge-agent` can be told to do. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Command } from 'commander';
import { type Logger, pino } from 'pino';
import { readConfig } from './agent/config.ts';
import { Hold } from './agent/hold.ts';
import type { KioskServer, KioskServerOptions } from './agent/kiosk-server.ts';
import { startAgent } from './agent/start-agent.ts';
import { builtInProfiles, loadProfile } from './devices/built-in-profiles.ts';
import { readProfile } from './devices/read-profile.ts';
import { lockAgentFolder, makeFolder } from './identity/identity.ts';
import { joinedWay, plainWay } from './link/hub-way.ts';
import { PageWatch } from './pickups/page-watch.ts';
import type { Pickups } from './pickups/pickups.ts';
import { scanCommand } from './scan/scan-command.ts';
import { UpdateWatch } from './service/last-update.ts';
import { startStatusSocket } from './service/status-socket.ts';
import { Systemd } from './service/systemd.ts';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = new Command('edge-agent')
  .description('Turns a PLC into a bank of a Lockerhub building.')
  .version(version)
  .option('--config <file>', 'what to connect: agent.yaml')
  .action(async ({ config }: { config?: string }) => {
    if (config === undefined) program.error('say what to connect: edge-agent --config agent.yaml');
    else await run(config);
  });
program
  .command('join <code>')
  .description('Joins a building by the one-time code that its staff made.')
  .option('--hub <host[:port]>', 'where the hub’s pages are; without it: whatever hub announces itself here')
  .requiredOption('--folder <folder>', 'where the agent keeps who it is; the `folder` of its agent.yaml')
  .action(async (code: string, { hub, folder }: { hub?: string; folder: string }) => {
    const { joinBuilding } = await import('./identity/join.ts');
    const log = pino({ name: 'edge-agent' });
    const options = { code, hub, folder: resolve(folder), name: hostname(), random: systemRandom, log };
    const { bank, building } = await joinBuilding(options);
    console.log(`joined: this is the agent of the bank "${bank}" of "${building}" now`);
  });
const profiles = program.command('profiles').description('The devices that an agent can drive.');
profiles
  .command('list')
  .description('Lists the profiles that come with the agent.')
  .action(async () => {
    endWithReader();
    for (const name of await builtInProfiles()) console.log(`${name}\t${(await loadProfile(name)).title}`);
  });
profiles
  .command('check <file>')
  .description('Checks a profile and names each mistake.')
  .action(async (file: string) => {
    const { profile, title } = await readProfile(file);
    console.log(`${file}: profile "${profile}" (${title}) is good`);
  });
program.addCommand(scanCommand());

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

async function run(configPath: string): Promise<void> {
  const config = readConfig(configPath);
  const log = pino({ name: 'edge-agent', redact: ['password', '*.password'] });
  makeFolder(config.folder);
  // Never released: the end of the process does that.
  lockAgentFolder(config.folder);
  const { hub } = config;
  const hold = new Hold(process.env.LOCKERHUB_HELD_WHILE);
  const way = 'url' in hub ? plainWay(hub) : joinedWay(config.folder, hub.name, log);
  const updates = new UpdateWatch({
    folder: process.env.LOCKERHUB_UPDATE_STATE,
    clock: systemClock,
    onChange: () => agent.reportState(),
  });
  const agent = await startAgent({
    bankFile: config.bankFileText,
    bankFileName: config.bankFile,
    way,
    folder: config.folder,
    software: `edge-agent ${version}`,
    log,
    isHeld: () => hold.isOn,
    lastUpdate: () => updates.last,
    keepsPickups: config.kiosk !== undefined,
  });
  updates.start();
  const standing = () => ({ held: hold.isOn, calm: agent.isCalm });
  const status = startStatusSocket({
    folder: config.folder,
    ready: () => ({ ready: true, ...standing() }),
    status: () => agent.status && { ...agent.status, pages: way.pages() ?? null },
    log,
  });
  const kiosk =
    config.kiosk &&
    (await startKiosk({
      ...config.kiosk,
      hub: way.pages,
      pickups: () => agent.pickups,
      standing,
      log,
    }));
  const pages = kiosk && agent.pickups && watchPages(way.pages, agent.pickups);
  log.info({ version, kiosk: kiosk?.url }, 'the agent runs');
  const systemd = new Systemd({ environment: process.env, clock: systemClock, log });
  await systemd.ready();
  // All that an agent does is on this one loop: while it turns, polls go on.
  systemd.watch(async () => {});
  stopOnSignals(log, async () => {
    void systemd.stopping();
    updates.stop();
    pages?.stop();
    status.stop();
    await kiosk?.stop();
    await agent.stop();
  });
}

/** Whoever stands at the kiosk needs pages: a hub that gives none is away, however its heart beats. */
function watchPages(hub: () => string | undefined, pickups: Pickups): PageWatch {
  const watch = new PageWatch({ clock: systemClock, hub, answered: () => pickups.pagesAnswered() });
  pickups.expectPages();
  watch.start();
  return watch;
}

/** Loaded where there is a screen: an agent without one keeps the memory (10 MB on a small board). */
async function startKiosk(options: KioskServerOptions): Promise<KioskServer> {
  const { startKioskServer } = await import('./agent/kiosk-server.ts');
  return startKioskServer(options);
}

/** Whoever reads what is printed may have seen enough (`| head -1`): that is no failure, and nothing to complain of. */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

/** Ends cleanly on the first signal; a second one, or an end that takes too long, ends at once. */
function stopOnSignals(log: Logger, stop: () => Promise<void>): void {
  const STOP_WITHIN_MS = 5_000;
  let stopping = false;
  const end = (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}
