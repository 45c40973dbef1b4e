/** `lockerhub logs`: what the service printed, or the building's log in sentences. Nothing of it names anybody. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { LogEntryView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { ConsoleFile } from '../../console/console-file.ts';
import { HubError } from '../../error.ts';
import { ask, running } from '../ask-hub.ts';
import { UNITS } from '../installed.ts';
import { buildingLine } from './building-line.ts';
import { serviceLine } from './service-line.ts';

export const LINES = 200;
export const MAX_LINES = 10_000;
const PAGE = 200;
/** Somebody watches: a door takes longer than this to open. */
const LOOK_EVERY_MS = 1_000;

export interface LogsOptions {
  readonly data: string;
  readonly lines: number;
  /** By the wall clock. */
  readonly sinceMs?: number | undefined;
  readonly follow: boolean;
  /** What the service printed, where it is kept in a file and not in the journal. */
  readonly file?: string | undefined;
  readonly say: (line: string) => void;
  readonly clock: Clock;
  /** Ends a log that is followed. */
  readonly signal: AbortSignal;
}

/** What the service printed. @throws HubError `request-invalid` if neither journal nor file can be read */
export async function serviceLog(options: LogsOptions): Promise<void> {
  const { say, signal } = options;
  const [program, ...words] = readerOf(options);
  const reader = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let complaint = '';
  reader.stderr.on('data', (piece: Buffer) => {
    complaint = (complaint + piece.toString('utf8')).slice(0, 500);
  });
  const ended = new Promise<number | null>((resolve) => {
    reader.once('error', () => resolve(null));
    reader.once('close', resolve);
  });
  for await (const text of createInterface({ input: reader.stdout })) {
    const line = serviceLine(text);
    if (line !== null) say(line);
  }
  if ((await ended) !== 0 && !signal.aborted) {
    throw new HubError(
      'request-invalid',
      `${program} can’t read what the service printed (${complaint.trim() || 'it is not here'}); be root, or name its file by --file`,
    );
  }
}

function readerOf({ file, lines, sinceMs, follow }: LogsOptions): [string, ...string[]] {
  if (file !== undefined) return ['tail', '-n', String(lines), ...(follow ? ['-F'] : []), '--', file];
  const since = sinceMs === undefined ? [] : [`--since=@${Math.floor(sinceMs / 1000)}`];
  return [
    'journalctl',
    ...['--no-pager', '--quiet', '--output=cat', `--unit=${UNITS.hub}`, `--lines=${lines}`],
    ...since,
    ...(follow ? ['--follow'] : []),
  ];
}

/** The building's log, oldest first. @throws HubError `console-refused` if no hub runs */
export async function buildingLog({
  data,
  lines,
  sinceMs,
  follow,
  say,
  clock,
  signal,
}: LogsOptions): Promise<void> {
  const to = running(data);
  const first = await newest(to, lines, (entry) => sinceMs !== undefined && entry.at < sinceMs);
  let known = first;
  for (const entry of first) say(buildingLine(entry, known));
  let last = first.at(-1)?.seq ?? 0;
  while (follow && !signal.aborted) {
    await pause(clock, LOOK_EVERY_MS, signal);
    const from = last;
    const more = await newest(to, MAX_LINES, (entry) => entry.seq <= from);
    known = [...known, ...more].slice(-MAX_LINES);
    for (const entry of more) say(buildingLine(entry, known));
    last = more.at(-1)?.seq ?? last;
  }
}

/** Up to so many of the newest entries, oldest first, none from the first that `isBefore` on. */
async function newest(
  to: ConsoleFile,
  count: number,
  isBefore: (entry: LogEntryView) => boolean,
): Promise<LogEntryView[]> {
  const found: LogEntryView[] = [];
  for (let before: string | null = ''; before !== null && found.length < count; ) {
    const limit = Math.min(PAGE, count - found.length);
    const query: string = `limit=${limit}${before === '' ? '' : `&before=${before}`}`;
    const page: { items: LogEntryView[]; before: string | null } = await ask(to, `log?${query}`, EntryPage);
    const end = page.items.findIndex(isBefore);
    found.push(...(end < 0 ? page.items : page.items.slice(0, end)));
    before = end < 0 ? page.before : null;
  }
  return found.toReversed();
}

const EntryPage = pageOf(LogEntryView);

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, resolve);
    signal.addEventListener('abort', () => {
      timer.cancel();
      resolve();
    });
  });
}
