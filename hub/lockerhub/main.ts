#!/usr/bin/env node
/** `lockerhub`: what people do at a console. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ProtocolError } from '@lockerhub/protocol/error.ts';
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import { EpochNumber } from '@lockerhub/protocol/sync/epoch.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { restoreBackup } from '../backup/restore-backup.ts';
import { HubError } from '../error.ts';
import { StoreError } from '../store/store-error.ts';
import { SOFTWARE } from '../version.ts';
import { askLine } from './ask-line.ts';
import { bundle } from './bundle/bundle.ts';
import { backup, type ConsoleFlags, enrol, type Said, status } from './console.ts';
import { doctor } from './doctor/doctor.ts';
import { INSTALLED } from './installed.ts';
import { buildingLog, LINES, MAX_LINES, serviceLog } from './logs/logs.ts';
import { sinceOf } from './logs/since.ts';
import { resetAccess } from './reset-access.ts';
import { runProgram } from './run-program.ts';
import { verifyEvidence } from './verify.ts';

const EXIT_DOES_NOT_HOLD = 1;
/** BSD sysexits: EX_NOINPUT. */
const EXIT_NO_INPUT = 66;
const WITNESS = /^(\d{1,15}):([0-9a-f]{64})$/;

function program(): Command {
  const command = new Command('lockerhub').description('A building’s hub, at the console.').version(SOFTWARE);
  command
    .command('verify')
    .description('Check a proof about a delivery, as a page or as JSON. Needs no hub and no network.')
    .argument('<file>', 'as it was saved on the page of the delivery')
    .option('--witness <seq:hash>', 'an entry and its hash as somebody else has it', witnessOf)
    .action((file: string, { witness }: { witness?: Head }) => verify(file, witness));
  command
    .command('restore')
    .description(
      'Put a hub back from a backup, on an empty folder, under a new epoch. Asks for the recovery key, and the cloud that the building belonged to, if it can be reached, how far it has come: where that holds more than the backup, it says how to replace the hub from there instead, and puts nothing back.',
    )
    .argument('<file>', 'the backup')
    .requiredOption('--data <folder>', 'the hub’s folder; it holds no store yet')
    .option('--recovery-key <key>', 'as on the paper; without it: the first line of the input')
    .option(
      '--above <epoch>',
      'the highest epoch that an agent or the operator names, where the cloud cannot be asked',
      '0',
    )
    .option(
      '--although-behind',
      'put it back even if the cloud holds more: what happened since the backup is lost here, and the cloud takes nothing from this hub',
      false,
    )
    .addHelpText(
      'after',
      '\nThe hub of a backup lacks its account with the cloud: join again by a code, on its page.\nEvery door is unverified until the bank’s own record agrees or staff have looked.',
    )
    .action(restore);
  const say = ({ text, code }: Said) => {
    process.stdout.write(text);
    process.exitCode = code;
  };
  const asking = (name: string, description: string) =>
    command
      .command(name)
      .description(`${description} Exit: 0 all is well, 1 it needs somebody or was refused, 3 no hub runs.`)
      .option('--data <folder>', 'the hub’s folder; be root or the hub’s user', INSTALLED.dataFolder)
      .option('--json', 'for programs');
  const settings = [
    '--settings <file>',
    'with what the hub is told at its start',
    INSTALLED.settings,
  ] as const;
  asking('status', 'How the hub on this machine does; of a dead one, what its folder tells.')
    .option(...settings)
    .action(async (flags: ConsoleFlags) => say(await status(flags)));
  asking(
    'doctor',
    'What is wrong with the hub or the agent on this machine, and what to do; also when it is dead or never ran. Changes nothing.',
  )
    .option(...settings)
    .option('--agent-settings <file>', 'of an agent: its agent.yaml', INSTALLED.agentSettings)
    .action(async (flags: ConsoleFlags & { settings: string; agentSettings: string }) =>
      say(
        await doctor({
          ...INSTALLED,
          ...flags,
          environment: process.env,
          clock: systemClock,
          run: runProgram,
        }),
      ),
    );
  asking('logs', 'What the hub’s service printed; nothing of it names anybody.')
    .option('--building', 'the building’s log instead, in sentences', false)
    .option('--since <time>', 'like 30m, 2h, 3d or 2026-11-26T14:00', (text) => sinceOf(text, Date.now()))
    .option('--lines <number>', `the newest so many, up to ${MAX_LINES}`, linesOf, LINES)
    .option('--follow', 'and what comes from now on', false)
    .option('--file <file>', 'what the service printed, where it is kept in a file and not in the journal')
    .action(logs);
  command
    .command('bundle')
    .description(
      'One file for whoever helps: sudo lockerhub bundle > bundle.tar.gz. No names, contacts, codes or keys are in it; it is not encrypted, so that you can read it before you send it.',
    )
    .option('--data <folder>', 'the hub’s folder; be root or the hub’s user', INSTALLED.dataFolder)
    .option(...settings)
    .option(
      '--log-file <file>',
      'what the service printed, where it is kept in a file and not in the journal',
    )
    .action(bundled);
  asking('backup', 'Make a backup now, or list those that there are.')
    .argument('<act>', 'make or list', actOf)
    .option(...settings)
    .action(async (act: 'make' | 'list', flags: ConsoleFlags) => say(await backup(act, flags)));
  command
    .command('admin')
    .description('Managers’ access, at the hub’s own console alone.')
    .command('reset')
    .description(
      'Make another way in for a manager who lost theirs: a link, shown once. Their password and sessions end; it stands in the log, and all staff see it as a case. With the hub dead it is done at its next start. Exit: 0 done, 3 at the next start.',
    )
    .argument('<login>', 'as the manager signs in')
    .option('--data <folder>', 'the hub’s folder; be root or the hub’s user', INSTALLED.dataFolder)
    .option(...settings)
    .action(async (login: string, flags: { data: string; settings: string }) =>
      say(await resetAccess({ ...flags, login, environment: process.env, random: systemRandom })),
    );
  asking('enrol', 'Join a cloud by a one-time code of its operator.')
    .requiredOption('--url <url>', 'of the cloud, such as https://cloud.example.org')
    .option('--code <code>', 'without it: the first line of the input')
    .action(async (flags: ConsoleFlags & { url: string; code?: string }) =>
      say(await enrol({ ...flags, code: flags.code ?? (await askLine('One-time code: ')) })),
    );
  return command;
}

async function bundled(flags: { data: string; settings: string; logFile?: string }): Promise<void> {
  if (process.stdout.isTTY)
    throw new HubError('request-invalid', 'say where it goes: lockerhub bundle > bundle.tar.gz');
  const machine = { environment: process.env, clock: systemClock, run: runProgram };
  await bundle({ ...INSTALLED, ...flags, ...machine }, process.stdout);
}

interface LogsFlags extends ConsoleFlags {
  readonly building: boolean;
  readonly since?: number;
  readonly lines: number;
  readonly follow: boolean;
  readonly file?: string;
}

async function logs({ building, since, ...flags }: LogsFlags): Promise<void> {
  const ends = new AbortController();
  process.once('SIGINT', () => ends.abort());
  const options = {
    ...flags,
    sinceMs: since,
    say: (line: string) => void process.stdout.write(`${line}\n`),
    clock: systemClock,
    signal: ends.signal,
  };
  await (building ? buildingLog(options) : serviceLog(options));
}

function linesOf(text: string): number {
  const lines = Number(text);
  if (!Number.isInteger(lines) || lines < 1 || lines > MAX_LINES)
    throw new InvalidArgumentError(`a number up to ${MAX_LINES}`);
  return lines;
}

function actOf(text: string): 'make' | 'list' {
  if (text !== 'make' && text !== 'list') throw new InvalidArgumentError('make or list');
  return text;
}

interface RestoreFlags {
  readonly data: string;
  readonly recoveryKey?: string;
  readonly above: string;
  readonly althoughBehind: boolean;
}

async function restore(
  file: string,
  { data, recoveryKey, above, althoughBehind }: RestoreFlags,
): Promise<void> {
  const epoch = await restoreBackup({
    file: resolve(file),
    dataFolder: resolve(data),
    recoveryKey: async () => recoveryKey ?? askLine('Recovery key: '),
    above: EpochNumber.or(z.literal(0)).parse(Number(above)),
    isBehindAccepted: althoughBehind,
    clock: systemClock,
    random: systemRandom,
    onProgress: (what) => process.stderr.write(`${what}\n`),
  });
  process.stdout.write(
    `put back, under epoch ${epoch.number}: start the hub, and look at its doors on its page\n`,
  );
}

function witnessOf(text: string): Head {
  const [, seq, hash] = WITNESS.exec(text) ?? [];
  if (seq === undefined || hash === undefined) {
    throw new InvalidArgumentError('a number, a colon and 64 hex digits, as a proof’s last line shows it');
  }
  return { seq: Number(seq), hash };
}

function verify(file: string, witness: Head | undefined): void {
  try {
    const { lines, witnessed } = verifyEvidence(readFileSync(file, 'utf8'), witness);
    process.stdout.write(`${lines.join('\n')}\n`);
    if (witness && witnessed !== true) process.exitCode = EXIT_DOES_NOT_HOLD;
  } catch (error) {
    fail(file, error);
  }
}

/** A fault that has a name is said in a line; another one shows where it came from. */
function fail(file: string, error: unknown): void {
  if (error instanceof ProtocolError) {
    process.stderr.write(`DOES NOT HOLD: ${error.message}\n`);
    process.exitCode = EXIT_DOES_NOT_HOLD;
  } else if (error instanceof Error && 'code' in error) {
    process.stderr.write(`${file}: ${error.message}\n`);
    process.exitCode = EXIT_NO_INPUT;
  } else throw error;
}

await program()
  .parseAsync()
  .catch((error: unknown) => {
    if (!(error instanceof HubError || error instanceof StoreError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
