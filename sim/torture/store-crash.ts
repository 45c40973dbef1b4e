/** One round of torture for a store: write until something terrible happens, open again, compare. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { WriterKind } from './store-writer.ts';

/** A recovery may take a while on a busy machine; a hung one counts as a store that cannot be opened. */
const READ_WITHIN_MS = 60_000;

/** What a round found. */
export interface CrashVerdict {
  /** How many entries the writer had been told were safe. */
  readonly acknowledged: number;
  /** How many of those are gone or differ. */
  readonly lost: number;
  /** Why the store could not be opened or did not hold together; null if all was well. */
  readonly unopened: string | null;
}

/** What a writer has said: entry → hash. */
export type Acknowledged = Map<string, string>;

/**
 * Lets a writer write for `writeMs` after its first acknowledgement, strikes, and returns what it had acknowledged.
 *
 * @param strike ends the writer, one way or the other: it gets the process and must see it dead.
 */
export async function writeUntil(
  kind: WriterKind,
  folder: string,
  writeMs: number,
  strike: (writer: ChildProcess) => Promise<void>,
): Promise<Acknowledged> {
  const writer = run('./store-writer.ts', kind, folder);
  const acknowledged: Acknowledged = new Map();
  const said = text(writer.stderr);
  const first = Promise.withResolvers<void>();
  const lines = createInterface({ input: writer.stdout });
  lines.on('line', (line) => {
    const [entry, hash] = line.split(' ');
    // A line that the crash cut short was never heard whole, so it acknowledged nothing.
    if (!entry || !hash || (kind === 'product' && hash.length !== 64)) return;
    acknowledged.set(entry, hash);
    first.resolve();
  });
  const closed = once(lines, 'close');
  writer.once('exit', async (code) =>
    first.reject(new Error(`the writer ended by itself (${code}): ${await said}`)),
  );
  await first.promise;
  await pause(writeMs);
  await strike(writer);
  await closed;
  return acknowledged;
}

/** Opens what is left in a process of its own and compares it with what had been acknowledged. */
export async function compare(
  kind: WriterKind,
  folder: string,
  acknowledged: Acknowledged,
): Promise<CrashVerdict> {
  const reader = run('./store-reader.ts', kind, folder);
  const timer = setTimeout(() => reader.kill('SIGKILL'), READ_WITHIN_MS);
  const [found, said, [code, signal]] = await Promise.all([
    text(reader.stdout),
    text(reader.stderr),
    once(reader, 'exit') as Promise<[number | null, string | null]>,
  ]);
  clearTimeout(timer);
  const there = new Map(
    found
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' ') as [string, string]),
  );
  const lost = [...acknowledged].filter(([entry, hash]) => there.get(entry) !== hash).length;
  const unopened = code === 0 ? null : `${signal ?? code}: ${said.trim().split('\n').slice(-6).join(' | ')}`;
  return { acknowledged: acknowledged.size, lost, unopened };
}

/** kill -9, and waits until it is dead. */
export async function killHard(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const dead = once(child, 'exit');
  child.kill('SIGKILL');
  await dead;
}

function run(script: string, kind: WriterKind, folder: string) {
  return spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), kind, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
