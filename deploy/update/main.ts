#!/usr/bin/env node
/**
 * `lockerhub update FILE`: checks a release and hands it to `lockerhub-update.service`, which runs `… run` of this very
 * file: a terminal that is closed, or a cable that is pulled, ends no update.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import type { LastUpdate } from '@lockerhub/protocol/update/files.ts';
import { Command, InvalidArgumentError, Option } from 'commander';
import { AS_OWNER, agentPlace, DebianMachine, hubPort } from './debian-machine.ts';
import { execute } from './execute.ts';
import { Inbox } from './inbox.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { madeAtMs, takeIn } from './release-file.ts';
import { UpdateService } from './service.ts';
import { SYSTEM_ACTS } from './system-acts.ts';
import { SystemFiles } from './system-files.ts';
import { UpdateError } from './update-error.ts';

const UNIT = 'lockerhub-update.service';
const UNITS = '/etc/systemd/system';
const HUB_SETTINGS = '/etc/lockerhub/hub.env';
const PROGRAMS = '/opt/lockerhub';
const VERSIONS = join(PROGRAMS, 'versions');
const STATE = '/var/lib/lockerhub-update';
const KEY = '/etc/lockerhub/release.pub';
const LOOK_EVERY_MS = 500;
/** How long it is waited for a quiet moment unless somebody says otherwise: a courier's round. */
const CALM_WITHIN_MIN = 15;
/** How long the newer hub is watched before it may speak. Longer than a watchdog's turn. */
const WINDOW_S = 75;
/** A day, and an hour: what one may ask for. */
const [MOST_MIN, MOST_S] = [24 * 60, 3_600];

function program(): Command {
  const command = new Command('lockerhub update').description(
    'Bring this hub, or this agent, to another release. It goes back by itself if that does not run.',
  );
  command
    .argument('<release>', 'the file, or the folder that it was unpacked into')
    .option('--older', 'also one that is older than the one in use')
    .option('--wait <minutes>', 'for a moment in which no door is open', upTo(MOST_MIN), CALM_WITHIN_MIN)
    .addOption(windowOption())
    .action(begin);
  command.command('run', { hidden: true }).addOption(windowOption()).action(run);
  return command;
}

function windowOption(): Option {
  return new Option('--window <seconds>', 'that the newer hub is watched before it speaks')
    .argParser(upTo(MOST_S))
    .default(WINDOW_S)
    .env('LOCKERHUB_UPDATE_WINDOW_S');
}

interface Flags {
  readonly older?: boolean;
  readonly wait: number;
  readonly window: number;
}

async function begin(source: string, { older, wait, window }: Flags): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new UpdateError('release-unfit', 'run it as root: sudo lockerhub update …');
  const service = serviceOf(window);
  if (service.isBusy) {
    throw new UpdateError('update-running', `an update is under way: journalctl --follow -u ${UNIT}`);
  }
  say('checking and unpacking (a minute on a slow card)');
  const { inUse } = service;
  const release = await oneAtATime(STATE, 'refuse', async () => {
    const taken = await takeIn({
      source,
      versions: VERSIONS,
      keyFile: KEY,
      inUseAtMs: await madeAtMs(join(VERSIONS, inUse)),
      mayBeOlder: older === true,
    });
    const times = { calmWithinMs: wait * 60_000, windowMs: window * 1_000 };
    if (taken !== inUse) service.want({ release: taken, ...times, update: randomUUID() });
    return taken;
  });
  if (release === inUse) return say(`${release} runs already`);
  say(`handed to ${UNIT}; it goes on if this terminal is closed`);
  await execute('systemctl', ['start', '--no-block', UNIT]);
  const { isKept, why } = await outcome(service);
  say(isKept ? `${release} runs` : `${inUse} runs as before: ${why}`);
  if (!isKept) process.exitCode = 1;
}

/** Resolves when the service has ended the update. */
async function outcome(service: UpdateService): Promise<LastUpdate> {
  for (;;) {
    const { last } = service;
    // Its last word is followed by what it tidies up.
    if (last && !service.isBusy) return last;
    await new Promise<void>((resolve) => void systemClock.after(LOOK_EVERY_MS, resolve));
  }
}

function run({ window }: Pick<Flags, 'window'>): Promise<void> {
  return oneAtATime(STATE, 'wait', () => serviceOf(window).run());
}

function serviceOf(windowS: number): UpdateService {
  const service: UpdateService = new UpdateService({
    versions: VERSIONS,
    state: STATE,
    keyFile: KEY,
    inbox: new Inbox({ folder: '/var/lib/lockerhub/updates', asOwner: AS_OWNER }),
    windowMs: windowS * 1_000,
    clock: systemClock,
    machineOf: (times) =>
      new DebianMachine({
        ...times,
        systemctl: SYSTEM_ACTS.systemctl,
        asOwner: AS_OWNER,
        programs: PROGRAMS,
        system: new SystemFiles({
          acts: SYSTEM_ACTS,
          units: UNITS,
          rules: '/etc/lockerhub/firewall.nft',
          rulesMark: join(STATE, 'rules-to-load'),
          hubPort: () => (hasHub() ? hubPort(HUB_SETTINGS) : null),
          say,
        }),
        ...subject(),
        state: STATE,
        holdFile: '/etc/lockerhub/updating',
        clock: systemClock,
        say,
        onEnd: (journal, why) => service.onEnd(journal, why),
      }),
  });
  return service;
}

function hasHub(): boolean {
  return existsSync(join(UNITS, 'lockerhub-hub.service'));
}

/** What of this machine is updated: its hub; where there is none, its agent. */
function subject() {
  if (hasHub()) {
    const place = { port: hubPort(HUB_SETTINGS) };
    return { what: 'hub', unit: 'lockerhub-hub.service', data: '/var/lib/lockerhub/hub', place } as const;
  }
  const place = agentPlace('/etc/lockerhub/agent.yaml');
  return { what: 'agent', unit: 'lockerhub-agent.service', data: null, place } as const;
}

function say(what: string): void {
  process.stdout.write(`update: ${what}\n`);
}

function upTo(most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (number >= 0 && number <= most) return number;
    throw new InvalidArgumentError(`a number from 0 to ${most}`);
  };
}

await program()
  .parseAsync()
  .catch((error: unknown) => {
    if (!(error instanceof UpdateError)) throw error;
    process.stderr.write(`update: ${error.message}\n`);
    process.exitCode = 1;
  });
