/**
 * `lockerhub bundle`: what a supporter needs to help, in one file. It is not encrypted, so that whoever sends it can read it
 * first; so nothing of anybody and no secret may be in it. Each part is made of what may be told, never of what was left
 * after something was taken out (`parts.ts`).
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HubError } from '../../error.ts';
import { type DoctorOptions, doctor } from '../doctor/doctor.ts';
import { serviceLog } from '../logs/logs.ts';
import { folderPart, hubParts, settingsPart, versionsPart } from './parts.ts';

/** Lines of the service: some days of a hub that does well, the end of one that does not. */
const SERVICE_LINES = 5_000;

export interface BundleOptions extends Omit<DoctorOptions, 'json'> {
  /** What the service printed, where it is kept in a file and not in the journal. */
  readonly logFile?: string | undefined;
}

/** Writes it, as a tar file compressed by gzip. Works with a hub that runs or is dead. @throws HubError `request-invalid` */
export async function bundle(options: BundleOptions, output: Writable): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-bundle-'));
  try {
    const parts: Readonly<Record<string, string>> = {
      'README.txt': README,
      'versions.json': versionsPart(),
      'doctor.json': await doctorPart(options),
      'settings.txt': settingsPart(options.settings),
      'folder.txt': await folderPart(resolve(options.data)),
      'service.log': await servicePart(options),
      ...(await hubParts(options.data)),
    };
    for (const [name, text] of Object.entries(parts)) await writeFile(join(folder, name), text);
    const tar = spawn(
      'tar',
      ['--create', '--gzip', `--directory=${folder}`, '--owner=0', '--group=0', ...Object.keys(parts)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const ended = new Promise<number | null>((done) => {
      tar.once('error', () => done(null));
      tar.once('close', done);
    });
    await pipeline(tar.stdout, output, { end: false });
    if ((await ended) !== 0)
      throw new HubError(
        'request-invalid',
        'tar can’t pack the bundle; is it installed, and has the disk room?',
      );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Codes only: its sentences name places, such as the folder of a stick that may bear somebody's name. */
async function doctorPart(options: BundleOptions): Promise<string> {
  const { text } = await doctor({ ...options, json: true });
  const { running, found } = JSON.parse(text) as {
    running: boolean;
    found: { code: string; weight: string }[];
  };
  return `${JSON.stringify({ running, found: found.map(({ code, weight }) => ({ code, weight })) }, null, 1)}\n`;
}

async function servicePart({ data, logFile, clock }: BundleOptions): Promise<string> {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const never = new AbortController().signal;
  try {
    await serviceLog({ data, lines: SERVICE_LINES, follow: false, file: logFile, say, clock, signal: never });
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    lines.push('what the service printed could not be read');
  }
  return `${lines.join('\n')}\n`;
}

const README = `A support bundle of a Lockerhub hub.

versions.json   the software, Node, the machine's kind, the store's schema
doctor.json     what "lockerhub doctor" found, by code (hub/lockerhub/doctor/SPEC.md)
settings.txt    which settings are set; of numbers which
folder.txt      what lies in the hub's folder, and how large it is
service.log     what the service printed: known fields with ids and numbers
log.jsonl       the newest entries of the building's log, by ids, without what people typed
metrics.txt     figures, by bank

The last two are missing of a hub that does not run. No names, contacts, tracking numbers, codes, passwords or keys are in
it, and so it is not encrypted: read it before you send it.
`;
