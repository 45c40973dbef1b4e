/** A hub that the installer put onto a Debian machine, and what it says of itself there. */
import type { DebianHost, Ran } from './debian-host.ts';

const ANSWERS = [
  ...['--name', 'Linden "Court"', '--manager', 'Ada Vogt', '--time-zone', 'Europe/Berlin'],
  ...['--manager-email', 'ada@linden.example'],
];

/** Installs it from the stick at `/media/usb`. @returns what was printed, and the manager's password in it */
export async function installHub(
  host: DebianHost,
  ...flags: readonly string[]
): Promise<Ran & { readonly password: string }> {
  const ran = await host.run('/media/usb/install.sh', 'hub', '--yes', ...ANSWERS, ...flags);
  return { ...ran, password: /First sign-in: ada-vogt, password (\S{20,})/.exec(ran.said)?.[1] ?? '' };
}

/** The software that answers at the hub's port, such as `lockerhub 0.1.0`; empty: none does. */
export async function softwareOf(host: DebianHost): Promise<string> {
  const asked =
    "fetch('http://127.0.0.1:8080/version').then((r) => r.json()).then((v) => console.log(v.software))";
  const node = '/opt/lockerhub/current/node_modules/.bin/node';
  return (await host.run('env', '-i', node, '-e', asked)).said.trim();
}
