/** The devices on a line: which profile each unit has, and what they have to agree on to share it. */
import { loadProfile } from '../devices/built-in-profiles.ts';
import type { Profile } from '../devices/profile.ts';
import { AgentError } from '../error.ts';
import type { LineSettings } from '../lines/create-line.ts';
import type { BankFile } from './bank-file.ts';
import { sensorSeat } from './sensor-seat.ts';
import type { BlockRead } from './wires.ts';

type LineEntry = BankFile['lines'][number];

/** A line of the bank file with the profiles of its units. */
export interface LineDevices {
  readonly entry: LineEntry;
  /** What to call the entry in messages: its key in the bank file. */
  readonly key: string;
  /** The line's own: of units that are not named, and of what is reached by TCP. */
  readonly own: Profile;
  readonly profileOf: (unit: number) => Profile;
  /** Of the units that the bank file wires to something, each once; the line's own if there are none. */
  readonly profiles: readonly Profile[];
}

/**
 * Loads the profiles of a line.
 *
 * @throws AgentError `profile-invalid`: there is no profile of that name
 */
export async function devicesOf(entry: LineEntry, index: number, file: BankFile): Promise<LineDevices> {
  const own = await profileOf(entry.profile);
  const named = new Map<number, Profile>();
  for (const { unit, profile } of entry.units ?? []) named.set(unit, await profileOf(profile));
  const ofUnit = (unit: number): Profile => named.get(unit) ?? own;
  const used = new Set(unitsOn(entry, file).map(ofUnit));
  const profiles = used.size > 0 ? [...used] : [own];
  return { entry, key: `lines.${index}`, own, profileOf: ofUnit, profiles };
}

/** The units that the bank file wires to something on this line, in the order of their ids. */
export function unitsOn({ id }: Pick<LineEntry, 'id'>, { wiring, emergency }: BankFile): number[] {
  const wired = wiring.flatMap((one) => [one, sensorSeat(one)]);
  const units = [...wired, emergency].flatMap((seat) => (seat?.line === id ? [seat.unit] : []));
  return [...new Set(units)].sort((a, b) => a - b);
}

function profileOf(choice: LineEntry['profile']): Promise<Profile> {
  return typeof choice === 'string' ? loadProfile(choice) : Promise.resolve(choice);
}

/**
 * What a line has to be created with.
 *
 * @param blocks what is polled on it: the first read of each unit also tries whether the unit is there
 * @throws AgentError `bank-file-invalid`: its devices cannot share a serial line, or have no serial port
 */
export function lineSettings(devices: LineDevices, blocks: readonly BlockRead[]): LineSettings {
  const { entry, profiles } = devices;
  const timeoutMs = entry.timeoutMs ?? Math.max(...profiles.map(({ connection }) => connection.timeoutMs));
  const trials = blocks.filter(
    ({ unit }, index) => blocks.findIndex((block) => block.unit === unit) === index,
  );
  return entry.serial
    ? { kind: 'serial', id: entry.id, timeoutMs, ...serialSettings(devices, entry.serial), trials }
    : { kind: 'tcp', id: entry.id, timeoutMs, ...tcpSettings(devices, trials) };
}

function tcpSettings({ entry, own }: LineDevices, trials: readonly BlockRead[]) {
  const [first, ...others] = trials;
  return {
    // The bank file's own check has found a host or a serial port.
    host: entry.host ?? '',
    port: entry.port ?? own.tcp.port,
    onFault: own.connection.onFault,
    resynchroniseForMs: own.connection.resynchroniseForMs,
    ...(first ? { probes: [first, ...others] as const } : {}),
  };
}

function serialSettings(devices: LineDevices, said: NonNullable<LineEntry['serial']>) {
  const serials = devices.profiles.map((profile) => {
    if (profile.serial) return { profile: profile.profile, ...profile.serial };
    throw unfit(devices, 'profile', `${profile.profile} has no serial port; reach it by host`);
  });
  const common = <Key extends 'baud' | 'parity' | 'stopBits'>(key: Key) => {
    const values = new Set(serials.map((serial) => serial[key]));
    const [value] = values;
    if (value !== undefined && values.size === 1) return value;
    const each = serials.map((serial) => `${serial.profile} ${serial[key]}`).join(', ');
    const what = `units of different ${key} cannot share a bus (as shipped: ${each}); set them all alike`;
    throw unfit(devices, `serial.${key}`, `${what} and say here how`);
  };
  return {
    path: said.path,
    baud: said.baud ?? common('baud'),
    parity: said.parity ?? common('parity'),
    stopBits: said.stopBits ?? common('stopBits'),
    frameGapMs: Math.max(...serials.map(({ frameGapMs }) => frameGapMs)),
  };
}

/**
 * Refuses lines to one device beyond the connections that it takes.
 *
 * @throws AgentError `bank-file-invalid`
 */
export function assertConnections(lines: readonly LineDevices[]): void {
  const byDevice = Map.groupBy(
    lines.filter(({ entry }) => entry.host !== undefined),
    ({ entry, own }) => `${entry.host}:${entry.port ?? own.tcp.port}`,
  );
  for (const [address, same] of byDevice) {
    const most = Math.min(...same.map(({ own }) => own.tcp.connections));
    const tooMany = same[most];
    if (!tooMany) continue;
    const others = same.slice(0, most).map(({ entry }) => `"${entry.id}"`);
    const takes = `${address} takes ${most} connection${most === 1 ? '' : 's'} at once`;
    throw unfit(tooMany, 'host', `${takes}, for line ${others.join(', ')}; put all its units on one line`);
  }
}

function unfit({ entry, key }: LineDevices, part: string, what: string): AgentError {
  return new AgentError('bank-file-invalid', `line "${entry.id}": ${key}.${part}: ${what}`);
}
