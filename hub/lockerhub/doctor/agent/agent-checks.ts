/** Does the agent run, is it whole, and does its hub admit it? */
import { versionOf } from '@lockerhub/protocol/update/version.ts';
import { UNITS } from '../../installed.ts';
import { openModbus, silenceOf } from '../bank-checks.ts';
import { type Check, check, type Finding } from '../check.ts';
import type { FileFact } from '../facts.ts';
import {
  COMMON_CHECKS,
  endOf,
  isDisabled,
  isHanging,
  isRestarting,
  megabytes,
  ROOMY_BYTES,
} from '../machine-checks.ts';
import type { AgentFacts, OwnFacts } from './facts.ts';

const MEGABYTE = 1024 * 1024;
/** The ledger is written anew as a whole from time to time, beside the old one; with its reports it is a few megabytes. */
const LEDGER_FLOOR_BYTES = 32 * MEGABYTE;
/** Codes and certificates bear more; but what the agent did without its hub is told with the times of its own clock. */
const CLOCK_OFF_MS = 2 * 60_000;
const MINUTE_MS = 60_000;
/** The hub sends each list anew within a quarter of an hour, whether or not it changed (`hub/pickups`). */
const LIST_OLD_MS = 60 * MINUTE_MS;
const JOIN_AGAIN =
  'make a code on the staff page, Banks, and run here: install.sh agent --join CODE, after moving identity.json away';

const PLACES = {
  'agent-down': check<AgentFacts>('broken', ({ agent, own, machine: { service } }) => {
    if (agent) return null;
    return {
      what: `no agent runs${own ? ` for bank ${own.bank}` : ''}${endOf(service)}`,
      act: service
        ? `mend what else stands here, then: systemctl restart ${UNITS.agent}; journalctl -u ${UNITS.agent} says how it ended`
        : 'start it: node edge-agent/main.ts --config agent.yaml, or install it by install.sh',
    };
  }),
  'settings-invalid': check<AgentFacts>('broken', ({ settings: { fault } }) =>
    fault === null ? null : { what: fault, act: 'correct it there, then start the agent again' },
  ),
  'folder-missing': ofOwn('broken', ({ folder: { path, state } }) => {
    if (state !== 'missing') return null;
    return {
      what: `the agent’s folder ${path} is not there`,
      act: 'mount the disk that it lies on, or correct "folder" in agent.yaml; a new one has to join anew',
    };
  }),
  'folder-unreadable': ofOwn('broken', ({ folder: { path, state } }) => {
    if (state !== 'unreadable') return null;
    return {
      what: `the agent’s folder ${path} can’t be read by you`,
      act: 'be root or the agent’s user (sudo lockerhub doctor)',
    };
  }),
  'folder-foreign': ofOwn('broken', ({ folder: { path, foreign } }) => {
    if (foreign.length === 0) return null;
    return {
      what: `in ${path} something belongs to another user than the folder: ${foreign.join(', ')}. The agent can’t use it`,
      act: `give it back to the folder’s owner: chown -R --reference="${path}" "${path}"`,
    };
  }),
  'folder-locked': check<AgentFacts>('broken', ({ agent, own }) => {
    if (agent || !own || own.folder.lockedBy === null) return null;
    const { path, lockedBy } = own.folder;
    return {
      what: `process ${lockedBy} works on ${path}, and does not say how it is`,
      act: `ps -p ${lockedBy} names it: an agent of an older release, or one that hangs; stop it, and start the service`,
    };
  }),
  'disk-full': check<AgentFacts>('broken', ({ machine: { freeBytes }, own }) => {
    if (freeBytes === null || freeBytes >= LEDGER_FLOOR_BYTES) return null;
    return {
      what: `the disk below ${own?.folder.path ?? 'the agent’s folder'} is full (${megabytes(freeBytes)} MB are free): no door opens that can’t be written down`,
      act: 'free space elsewhere on that disk (journalctl --vacuum-size=100M, old files); remove nothing inside the agent’s folder',
    };
  }),
  'disk-low': check<AgentFacts>('care', ({ machine: { freeBytes } }) => {
    if (freeBytes === null || freeBytes < LEDGER_FLOOR_BYTES || freeBytes >= ROOMY_BYTES) return null;
    return {
      what: `the disk is nearly full (${megabytes(freeBytes)} MB are free): an update may find no room`,
      act: 'free space on it, or take a larger one',
    };
  }),
  'ledger-broken': check<AgentFacts>('broken', ({ agent, own }) => {
    const told = agent?.ledgerFault ?? null;
    if (told !== null) return { what: told, act: `mend the disk, then: systemctl restart ${UNITS.agent}` };
    return (
      own &&
      faultOf(
        own.ledger,
        'look at the disk (mounted read-only?) and at the file’s owner; never remove it: it says what was opened',
      )
    );
  }),
} as const satisfies Record<string, Check<AgentFacts>>;

const IDENTITY = {
  'agent-not-joined': ofOwn('broken', ({ identity, folder: { state } }) => {
    if (identity !== 'missing' || state !== 'there') return null;
    return {
      what: 'this agent has joined no building',
      act: 'make a code on the staff page, Banks, and run here: install.sh agent --join CODE',
    };
  }),
  'identity-broken': ofOwn('broken', ({ identity }) =>
    identity === 'unneeded' ? null : faultOf(identity, `mend its rights; if it is damaged, ${JOIN_AGAIN}`),
  ),
  'agent-expelled': check<AgentFacts>('broken', ({ agent }) => {
    if (!agent?.hub.isExpelled) return null;
    return {
      what: 'the hub does not admit this agent any more: it was revoked, or another one has joined for its bank',
      act: `if it should speak for the bank: ${JOIN_AGAIN}`,
    };
  }),
  'certificate-ended': check<AgentFacts>('care', ({ own, machine: { wallMs } }) => {
    const endsAtMs = own?.certificateEndsAtMs ?? null;
    if (endsAtMs === null || endsAtMs >= wallMs) return null;
    return {
      what: `this agent’s certificate ended on ${new Date(endsAtMs).toISOString().slice(0, 10)}: it was not renewed`,
      act: 'it is admitted all the same; let it reach the hub, which renews it, and look at this machine’s clock',
    };
  }),
} as const satisfies Record<string, Check<AgentFacts>>;

const HUB = {
  'hub-away': check<AgentFacts>('broken', ({ agent }) => {
    if (!agent || agent.hub.session !== null || agent.hub.isExpelled) return null;
    const { sinceMs, reason } = agent.hub;
    return {
      what: `no contact to the hub since ${new Date(sinceMs).toISOString()}${reason === null ? '' : `: ${reason}`}`,
      act: 'look at the hub’s power and at the network between; where multicast does not pass, name it: "hub: HOST" in agent.yaml',
    };
  }),
  'hub-foreign': ofOwn('broken', ({ knocks }) => {
    const foreign = knocks.filter(({ isForeign }) => isForeign).map(({ address }) => address);
    if (foreign.length === 0 || knocks.some(({ fault }) => fault === null)) return null;
    return {
      what: `at ${foreign.join(', ')} another hub answers: its certificate is not of the building that this agent has joined`,
      act: `if the hub was set up anew and not restored, ${JOIN_AGAIN}; else somebody else has its address`,
    };
  }),
  'hub-unreachable': check<AgentFacts>('broken', ({ agent, own }) => {
    if (!own || own.knocks.length === 0 || agent?.hub.session != null) return null;
    if (own.knocks.some(({ fault, isForeign }) => fault === null || isForeign)) return null;
    const places = own.knocks.map(({ address, fault }) => `${address} (${fault})`).join(', ');
    return {
      what: `no hub answers where this agent knows it: ${places}`,
      act: 'is the hub on, and the cable in? Its firewall has to let port 8883 in; where it moved and multicast does not pass, name it: "hub: HOST" in agent.yaml',
    };
  }),
  'versions-mixed': check<AgentFacts>('care', ({ agent, own, release }) => {
    const [mine, hubs] = [agent?.software ?? release, own?.hub?.software ?? ''].map(versionOf);
    if (mine == null || hubs == null || mine === hubs) return null;
    return {
      what: `this agent is of version ${mine}, and the hub of ${hubs}`,
      act: 'they work together one version apart; bring the older one up: lockerhub update FILE',
    };
  }),
  'clock-off': ofOwn('care', ({ hub }) => {
    if (!hub || Math.abs(hub.clockAheadMs) < CLOCK_OFF_MS) return null;
    const minutes = Math.round(Math.abs(hub.clockAheadMs) / MINUTE_MS);
    return {
      what: `the clock of this machine is ${minutes} minutes ${hub.clockAheadMs > 0 ? 'ahead of' : 'behind'} the hub’s: what it does without the hub is told with wrong times`,
      act: 'set whichever is wrong (date -s "2026-11-26 14:05"), or let both reach a time server',
    };
  }),
} as const satisfies Record<string, Check<AgentFacts>>;

const BANK = {
  'serial-missing': ofPorts('missing', (path) => ({
    what: `the serial port ${path} is not there`,
    act: 'plug the adapter in; ls -l /dev/serial/by-id shows what there is: name the port that way, which no other adapter takes',
  })),
  'serial-forbidden': ofPorts('forbidden', (path) => ({
    what: `the agent’s user may not open the serial port ${path}`,
    act: `ls -l "${path}": it should belong to the group dialout with rw for it; a udev rule that says otherwise is in the way`,
  })),
  'line-silent': {
    weight: 'broken',
    judge: ({ own }: AgentFacts) =>
      (own?.lines ?? []).flatMap((line) =>
        // Why is said by the port's own finding.
        own?.serial.some(({ path }) => path === line.place) ? [] : silenceOf(own?.bank ?? '', line),
      ),
  },
  'modbus-open': {
    weight: 'care',
    judge: ({ machine, own }: AgentFacts) => openModbus(machine, own?.hosts ?? []),
  },
} as const satisfies Record<string, Check<AgentFacts>>;

const KIOSK = {
  'kiosk-missing': ofKiosk('broken', ({ isThere }) => {
    if (isThere) return null;
    return {
      what: 'the kiosk’s page is not in this installation: the screen stays empty',
      act: 'install the release again (install.sh of the same file); from sources: npm run build',
    };
  }),
  'port-taken': ofKiosk('broken', ({ port, isTaken }) => {
    if (!isTaken) return null;
    return {
      what: `port ${port} (kiosk page) is taken by another program`,
      act: `ss -ltnp "sport = :${port}" names it; stop that one, or give the kiosk another port in agent.yaml`,
    };
  }),
  'list-none': ofKiosk('care', ({ list }) => {
    if (list !== 'missing') return null;
    return {
      what: 'the hub has sent no pickup list yet: with the hub dead nobody could collect here',
      act: 'let the agent reach the hub; it comes within a minute',
    };
  }),
  'list-broken': ofKiosk('care', ({ list }) => {
    if (typeof list !== 'object' || !('fault' in list)) return null;
    return {
      what: `${list.fault}: with the hub dead nobody could collect here`,
      act: 'let the agent reach the hub: it sends another; if it comes again, look at the disk',
    };
  }),
  'list-old': ofKiosk('care', ({ list }) => {
    if (typeof list !== 'object' || 'fault' in list || list.usedMs <= LIST_OLD_MS) return null;
    const hours = Math.round(list.usedMs / (60 * MINUTE_MS));
    const isOver = list.usedMs > list.goodForMs;
    return {
      what: `the pickup list is of ${new Date(list.issuedAtMs).toISOString()} and has served for ${hours} h of power: ${isOver ? 'it counts no more, and nobody can collect without the hub' : 'what came since is not on it'}`,
      act: 'let the agent reach the hub: it sends a new one every quarter of an hour',
    };
  }),
} as const satisfies Record<string, Check<AgentFacts>>;

/** What does not let the agent work comes before what it works with. */
export const AGENT_CHECKS = {
  ...COMMON_CHECKS,
  ...PLACES,
  'agent-restarting': isRestarting('agent'),
  'agent-hanging': isHanging('agent'),
  'service-disabled': isDisabled('agent'),
  ...IDENTITY,
  ...HUB,
  ...BANK,
  ...KIOSK,
} as const satisfies Record<string, Check<AgentFacts>>;

function ofOwn(weight: Check['weight'], judge: (own: OwnFacts) => Finding | null): Check<AgentFacts> {
  return check(weight, ({ own }) => own && judge(own));
}

function ofKiosk(
  weight: Check['weight'],
  judge: (kiosk: NonNullable<OwnFacts['kiosk']>) => Finding | null,
): Check<AgentFacts> {
  return ofOwn(weight, ({ kiosk }) => kiosk && judge(kiosk));
}

function ofPorts(fault: 'missing' | 'forbidden', find: (path: string) => Finding): Check<AgentFacts> {
  return {
    weight: 'broken',
    judge: ({ own }) =>
      (own?.serial ?? []).filter((port) => port.fault === fault).map(({ path }) => find(path)),
  };
}

/** The words of the file's own reader: they name the file and what is wrong with it. */
function faultOf(fact: FileFact, act: string): Finding | null {
  return typeof fact === 'object' ? { what: fact.fault, act } : null;
}
