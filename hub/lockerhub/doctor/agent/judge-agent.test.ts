import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RELEASED_AT_MS } from '../../../clock/trust.ts';
import { type AgentCheckCode, judgeAgent } from '../judge.ts';
import { AGENT_CHECKS } from './agent-checks.ts';
import type { AgentFacts, OwnFacts } from './facts.ts';

const NOW_MS = RELEASED_AT_MS + 30 * 24 * 3600_000;
const HOUR_MS = 3600_000;
const LINE: OwnFacts['lines'][number] = {
  ...{ line: 'plc', place: '192.168.7.10:502', online: true, reason: null, silentUnits: [] },
};
const LIST = { issuedAtMs: NOW_MS, usedMs: HOUR_MS / 6, goodForMs: 72 * HOUR_MS };

const WELL: AgentFacts = {
  machine: {
    ...{ node: 'v24.21.0', platform: 'linux', arch: 'arm64', wallMs: NOW_MS, freeBytes: 9 * 1024 ** 3 },
    service: { state: 'active', isEnabled: true, exitCode: 0, restarts: 0 },
    hangs: 0,
    isHeld: false,
    isUpdaterRunning: false,
    firewall: { isOn: true, closed: ['eth1'] },
    networks: [{ name: 'eth1', cidr: '192.168.7.1/24', isLoopback: false }],
  },
  settings: { file: '/etc/lockerhub/agent.yaml', fault: null },
  release: 'lockerhub 0.1.0',
  agent: {
    software: 'edge-agent 0.1.0',
    hub: { session: 3, sinceMs: NOW_MS, reason: null, isExpelled: false },
    pages: 'http://10.0.0.4:8080',
    lines: [],
    ledgerFault: null,
  },
  own: {
    bank: 'hall',
    folder: { path: '/var/lib/lockerhub/agent', state: 'there', lockedBy: 400, foreign: [] },
    identity: 'sound',
    certificateEndsAtMs: NOW_MS + 1,
    ledger: 'sound',
    lines: [LINE],
    serial: [],
    hosts: ['192.168.7.10'],
    knocks: [{ address: '10.0.0.4:8883', fault: null, isForeign: false }],
    hub: { software: 'lockerhub 0.1.0', clockAheadMs: 400 },
    kiosk: { port: 8081, isThere: true, isTaken: false, list: LIST },
  },
};
const OWN = WELL.own as OwnFacts;
const AGENT = WELL.agent as NonNullable<AgentFacts['agent']>;

const machine = (change: Partial<AgentFacts['machine']>): AgentFacts => ({
  ...WELL,
  machine: { ...WELL.machine, ...change },
});
const service = (change: object) =>
  machine({ service: { state: 'active', isEnabled: true, exitCode: 0, restarts: 0, ...change } });
const own = (change: Partial<OwnFacts>): AgentFacts => ({ ...WELL, own: { ...OWN, ...change } });
const folder = (change: Partial<OwnFacts['folder']>) => own({ folder: { ...OWN.folder, ...change } });
const agent = (change: Partial<typeof AGENT>): AgentFacts => ({ ...WELL, agent: { ...AGENT, ...change } });
const away = (change: Partial<typeof AGENT.hub> = {}) =>
  agent({ hub: { session: null, sinceMs: NOW_MS, reason: 'nobody', isExpelled: false, ...change } });
const kiosk = (change: object): AgentFacts =>
  own({ kiosk: { port: 8081, isThere: true, isTaken: false, list: LIST, ...change } });
const dead = (facts: AgentFacts): AgentFacts => ({ ...facts, agent: null });
const knocks = (fault: string, isForeign: boolean) => [{ address: '10.0.0.4:8883', fault, isForeign }];

/** One set-up for each check, what of it has to be said, and which others go with it. */
const SET_UPS: Readonly<Record<AgentCheckCode, readonly [AgentFacts, string, ...AgentCheckCode[]]>> = {
  'node-wrong': [machine({ node: 'v20.20.2' }), 'v20.20.2'],
  'machine-wrong': [machine({ arch: 'arm' }), '64-bit'],
  'clock-wrong': [machine({ wallMs: 5 }), '1970-01-01'],
  'update-held': [machine({ isHeld: true }), 'opens no door'],
  'agent-down': [dead(folder({ lockedBy: null })), 'no agent runs for bank hall'],
  'settings-invalid': [{ ...WELL, own: null, settings: { file: 'a', fault: 'a, line 3: no' } }, 'line 3'],
  'folder-missing': [folder({ state: 'missing' }), 'not there'],
  'folder-unreadable': [folder({ state: 'unreadable' }), 'can’t be read'],
  'folder-foreign': [folder({ foreign: ['ledger.journal'] }), 'ledger.journal'],
  'folder-locked': [dead(WELL), 'process 400', 'agent-down'],
  'disk-full': [machine({ freeBytes: 3_000_000 }), '2 MB'],
  'disk-low': [machine({ freeBytes: 500 * 1024 * 1024 }), '500 MB'],
  'ledger-broken': [agent({ ledgerFault: 'the disk is full' }), 'disk is full'],
  'agent-restarting': [service({ restarts: 9 }), 'the agent ended and was started again 9 times'],
  'agent-hanging': [machine({ hangs: 2 }), '2 times within a day'],
  'service-disabled': [service({ isEnabled: false }), 'the agent is not started'],
  'agent-not-joined': [own({ identity: 'missing' }), 'joined no building'],
  'identity-broken': [own({ identity: { fault: 'others may read it' } }), 'others may read'],
  'agent-expelled': [away({ isExpelled: true }), 'revoked'],
  'certificate-ended': [own({ certificateEndsAtMs: NOW_MS - 1 }), 'not renewed'],
  'hub-away': [away(), 'no contact to the hub since'],
  'hub-foreign': [own({ knocks: knocks('another hub', true) }), '10.0.0.4:8883'],
  'hub-unreachable': [
    dead(own({ knocks: knocks('refused', false), folder: { ...OWN.folder, lockedBy: null } })),
    '(refused)',
    'agent-down',
  ],
  'versions-mixed': [own({ hub: { software: 'lockerhub 0.2.0', clockAheadMs: 0 } }), 'hub of 0.2.0'],
  'clock-off': [own({ hub: { software: 'lockerhub 0.1.0', clockAheadMs: -HOUR_MS } }), '60 minutes behind'],
  'serial-missing': [own({ serial: [{ path: '/dev/ttyUSB0', fault: 'missing' }] }), '/dev/ttyUSB0'],
  'serial-forbidden': [own({ serial: [{ path: '/dev/ttyUSB0', fault: 'forbidden' }] }), '/dev/ttyUSB0'],
  'line-silent': [own({ lines: [{ ...LINE, silentUnits: [7] }] }), 'do not answer: 7'],
  'modbus-open': [machine({ firewall: { isOn: true, closed: [] } }), '192.168.7.10 (eth1)'],
  'kiosk-missing': [kiosk({ isThere: false }), 'not in this installation'],
  'port-taken': [kiosk({ isTaken: true }), '8081'],
  'list-none': [kiosk({ list: 'missing' }), 'no pickup list'],
  'list-broken': [kiosk({ list: { fault: 'half a file' } }), 'half a file'],
  'list-old': [kiosk({ list: { ...LIST, usedMs: 80 * HOUR_MS } }), 'counts no more'],
};

it('finds nothing where all is well, also without a kiosk, and for an agent that shows a password', () => {
  expect(judgeAgent(WELL)).toEqual([]);
  expect(judgeAgent(own({ kiosk: null, identity: 'unneeded', knocks: [], hub: null }))).toEqual([]);
});

it.each(Object.entries(SET_UPS))('%s', (code, [facts, said, ...with_]) => {
  const found = judgeAgent(facts);
  expect(found.map((one) => one.code).filter((one) => one !== code)).toEqual(with_);
  expect(found.find((one) => one.code === code)?.what).toContain(said);
  expect(found.every(({ act }) => act.length > 10)).toBe(true);
});

it('says once why a serial line is silent', () => {
  const serial = [{ path: '/dev/ttyUSB0', fault: 'missing' as const }];
  const found = judgeAgent(own({ serial, lines: [{ ...LINE, place: '/dev/ttyUSB0', online: false }] }));
  expect(found.map(({ code }) => code)).toEqual(['serial-missing']);
});

it('has each check in the SPEC.md', () => {
  const [, spec] = readFileSync(join(import.meta.dirname, '..', 'SPEC.md'), 'utf8').split(
    '## An agent’s machine',
  );
  expect(Object.keys(AGENT_CHECKS).filter((code) => !spec?.includes(`\`${code}\``))).toEqual([]);
});
