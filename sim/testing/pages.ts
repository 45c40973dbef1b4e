/** Builds the pages (kiosk, staff, demo) if their sources changed; turbo remembers. `npm run build` is this file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * Builds what is not built yet. About 10 s the first time, under 1 s when nothing changed.
 *
 * @throws Error if a build failed; what it printed says why.
 */
export async function buildPages(): Promise<void> {
  const turbo = join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? 'turbo.cmd' : 'turbo');
  const child = spawn(turbo, ['run', 'build', '--output-logs=errors-only'], {
    cwd: ROOT,
    // Nothing is told to anybody on the internet.
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const printed: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  if (exitCode !== 0) {
    throw new Error(`the pages could not be built:\n${Buffer.concat(printed).toString()}`);
  }
}

if (import.meta.main) await buildPages();
