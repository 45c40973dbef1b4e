/** The bank on libmodbus: whether this machine can build it, and building it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether there is a C compiler that finds libmodbus; `.ci/run` installs both. */
export function canBuildLibmodbusBank(): boolean {
  const found = spawnSync('gcc', ['-E', '-'], { input: '#include <modbus/modbus.h>\n' });
  return found.status === 0;
}

/**
 * Compiles the bank.
 *
 * @returns the path of its program in `folder`
 * @throws Error with what the compiler said
 */
export function buildLibmodbusBank(folder: string): string {
  const source = fileURLToPath(new URL('libmodbus-bank.c', import.meta.url));
  const program = join(folder, 'libmodbus-bank');
  const warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Werror'];
  const built = spawnSync('gcc', ['-std=gnu11', '-O2', ...warnings, '-o', program, source, '-lmodbus'], {
    encoding: 'utf8',
  });
  if (built.error) throw built.error;
  if (built.status !== 0) throw new Error(`gcc could not build ${source}:\n${built.stderr}`);
  return program;
}
