/** Works out from a bank file and its profiles what the bank has to send, read and wait for. */
import { placeOf, planReads } from '../devices/block-reads.ts';
import { loadProfile } from '../devices/built-in-profiles.ts';
import { bitOf, outputPoint, type Point, sensorPoint } from '../devices/points.ts';
import type { Profile } from '../devices/profile.ts';
import { assertGives, mayDrive, planPulse } from '../devices/pulse.ts';
import { AgentError } from '../error.ts';
import type { TcpLineOptions } from '../lines/tcp-line.ts';
import { type BankFile, supplyIdOf } from './bank-file.ts';
import type { BankWires, CompartmentWires, EmergencyWires, LineWires } from './wires.ts';

type LineEntry = BankFile['lines'][number];
type Wiring = BankFile['wiring'][number];

/** A bank ready to be driven. */
export interface WiredBank {
  readonly wires: BankWires;
  /** What each line has to be created with, in the order of `wires.lines`. */
  readonly lines: readonly Omit<TcpLineOptions, 'clock' | 'random'>[];
}

/**
 * Joins a bank file with the profiles of its devices.
 *
 * @throws AgentError `bank-file-invalid` or `profile-invalid`: a point that a device does not have, or locks that
 *   would burn if the agent died in the middle of a pulse
 */
export async function wireBank(file: BankFile): Promise<WiredBank> {
  const lines: LineWires[] = [];
  const options: Omit<TcpLineOptions, 'clock' | 'random'>[] = [];
  const compartments: CompartmentWires[] = [];
  let emergency: EmergencyWires | undefined;
  for (const entry of file.lines) {
    const profile = typeof entry.profile === 'string' ? await loadProfile(entry.profile) : entry.profile;
    assertLocksMayBeDriven(entry, profile);
    assertPulseIsGiven(entry, profile);
    const wired = wireLine(entry, profile, file);
    lines.push(wired.line);
    options.push(lineOptions(entry, profile, wired.line));
    compartments.push(...wired.compartments);
    emergency ??= wired.emergency;
  }
  compartments.sort((a, b) => a.compartment - b.compartment);
  const wires = { pollMs: file.pollMs, lines, compartments, ...(emergency ? { emergency } : {}) };
  return { wires, lines: options };
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

function wireLine(
  entry: LineEntry,
  profile: Profile,
  file: BankFile,
): { line: LineWires; compartments: CompartmentWires[]; emergency: EmergencyWires | undefined } {
  const mine = file.wiring.filter(({ line }) => line === entry.id);
  const points = mine.map((wiring) => pointsOf(wiring, profile, entry.id));
  const input = emergencyPoint(entry, profile, file);
  const plan = planReads(profile, [...points.map(({ life }) => life), ...(input ? [input] : [])]);
  const compartments = mine.map((wiring, index): CompartmentWires => {
    // `points` has one entry for each of `mine`.
    const { sensor, life } = points[index] as Points;
    const place = placeOf(plan, life);
    const { unit, output: number } = wiring;
    const pulse = planPulse(profile, { unit, number }, entry.pulseMs);
    if (pulse.by === 'mailbox') {
      throw new AgentError('bank-file-invalid', `line "${entry.id}": this agent speaks to no mailbox yet`);
    }
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
        isClosed: (values) => bitOf(sensor, values[place.offset]) === closedBit(wiring, profile),
      },
      lifeBlock: place.read,
      jamAfterMs: profile.jamAfterMs,
      quarantineMs: profile.lateWriteQuarantineMs,
    };
  });
  return {
    line: { line: entry.id, blocks: plan.reads, supply: supplyOf(entry, profile, file) },
    compartments,
    emergency: input && wireEmergency(file, input, placeOf(plan, input)),
  };
}

/** The input's point, if it is on this line. */
function emergencyPoint(entry: LineEntry, profile: Profile, { emergency }: BankFile): Point | undefined {
  if (emergency?.line !== entry.id) return undefined;
  try {
    return sensorPoint(profile, { unit: emergency.unit, number: emergency.point });
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
  readonly sensor: Point | null;
  /** What is polled: the sensor, or without one the output, to know that the unit lives. */
  readonly life: Point;
}

function pointsOf({ compartment, unit, output, sensor }: Wiring, profile: Profile, line: string): Points {
  try {
    const out = outputPoint(profile, { unit, number: output });
    const seen =
      sensor === 'none' ? null : sensorPoint(profile, { unit: sensor.unit ?? unit, number: sensor.point });
    return { sensor: seen, life: seen ?? out };
  } catch (cause) {
    if (!(cause instanceof AgentError)) throw cause;
    throw new AgentError(
      'bank-file-invalid',
      `compartment ${compartment} on line "${line}": ${cause.message}`,
      {
        cause,
      },
    );
  }
}

function closedBit({ sensor }: Wiring, profile: Profile): 0 | 1 {
  const own = sensor === 'none' ? undefined : sensor.closed;
  return own ?? profile.sensors?.closed ?? 1;
}

function supplyOf(entry: LineEntry, profile: Profile, file: BankFile): LineWires['supply'] {
  const shared = entry.supply === undefined ? undefined : file.supplies[entry.supply];
  const { solenoidsAtOnce, pauseBetweenPulsesMs } = shared ?? profile.power;
  return { id: supplyIdOf(entry), atOnce: solenoidsAtOnce, pauseMs: pauseBetweenPulsesMs };
}

function lineOptions(
  entry: LineEntry,
  profile: Profile,
  { blocks }: LineWires,
): Omit<TcpLineOptions, 'clock' | 'random'> {
  const [first, ...others] = firstOfEachUnit(blocks);
  return {
    id: entry.id,
    host: entry.host,
    port: entry.port,
    timeoutMs: entry.timeoutMs ?? profile.connection.timeoutMs,
    onFault: profile.connection.onFault,
    resynchroniseForMs: profile.connection.resynchroniseForMs,
    ...(first ? { probes: [first, ...others] as const } : {}),
  };
}

function firstOfEachUnit(blocks: LineWires['blocks']): LineWires['blocks'] {
  return blocks.filter(({ unit }, index) => blocks.findIndex((block) => block.unit === unit) === index);
}
