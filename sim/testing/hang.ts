/** A program that stands still: what systemd makes of it. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DebianHost } from './debian-host.ts';
import { waitFor } from './wait-for.ts';

const WITHIN_MS = 120_000;

/** Stops a service in its tracks under a watchdog of four seconds; resolves when it was ended for that and is up again. */
export async function hangUntilRestarted(host: DebianHost, unit: string): Promise<void> {
  const drop = join(host.folder, 'etc', 'systemd', 'system', `${unit}.service.d`);
  await mkdir(drop, { recursive: true });
  await writeFile(join(drop, 'fast.conf'), '[Service]\nWatchdogSec=4\n');
  await host.run('systemctl', 'daemon-reload');
  await host.run('systemctl', 'restart', unit);
  const of = async (property: string) =>
    (await host.run('systemctl', 'show', '--value', `--property=${property}`, unit)).said.trim();
  await host.run('systemctl', 'kill', '--signal=STOP', '--kill-whom=main', unit);
  await waitFor(async () => (await of('NRestarts')) === '1', WITHIN_MS, 'the watchdog');
  await waitFor(async () => (await of('ActiveState')) === 'active', WITHIN_MS, `${unit} to be back`);
  await rm(drop, { recursive: true });
  await host.run('systemctl', 'daemon-reload');
}
