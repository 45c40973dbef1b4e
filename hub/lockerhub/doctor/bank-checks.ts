/** Do the banks answer, and nobody else reach their controllers? Only a running hub knows. */
import { BlockList, isIP } from 'node:net';
import { standingTo } from '@lockerhub/protocol/update/version.ts';
import type { Check, Finding } from './check.ts';
import type { Facts, MachineFacts } from './facts.ts';

type Bank = NonNullable<Facts['hub']>['banks'][number];

export const BANK_CHECKS = {
  'bank-file-invalid': forBanks('broken', ({ bank, fileFault }) =>
    fileFault === null
      ? []
      : [
          {
            what: `bank ${bank}: ${fileFault}`,
            act: 'correct its file on the staff page, Banks',
          },
        ],
  ),
  'bank-never-joined': forBanks('broken', ({ bank, reach, joined, online, sinceMs }) =>
    reach === 'hub' || joined || online || sinceMs !== null
      ? []
      : [
          {
            what: `no agent has joined for bank ${bank}`,
            act: 'make a code on the staff page, Banks, and run on the bank’s machine: install.sh agent --join CODE',
          },
        ],
  ),
  'bank-away': forBanks('broken', ({ bank, reach, joined, online, sinceMs }) => {
    if (online || (reach === 'agent' && !joined && sinceMs === null)) return [];
    const since = sinceMs === null ? 'since the hub started' : `since ${new Date(sinceMs).toISOString()}`;
    return [
      reach === 'hub'
        ? {
            what: `the hub’s own agent of bank ${bank} is away ${since}`,
            act: 'lockerhub logs says why; correct the bank’s file, or restart the hub',
          }
        : {
            what: `the agent of bank ${bank} is away ${since}`,
            act: 'look at its machine’s power and network, then there: systemctl status lockerhub-agent',
          },
    ];
  }),
  'line-silent': forBanks('broken', ({ bank, online, lines }) =>
    online ? lines.flatMap((line) => silenceOf(bank, line)) : [],
  ),
  'agent-certificate-ended': {
    weight: 'care',
    judge: ({ hub, machine: { wallMs } }) =>
      (hub?.banks ?? [])
        .filter(({ certificateEndsAtMs }) => certificateEndsAtMs !== null && certificateEndsAtMs < wallMs)
        .map(({ bank, certificateEndsAtMs }) => ({
          what: `the certificate of bank ${bank}’s agent ended on ${new Date(certificateEndsAtMs ?? 0).toISOString().slice(0, 10)}: it was not renewed`,
          act: 'it is admitted all the same; bring the agent back online, or join it anew (Banks, new code)',
        })),
  },
  'agent-version': {
    weight: 'care',
    judge: ({ hub }) => (hub?.banks ?? []).flatMap((bank) => versionOf(bank, hub?.software ?? '')),
  },
  'modbus-open': {
    weight: 'care',
    judge: ({ hub, machine }) =>
      openModbus(
        machine,
        (hub?.banks ?? []).flatMap(({ hosts }) => hosts),
      ),
  },
} as const satisfies Record<string, Check>;

/** An agent of another release than the hub, and why it may be. */
function versionOf({ bank, software, update }: Bank, hub: string): Finding[] {
  const standing = standingTo(software ?? '', hub);
  if (standing !== 'older' && standing !== 'newer') return [];
  const failed =
    update === null || update.isKept
      ? ''
      : `; its last update, to ${update.release ?? 'no release'}, was not kept: ${update.why ?? update.code}`;
  return [
    {
      what: `the agent of bank ${bank} is ${software}, and this hub ${hub}${failed}`,
      act:
        standing === 'older'
          ? 'they work together one version apart; bring it up, on its machine: sudo lockerhub update FILE (on the hub’s own machine: sudo systemctl restart lockerhub-agent)'
          : 'they work together one version apart; bring this hub up: sudo lockerhub update FILE',
    },
  ];
}

/** What of a line, and of whom on it, nobody hears. */
export function silenceOf(
  bank: string,
  { line, place, online, reason, silentUnits }: Bank['lines'][number],
): Finding[] {
  const where = `${line}${place === null ? '' : ` (${place})`} of bank ${bank}`;
  if (!online)
    return [
      {
        what: `the controller on line ${where} does not answer${reason === null ? '' : `: ${reason}`}`,
        act: 'look at its power and cable; is its address the one in the bank’s file, and is Modbus switched on in it?',
      },
    ];
  if (silentUnits.length === 0) return [];
  return [
    {
      what: `on line ${where} these units do not answer: ${silentUnits.join(', ')}`,
      act: 'look at their power, the bus wiring and its end resistors, and the unit number set on each',
    },
  ];
}

/** Where the firewall lets others through to controllers that this machine reaches. */
export function openModbus(machine: MachineFacts, hosts: readonly string[]): Finding[] {
  return [...openTo(machine, hosts)].map(([name, open]) => ({
    what: `the firewall lets others through to the controllers at ${open.join(', ')} (${name}): Modbus has no password, and who reaches them opens every door`,
    act: `give them a network port of their own, then: install.sh --modbus-interface ${name}`,
  }));
}

function forBanks(weight: Check['weight'], judge: (bank: Bank) => readonly Finding[]): Check {
  return { weight, judge: ({ hub }) => (hub?.banks ?? []).flatMap(judge) };
}

/** Network ports behind which controllers are and through which the firewall lets others, with those controllers. */
function openTo({ networks, firewall }: MachineFacts, hosts: readonly string[]): Map<string, string[]> {
  const open = new Map<string, string[]>();
  for (const host of new Set(hosts)) {
    const network = networks.find(({ cidr }) => holds(cidr, host));
    if (!network || network.isLoopback) continue;
    if (firewall.isOn !== false && firewall.closed.includes(network.name)) continue;
    open.set(network.name, [...(open.get(network.name) ?? []), host]);
  }
  return open;
}

function holds(cidr: string, host: string): boolean {
  const [address = '', prefix] = cidr.split('/');
  const family = isIP(address);
  if (isIP(host) !== family || family === 0) return false;
  const list = new BlockList();
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(address, Number(prefix), kind);
  return list.check(host, kind);
}
