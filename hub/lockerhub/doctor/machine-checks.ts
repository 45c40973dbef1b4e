/** Is this machine fit for a hub, and does it start one? */
import { isPlausible } from '../../clock/trust.ts';
import { FLOOR_BYTES } from '../../store/pglite/disk-floor.ts';
import { UNITS } from '../installed.ts';
import { type Check, check } from './check.ts';
import type { Facts } from './facts.ts';

/** The Node that the hub is tried on (`package.json`). */
const NODE_MAJOR = 24;
const ARCHITECTURES: ReadonlySet<string> = new Set(['x64', 'arm64']);
const MEGABYTE = 1024 * 1024;
/** An update copies the store, a backup opens a copy of it: below this neither is sure to have room. */
export const ROOMY_BYTES = 1024 * MEGABYTE;
/** systemd starts it again 2 s after it ended; so many ends are no accident any more. */
const MANY_RESTARTS = 5;
/** BSD sysexits: EX_CONFIG, by which the hub says that what it was told is wrong. */
const EXIT_CONFIG = 78;

type OnMachine = Pick<Facts, 'machine'>;
type Program = 'hub' | 'agent';

/** Of any machine of ours. */
export const COMMON_CHECKS = {
  'node-wrong': check('broken', ({ machine: { node } }: OnMachine) => {
    if (Number(/^v(\d+)/.exec(node)?.[1]) === NODE_MAJOR) return null;
    return {
      what: `this is Node ${node}, and Lockerhub is made for Node ${NODE_MAJOR}`,
      act: 'run it by the Node that it brought along (node_modules/.bin/node), or install the release again',
    };
  }),
  'machine-wrong': check('broken', ({ machine: { platform, arch } }: OnMachine) => {
    if (platform !== 'linux' || ARCHITECTURES.has(arch)) return null;
    return {
      what: `this machine is ${arch}, and Lockerhub needs a 64-bit one (x64, arm64)`,
      act: 'install a 64-bit system on it, or take another machine and put hub or agent there',
    };
  }),
  'clock-wrong': check('broken', ({ machine: { wallMs } }: OnMachine) => {
    if (isPlausible(wallMs, null)) return null;
    return {
      what: `the clock of this machine says ${new Date(wallMs).toISOString().slice(0, 10)}, which can’t be`,
      act: 'set it (date -s "2026-11-26 14:05"), or let the machine reach a time server; a dead battery on the board loses it at each power cut',
    };
  }),
  'update-held': check('broken', ({ machine: { isHeld, isUpdaterRunning } }: OnMachine) => {
    // Where nobody says whether it runs (no bus to ask systemd by), an update may well be under way.
    if (!isHeld || isUpdaterRunning !== false) return null;
    return {
      what: 'an update was begun and no updater runs: this machine is held, begins no visit and opens no door',
      act: `systemctl start ${UNITS.update} finishes or puts back what was begun`,
    };
  }),
} as const satisfies Record<string, Check<OnMachine>>;

export function isRestarting(program: Program): Check<OnMachine> {
  return check('care', ({ machine: { service } }) => {
    if (!service || service.restarts < MANY_RESTARTS) return null;
    return {
      what: `the ${program} ended and was started again ${service.restarts} times`,
      act: `${LOGS_OF[program]} says why; then systemctl restart ${UNITS[program]} counts from nought again`,
    };
  });
}

export function isHanging(program: Program): Check<OnMachine> {
  return check('care', ({ machine: { hangs } }) => {
    if (hangs === 0) return null;
    return {
      what: `the ${program} stood still, and the watchdog ended it ${hangs === 1 ? 'once' : `${hangs} times`} within a day`,
      act: `look at the machine’s disk and memory (a worn card stands still for seconds); ${LOGS_OF[program]} says what it did last`,
    };
  });
}

export function isDisabled(program: Program): Check<OnMachine> {
  return check('care', ({ machine: { service } }) => {
    if (!service || service.isEnabled) return null;
    return {
      what: `the ${program} is not started with the machine: after a power cut nothing would run`,
      act: `systemctl enable ${UNITS[program]}`,
    };
  });
}

const LOGS_OF = { hub: 'lockerhub logs', agent: `journalctl -u ${UNITS.agent}` } as const;

export const MACHINE_CHECKS = {
  ...COMMON_CHECKS,
  'disk-full': check('broken', ({ machine: { freeBytes }, folder, hub }) => {
    const isFull = (freeBytes !== null && freeBytes < FLOOR_BYTES) || hub?.disk === 'low';
    if (!isFull) return null;
    return {
      what: `the disk below ${folder.path} is full${freeBytes === null ? '' : ` (${megabytes(freeBytes)} MB are free)`}: drop-offs are refused`,
      act: 'free space elsewhere on that disk (journalctl --vacuum-size=100M, old files); remove nothing inside the hub’s folder',
    };
  }),
  'disk-low': check('care', ({ machine: { freeBytes }, folder, hub }) => {
    if (freeBytes === null || freeBytes < FLOOR_BYTES || freeBytes >= ROOMY_BYTES || hub?.disk === 'low')
      return null;
    return {
      what: `the disk below ${folder.path} is nearly full (${megabytes(freeBytes)} MB are free): an update or a backup may find no room`,
      act: 'free space elsewhere on that disk, or move the hub to a larger one by backup and restore',
    };
  }),
  'clock-untrusted': check('care', ({ hub, machine: { wallMs } }) => {
    if (hub?.clock.state !== 'untrusted' || !isPlausible(wallMs, null)) return null;
    return {
      what: `the hub does not trust its clock: ${hub.clock.reason}. Nothing expires until it does`,
      act: 'say on the staff page that the clock is right, set it, or let the machine reach a time server',
    };
  }),
  'hub-down': check('broken', ({ hub, folder, machine: { service } }) => {
    if (hub) return null;
    const isNew = folder.state !== 'there' || !folder.hasStore;
    return {
      what: `no hub runs on ${folder.path}${isNew ? ', and none ever did' : ''}${endOf(service)}`,
      act: service
        ? `mend what else stands here, then: systemctl restart ${UNITS.hub}; lockerhub logs says how it ended`
        : 'start it: node hub/main.ts --data FOLDER, or install it by install.sh',
    };
  }),
  'hub-restarting': isRestarting('hub'),
  'hub-hanging': isHanging('hub'),
  'service-disabled': isDisabled('hub'),
} as const satisfies Record<string, Check>;

/** How a service that does not run has ended. */
export function endOf(service: { readonly state: string; readonly exitCode: number } | null): string {
  if (!service) return '';
  if (service.exitCode === EXIT_CONFIG)
    return '; it ended because what it was told is wrong, and is not started again by itself';
  return `; its service is ${service.state}${service.exitCode === 0 ? '' : `, and ended with ${service.exitCode}`}`;
}

export function megabytes(bytes: number): number {
  return Math.floor(bytes / MEGABYTE);
}
