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
import { sensorSeat } from './sensor-seat.ts';
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
  const onLine = new Map(devices.map((one) => [one.entry.id, one]));
  const doors = file.wiring.map((wiring) => pointsOf(wiring, onLine));
  const lines = devices.map((one) => wireLine(one, doors, file));
  const plans = new Map(lines.map(({ line, plan }) => [line.line, plan]));
  const emergency = lines.find((line) => line.emergency)?.emergency;
  return {
    wires: {
      pollMs: file.pollMs,
      lines: lines.map(({ line }) => line),
      compartments: doors
        .map((door) => wireCompartment(door, plans))
        .sort((a, b) => a.compartment - b.compartment),
      ...(emergency ? { emergency } : {}),
    },
    lines: lines.map(({ settings }) => settings),
  };
}

interface WiredLine {
  readonly line: LineWires;
  readonly plan: ReadPlan;
  readonly settings: LineSettings;
  readonly emergency: EmergencyWires | undefined;
}

function wireLine(devices: LineDevices, doors: readonly DoorPoints[], file: BankFile): WiredLine {
  const { entry, profileOf } = devices;
  const driven = doors.filter(({ wiring }) => wiring.line === entry.id);
  const units = [...new Set(driven.map(({ wiring }) => wiring.unit))];
  const drivers = [...new Set(units.map(profileOf))];
  for (const profile of drivers) {
    assertLocksMayBeDriven(entry, profile);
    assertPulseIsGiven(entry, profile);
  }
  const input = emergencyPoint(devices, file);
  const statuses = mailboxesOf(devices, units);
  const watched = [
    ...doors.flatMap(({ sensor }) => (sensor?.line === entry.id ? [sensor.point] : [])),
    // Without a sensor the output itself, to know that the unit lives.
    ...driven.flatMap(({ sensor, output }) => (sensor ? [] : [output])),
    ...(input ? [input] : []),
    ...statuses.flatMap(({ points }) => points),
  ];
  const plan = planReadsOf(profileOf, [...watched, ...unwatched(driven, watched)]);
  return {
    line: {
      line: entry.id,
      blocks: plan.reads,
      supply: supplyOf(devices, drivers, file),
      mailboxes: statuses.map((status) => wireMailbox(status, plan, entry)),
      watchdogs: watchdogsOf(devices, units),
    },
    plan,
    settings: lineSettings(devices, plan.reads),
    emergency: input && wireEmergency(file, input, placeOf(plan, input)),
  };
}

function wireCompartment(
  { wiring, driver, output, sensor }: DoorPoints,
  plans: ReadonlyMap<string, ReadPlan>,
): CompartmentWires {
  const { compartment, line, unit, output: number } = wiring;
  const pulse = planPulse(driver.profileOf(unit), { unit, number }, driver.entry.pulseMs);
  const { jamAfterMs, lateWriteQuarantineMs } = driver.profileOf(unit);
  const own = planOf(plans, line);
  const shown = sensor && placeOf(planOf(plans, sensor.line), sensor.point);
  const isShownByOwnUnit = sensor?.line === line && sensor.point.unit === unit;
  return {
    compartment,
    line,
    unit,
    pulse: pulse.begin,
    off: pulse.end,
    pulseMs: pulse.lengthMs,
    mayBurn: driver.entry.locks === 'pulsed',
    sensor: sensor &&
      shown && {
        line: sensor.line,
        unit: sensor.point.unit,
        block: shown.read,
        isClosed: (values) => bitOf(sensor.point, values[shown.offset]) === sensor.closed,
      },
    lifeBlock:
      sensor === null
        ? placeOf(own, output).read
        : isShownByOwnUnit && shown
          ? shown.read
          : own.reads.findIndex((read) => read.unit === unit),
    jamAfterMs,
    quarantineMs: lateWriteQuarantineMs,
  };
}

function planOf(plans: ReadonlyMap<string, ReadPlan>, line: string): ReadPlan {
  const plan = plans.get(line);
  // The file's own check has found each line that it names.
  if (!plan) throw new RangeError(`there is no line "${line}"`);
  return plan;
}

function assertLocksMayBeDriven({ id, locks }: LineEntry, profile: Profile): void {
  // The file's own check lets only lines that drive nothing be silent about it.
  if (locks === undefined || mayDrive(profile, locks)) return;
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
function mailboxesOf({ profileOf }: LineDevices, units: readonly number[]): MailboxPoints[] {
  return units.flatMap((unit) => {
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
function watchdogsOf({ profileOf }: LineDevices, units: readonly number[]): WatchdogWires[] {
  return units.flatMap((unit) => {
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
function unwatched(driven: readonly DoorPoints[], watched: readonly Point[]): Point[] {
  const units = new Set(watched.map(({ unit }) => unit));
  return driven.flatMap(({ output }) => {
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

/** The points of one compartment, and the devices that drive it. */
interface DoorPoints {
  readonly wiring: Wiring;
  readonly driver: LineDevices;
  readonly output: Point;
  /** With the bit of a closed door. */
  readonly sensor: { readonly line: string; readonly point: Point; readonly closed: 0 | 1 } | null;
}

function pointsOf(wiring: Wiring, onLine: ReadonlyMap<string, LineDevices>): DoorPoints {
  const { compartment, line, unit, output: number, sensor } = wiring;
  const driver = devicesOn(onLine, line);
  const seat = sensorSeat(wiring);
  const output = found(compartment, line, () => outputPoint(driver.profileOf(unit), { unit, number }));
  if (sensor === 'none' || seat === null) return { wiring, driver, output, sensor: null };
  const profile = devicesOn(onLine, seat.line).profileOf(seat.unit);
  const point = found(compartment, seat.line, () =>
    sensorPoint(profile, { unit: seat.unit, number: sensor.point }),
  );
  const closed = sensor.closed ?? profile.sensors?.closed ?? 1;
  return { wiring, driver, output, sensor: { line: seat.line, point, closed } };
}

function devicesOn(onLine: ReadonlyMap<string, LineDevices>, line: string): LineDevices {
  const devices = onLine.get(line);
  // As in `planOf`.
  if (!devices) throw new RangeError(`there is no line "${line}"`);
  return devices;
}

/** @throws AgentError `bank-file-invalid`: the device does not have that point */
function found(compartment: number, line: string, find: () => Point): Point {
  try {
    return find();
  } catch (cause) {
    if (!(cause instanceof AgentError)) throw cause;
    const where = `compartment ${compartment} on line "${line}"`;
    throw new AgentError('bank-file-invalid', `${where}: ${cause.message}`, { cause });
  }
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
