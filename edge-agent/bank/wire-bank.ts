/** Works out from a bank file and its profiles what the bank has to send, read and wait for. */
import { placeOf, planReadsOf, type ReadPlan } from '../devices/block-reads.ts';
import { MAILBOX, MAILBOX_STATUS_REGISTERS } from '../devices/mailbox-registers.ts';
import { bitOf, outputPoint, type Point, sensorPoint } from '../devices/points.ts';
import type { Profile } from '../devices/profile.ts';
import { assertGives, mayDrive, planPulse } from '../devices/pulse.ts';
import { AgentError } from '../error.ts';
import type { LineSettings } from '../lines/create-line.ts';
import { type BankFile, supplyIdOf } from './bank-file.ts';
import { assertConnections, devicesOf, type LineDevices, lineSettings } from './line-devices.ts';
import type {
  BankWires,
  CompartmentWires,
  EmergencyWires,
  LineWires,
  MailboxWires,
  WatchdogWires,
} from './wires.ts';

type LineEntry = BankFile['lines'][number];
type Wiring = BankFile['wiring'][number];

/** A bank ready to be driven. */
export interface WiredBank {
  readonly wires: BankWires;
  /** What each line has to be created with, in the order of `wires.lines`. */
  readonly lines: readonly LineSettings[];
}

/**
 * Joins a bank file with the profiles of its devices.
 *
 * @throws AgentError `bank-file-invalid` or `profile-invalid`: a point that a device does not have, devices that cannot
 *   share a line, or locks that would burn if the agent died in the middle of a pulse
 */
export async function wireBank(file: BankFile): Promise<WiredBank> {
  const devices = await Promise.all(file.lines.map((entry, index) => devicesOf(entry, index, file)));
  assertConnections(devices);
  const wired = devices.map((one) => wireLine(one, file));
  const emergency = wired.find((line) => line.emergency)?.emergency;
  const compartments = wired
    .flatMap((line) => line.compartments)
    .sort((a, b) => a.compartment - b.compartment);
  return {
    wires: {
      pollMs: file.pollMs,
      lines: wired.map(({ line }) => line),
      compartments,
      ...(emergency ? { emergency } : {}),
    },
    lines: wired.map(({ settings }) => settings),
  };
}

interface WiredLine {
  readonly line: LineWires;
  readonly settings: LineSettings;
  readonly compartments: CompartmentWires[];
  readonly emergency: EmergencyWires | undefined;
}

function wireLine(devices: LineDevices, file: BankFile): WiredLine {
  const { entry, profileOf } = devices;
  const mine = file.wiring.filter(({ line }) => line === entry.id);
  const drivers = [...new Set(mine.map(({ unit }) => profileOf(unit)))];
  for (const profile of drivers) {
    assertLocksMayBeDriven(entry, profile);
    assertPulseIsGiven(entry, profile);
  }
  const points = mine.map((wiring) => pointsOf(wiring, devices));
  const input = emergencyPoint(devices, file);
  const statuses = mailboxesOf(devices, mine);
  const watched = [
    ...points.map(({ life }) => life),
    ...(input ? [input] : []),
    ...statuses.flatMap(({ points }) => points),
  ];
  const plan = planReadsOf(profileOf, [...watched, ...unwatched(points, watched)]);
  const compartments = mine.map((wiring, index): CompartmentWires => {
    // `points` has one entry for each of `mine`.
    const { sensor, life } = points[index] as Points;
    const place = placeOf(plan, life);
    const { unit, output: number } = wiring;
    const profile = profileOf(unit);
    const pulse = planPulse(profile, { unit, number }, entry.pulseMs);
    return {
      compartment: wiring.compartment,
      line: entry.id,
      unit: wiring.unit,
      pulse: pulse.begin,
      off: pulse.end,
      pulseMs: pulse.lengthMs,
      mayBurn: entry.locks === 'pulsed',
      sensor: sensor && {
        block: place.read,
        isClosed: (values) =>
          bitOf(sensor, values[place.offset]) === closedBit(wiring, profileOf(sensor.unit)),
      },
      lifeBlock: place.read,
      jamAfterMs: profile.jamAfterMs,
      quarantineMs: profile.lateWriteQuarantineMs,
    };
  });
  return {
    line: {
      line: entry.id,
      blocks: plan.reads,
      supply: supplyOf(devices, drivers, file),
      mailboxes: statuses.map((status) => wireMailbox(status, plan, entry)),
      watchdogs: watchdogsOf(devices, mine),
    },
    settings: lineSettings(devices, plan.reads),
    compartments,
    emergency: input && wireEmergency(file, input, placeOf(plan, input)),
  };
}

function assertLocksMayBeDriven({ id, locks }: LineEntry, profile: Profile): void {
  if (mayDrive(profile, locks)) return;
  throw new AgentError(
    'bank-file-invalid',
    `line "${id}": ${profile.profile} leaves its outputs on if the agent dies in the middle of a pulse, which burns ` +
      `pulsed locks; use a device that times the pulse, or locks made for it (continuous-duty, hardware-limited)`,
  );
}

function assertPulseIsGiven({ id, pulseMs }: LineEntry, profile: Profile): void {
  if (pulseMs === undefined) return;
  try {
    assertGives(profile, pulseMs);
  } catch (cause) {
    if (!(cause instanceof AgentError)) throw cause;
    const message = `line "${id}": pulseMs: ${cause.message}; ask for that, or leave pulseMs out`;
    throw new AgentError('bank-file-invalid', message, { cause });
  }
}

interface MailboxPoints extends Pick<MailboxWires, 'unit' | 'address' | 'heartbeatTimeoutMs'> {
  /** Its status registers. */
  readonly points: Point[];
}

/** The mailboxes of the units on a line that open something. */
function mailboxesOf({ profileOf }: LineDevices, mine: readonly Wiring[]): MailboxPoints[] {
  return [...new Set(mine.map(({ unit }) => unit))].flatMap((unit) => {
    const { pulse } = profileOf(unit);
    if (pulse.method !== 'mailbox') return [];
    const { address, heartbeatTimeoutMs } = pulse;
    const points = Array.from({ length: MAILBOX_STATUS_REGISTERS }, (_, index) => ({
      unit,
      area: 'holding-registers' as const,
      address: address + MAILBOX.status.version + index,
    }));
    return [{ unit, address, heartbeatTimeoutMs, points }];
  });
}

function wireMailbox({ points, ...mailbox }: MailboxPoints, plan: ReadPlan, entry: LineEntry): MailboxWires {
  const [first, ...others] = points.map((point) => placeOf(plan, point));
  // A status that is put together of two reads could hold a new sequence with an old result.
  if (!first || others.some(({ read }) => read !== first.read)) {
    throw new AgentError(
      'bank-file-invalid',
      `line "${entry.id}": the status of unit ${mailbox.unit} is not read in one request; put the doors' registers ` +
        `behind its mailbox, and raise limits.readRegisters in its profile if the device allows`,
    );
  }
  return { ...mailbox, block: first.read, offset: first.offset };
}

/** The watchdogs of the units on a line that open something. */
function watchdogsOf({ profileOf }: LineDevices, mine: readonly Wiring[]): WatchdogWires[] {
  return [...new Set(mine.map(({ unit }) => unit))].flatMap((unit) => {
    const { watchdog } = profileOf(unit);
    if (!watchdog) return [];
    const { timeoutMs, arm, check, feed } = watchdog;
    const write = (address: number) => ({ unit, kind: 'write-register' as const, address });
    const read = (address: number) =>
      ({ unit, kind: 'read', area: 'holding-registers', address, count: 1 }) as const;
    return [
      {
        unit,
        timeoutMs,
        arm: arm.map(({ register, value }) => ({ ...write(register), value })),
        check: check.map(({ register, holds }) => ({ read: read(register), holds })),
        feed: feed ? write(feed.register) : null,
      },
    ];
  });
}

/** An output of each unit that nothing is polled of, because its doors are sensed elsewhere: to know whether it lives. */
function unwatched(points: readonly Points[], watched: readonly Point[]): Point[] {
  const units = new Set(watched.map(({ unit }) => unit));
  return points.flatMap(({ output }) => {
    if (units.has(output.unit)) return [];
    units.add(output.unit);
    return [output];
  });
}

/** The input's point, if it is on this line. */
function emergencyPoint({ entry, profileOf }: LineDevices, { emergency }: BankFile): Point | undefined {
  if (emergency?.line !== entry.id) return undefined;
  const { unit, point: number } = emergency;
  try {
    return sensorPoint(profileOf(unit), { unit, number });
  } catch (cause) {
    if (!(cause instanceof AgentError)) throw cause;
    throw new AgentError('bank-file-invalid', `the emergency input on line "${entry.id}": ${cause.message}`, {
      cause,
    });
  }
}

function wireEmergency(
  { emergency, wiring }: BankFile,
  input: Point,
  place: ReturnType<typeof placeOf>,
): EmergencyWires | undefined {
  if (!emergency) return undefined;
  const { line, polls, release } = emergency;
  return {
    line,
    block: place.read,
    saysRelease: (values) => bitOf(input, values[place.offset]) === release,
    polls,
    compartments: emergency.compartments ?? wiring.map(({ compartment }) => compartment),
  };
}

interface Points {
  readonly output: Point;
  readonly sensor: Point | null;
  /** What is polled: the sensor, or without one the output, to know that the unit lives. */
  readonly life: Point;
}

function pointsOf(
  { compartment, unit, output: number, sensor }: Wiring,
  { entry, profileOf }: LineDevices,
): Points {
  try {
    const output = outputPoint(profileOf(unit), { unit, number });
    const sensed = sensor === 'none' ? null : { unit: sensor.unit ?? unit, number: sensor.point };
    const seen = sensed && sensorPoint(profileOf(sensed.unit), sensed);
    return { output, sensor: seen, life: seen ?? output };
  } catch (cause) {
    if (!(cause instanceof AgentError)) throw cause;
    const where = `compartment ${compartment} on line "${entry.id}"`;
    throw new AgentError('bank-file-invalid', `${where}: ${cause.message}`, { cause });
  }
}

function closedBit({ sensor }: Wiring, profile: Profile): 0 | 1 {
  const own = sensor === 'none' ? undefined : sensor.closed;
  return own ?? profile.sensors?.closed ?? 1;
}

/** A supply that nobody describes is taken to bear what the weakest of its devices bears. */
function supplyOf({ entry, profiles }: LineDevices, drivers: readonly Profile[], file: BankFile) {
  const id = supplyIdOf(entry);
  const shared = entry.supply === undefined ? undefined : file.supplies[entry.supply];
  if (shared) return { id, atOnce: shared.solenoidsAtOnce, pauseMs: shared.pauseBetweenPulsesMs };
  const fed = (drivers.length > 0 ? drivers : profiles).map(({ power }) => power);
  return {
    id,
    atOnce: Math.min(...fed.map(({ solenoidsAtOnce }) => solenoidsAtOnce)),
    pauseMs: Math.max(...fed.map(({ pauseBetweenPulsesMs }) => pauseBetweenPulsesMs)),
  };
}
