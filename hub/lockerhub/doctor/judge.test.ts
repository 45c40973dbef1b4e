import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RELEASED_AT_MS } from '../../clock/trust.ts';
import type { Facts } from './facts.ts';
import { CHECKS, type CheckCode, judge } from './judge.ts';

const NOW_MS = RELEASED_AT_MS + 30 * 24 * 3600_000;
const GIGABYTE = 1024 ** 3;

const BANK: NonNullable<Facts['hub']>['banks'][number] = {
  bank: 'hall',
  reach: 'hub',
  online: true,
  sinceMs: NOW_MS,
  joined: false,
  software: null,
  update: null,
  certificateEndsAtMs: null,
  fileFault: null,
  hosts: ['192.168.7.10'],
  lines: [{ line: 'plc', place: '192.168.7.10:502', online: true, reason: null, silentUnits: [] }],
};

const HUB: NonNullable<Facts['hub']> = {
  software: 'lockerhub 0',
  building: 'Linden Court',
  epoch: 1,
  fencedBy: null,
  clock: { state: 'trusted', reason: '' },
  disk: 'ok',
  seq: 7,
  banks: [BANK],
  openCases: 0,
  waiting: 0,
  cloud: { state: 'live', cloud: null, lastFault: null },
  log: { state: 'whole', seq: 7, wholeAtMs: NOW_MS, faults: { count: 0, first: null } },
  recovery: { current: null, next: null },
  backupFolder: '/media/usb',
  backupEveryMs: 24 * 3600_000,
  backupAt: NOW_MS,
  backupFailure: null,
  mailServer: 'mail.example.org:465',
};

const WELL: Facts = {
  machine: {
    node: 'v24.21.0',
    platform: 'linux',
    arch: 'arm64',
    wallMs: NOW_MS,
    freeBytes: 9 * GIGABYTE,
    service: { state: 'active', isEnabled: true, exitCode: 0, restarts: 0 },
    hangs: 0,
    isHeld: false,
    isUpdaterRunning: false,
    firewall: { isOn: true, closed: ['eth1'] },
    networks: [
      { name: 'lo', cidr: '127.0.0.1/8', isLoopback: true },
      { name: 'eth0', cidr: '10.0.0.4/16', isLoopback: false },
      { name: 'eth1', cidr: '192.168.7.1/24', isLoopback: false },
    ],
  },
  settings: { file: '/etc/lockerhub/hub.env', fault: null, unknown: [] },
  folder: {
    path: '/var/lib/lockerhub/hub',
    state: 'there',
    hasStore: true,
    lockedBy: 400,
    foreign: [],
    keyring: 'sound',
    epoch: 'sound',
    fencedBy: null,
    recovery: 'sound',
    cloudAccount: 'missing',
    log: { count: 0, seq: null },
    isReplaceUnfinished: false,
  },
  hub: HUB,
  outside: {
    takenPorts: [],
    mail: { server: 'mail.example.org:465', fault: null },
    cloud: { url: 'https://cloud.example.org', fault: null },
    backups: { folder: '/media/usb', isThere: true, isSameDisk: false, newestAtMs: NOW_MS },
  },
};

const machine = (change: Partial<Facts['machine']>): Facts => ({
  ...WELL,
  machine: { ...WELL.machine, ...change },
});
const service = (change: Partial<NonNullable<Facts['machine']['service']>>) =>
  machine({ service: { state: 'active', isEnabled: true, exitCode: 0, restarts: 0, ...change } });
const settings = (change: Partial<Facts['settings']>): Facts => ({
  ...WELL,
  settings: { ...WELL.settings, ...change },
});
const folder = (change: Partial<Facts['folder']>): Facts => ({
  ...WELL,
  folder: { ...WELL.folder, ...change },
});
const hub = (change: Partial<typeof HUB>): Facts => ({ ...WELL, hub: { ...HUB, ...change } });
const bank = (change: Partial<typeof BANK>) => hub({ banks: [{ ...BANK, ...change }] });
const outside = (change: Partial<Facts['outside']>): Facts => ({
  ...WELL,
  outside: { ...WELL.outside, ...change },
});
const backups = (change: Partial<NonNullable<Facts['outside']['backups']>>) =>
  outside({
    backups: { folder: '/media/usb', isThere: true, isSameDisk: false, newestAtMs: NOW_MS, ...change },
  });
const dead = (facts: Facts): Facts => ({ ...facts, hub: null });

/** One set-up for each check, and what of it has to be said. */
const SET_UPS: Readonly<Record<CheckCode, readonly [Facts, string]>> = {
  'node-wrong': [machine({ node: 'v20.20.2' }), 'v20.20.2'],
  'machine-wrong': [machine({ arch: 'arm' }), '64-bit'],
  'disk-full': [machine({ freeBytes: 3_000_000 }), '2 MB'],
  'disk-low': [machine({ freeBytes: 500 * 1024 * 1024 }), '500 MB'],
  'clock-wrong': [machine({ wallMs: 5 }), '1970-01-01'],
  'clock-untrusted': [hub({ clock: { state: 'untrusted', reason: 'it jumped' } }), 'it jumped'],
  'hub-down': [dead(folder({ lockedBy: null })), 'no hub runs'],
  'hub-restarting': [service({ restarts: 9 }), '9 times'],
  'hub-hanging': [machine({ hangs: 1 }), 'once within a day'],
  'service-disabled': [service({ isEnabled: false }), 'power cut'],
  'update-held': [machine({ isHeld: true, isUpdaterRunning: false }), 'held'],
  'settings-invalid': [settings({ fault: { message: 'no port', line: 3 } }), 'hub.env, line 3: no port'],
  'settings-unknown': [settings({ unknown: ['LOCKERHUB_PROT'] }), 'LOCKERHUB_PROT'],
  'port-taken': [outside({ takenPorts: [{ what: 'pages', port: 8080 }] }), '8080'],
  'folder-missing': [folder({ state: 'missing' }), 'not there'],
  'folder-unreadable': [folder({ state: 'unreadable' }), 'can’t be read'],
  'folder-foreign': [folder({ foreign: ['epoch.json'] }), 'epoch.json'],
  'store-locked': [dead(WELL), 'process 400'],
  'store-missing': [folder({ hasStore: false }), 'store is gone'],
  'keyring-missing': [folder({ keyring: 'missing' }), 'are gone'],
  'keyring-broken': [folder({ keyring: { fault: 'it is not JSON; restore it' } }), 'not JSON'],
  'epoch-broken': [folder({ epoch: { fault: 'no epoch' } }), 'no epoch'],
  fenced: [hub({ fencedBy: 4 }), 'epoch 4'],
  'replace-unfinished': [folder({ isReplaceUnfinished: true }), 'not finished'],
  'recovery-unprinted': [folder({ recovery: 'unconfirmed' }), 'on paper'],
  'recovery-broken': [folder({ recovery: { fault: 'no envelope' } }), 'no envelope'],
  'log-changed': [
    hub({ log: { ...HUB.log, faults: { count: 2, first: { seq: 5, detail: '' } } } }),
    '2 places, first at entry 5',
  ],
  'log-check-broken': [folder({ log: { fault: 'half a file' } }), 'half a file'],
  'cloud-account-broken': [folder({ cloudAccount: { fault: 'no account' } }), 'no account'],
  'bank-file-invalid': [bank({ fileFault: 'line 4: lines.0.profile: no such' }), 'hall: line 4'],
  'bank-never-joined': [bank({ reach: 'agent', online: false, sinceMs: null, hosts: [] }), 'hall'],
  'bank-away': [bank({ reach: 'agent', online: false, joined: true, hosts: [] }), 'hall'],
  'line-silent': [
    bank({
      lines: [{ line: 'plc', place: '192.168.7.10:502', online: false, reason: 'refused', silentUnits: [] }],
    }),
    '192.168.7.10:502',
  ],
  'agent-certificate-ended': [bank({ certificateEndsAtMs: NOW_MS - 1 }), 'hall'],
  'agent-version': [
    hub({
      software: 'lockerhub 0.2.0',
      banks: [
        {
          ...BANK,
          software: 'edge-agent 0.1.0',
          update: {
            endedAtMs: NOW_MS,
            release: '0.2.0-abc',
            isKept: false,
            code: 'unhealthy',
            why: 'it does not answer',
          },
        },
      ],
    }),
    'edge-agent 0.1.0, and this hub lockerhub 0.2.0; its last update, to 0.2.0-abc, was not kept: it does not answer',
  ],
  'modbus-open': [machine({ firewall: { isOn: true, closed: [] } }), '192.168.7.10 (eth1)'],
  'mail-unreachable': [
    outside({ mail: { server: 'mail.example.org:465', fault: 'no' } }),
    'mail.example.org',
  ],
  'cloud-unreachable': [outside({ cloud: { url: 'https://c', fault: 'no' } }), 'https://c'],
  'cloud-refused': [hub({ cloud: { ...HUB.cloud, state: 'shut-out' } }), 'does not know'],
  'backup-none': [outside({ backups: null }), 'no folder'],
  'backup-folder-missing': [backups({ isThere: false }), '/media/usb'],
  'backup-failing': [hub({ backupFailure: 'no room' }), 'no room'],
  'backup-old': [backups({ newestAtMs: NOW_MS - 5 * 24 * 3600_000 }), '5 days'],
  'backup-same-disk': [backups({ isSameDisk: true }), 'own disk'],
};

it('finds nothing where all is well', () => {
  expect(judge(WELL)).toEqual([]);
});

it.each(Object.entries(SET_UPS))('%s', (code, [facts, said]) => {
  const found = judge(facts);
  const others = found.filter((one) => one.code !== code).map((one) => one.code);
  // Of a hub that is dead the lock is one more thing.
  expect(others).toEqual(code === 'store-locked' ? ['hub-down'] : []);
  expect(found.find((one) => one.code === code)?.what).toContain(said);
  expect(found.every(({ act }) => act.length > 10)).toBe(true);
});

it('says what does not work before what needs care', () => {
  const found = judge({ ...folder({ foreign: ['store'] }), outside: { ...WELL.outside, backups: null } });
  expect(found.map(({ code }) => code)).toEqual(['folder-foreign', 'backup-none']);
  expect(judge(service({ isEnabled: false, restarts: 7 }))).toHaveLength(2);
});

it('has each check in its SPEC.md', () => {
  const spec = readFileSync(join(import.meta.dirname, 'SPEC.md'), 'utf8');
  expect(Object.keys(CHECKS).filter((code) => !spec.includes(`\`${code}\``))).toEqual([]);
});
