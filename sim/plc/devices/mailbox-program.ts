/**
 * The program of a PLC with a mailbox, pure: the listing of edge-agent/devices/MAILBOX.md, step by step. A test runs
 * both on the same inputs. Written down here again, because a simulated device knows nothing of the agent.
 */

/** Registers of the mailbox, counted from its first one. */
export const REGISTER = {
  boot: 0,
  sequence: 1,
  compartment: 2,
  pulseMs: 3,
  expiryHigh: 4,
  expiryLow: 5,
  check: 6,
  version: 7,
  heartbeat: 8,
  status: 16,
  doors: 32,
} as const;
const VERSION = 1;
const EXPIRY_MAX_MS = 10_000;
const PULSE_MAX_MS = 1_000;
const SEQUENCES_AHEAD = 32_767;
/** A difference of times beyond this is a time that lies ahead: the clock wraps. */
const HALF_CLOCK = 0x7fff_ffff;
const RESULT = {
  opened: 1,
  openedNothing: 2,
  expired: 10,
  tooFarAhead: 11,
  notHeard: 12,
  noSuchCompartment: 13,
  badPulse: 14,
  lockStillOn: 15,
  otherVersion: 20,
  badCheck: 21,
  otherBoot: 22,
  notNewer: 23,
} as const;
/** Results from here on leave the sequence unconsumed. */
const UNCONSUMED = 20;
const BITS = 16;

export interface MailboxSetting {
  readonly compartments: number;
  readonly heartbeatTimeoutMs: number;
  readonly idleMs: number;
}

interface LockState {
  readonly on: boolean;
  readonly atMs: number;
  readonly pulseMs: number;
}

/** What the program remembers from scan to scan. Times are 32-bit milliseconds of its own clock. */
export interface MailboxMemory {
  readonly boot: number;
  readonly clockMs: number;
  readonly lastTick: number;
  readonly lastHeartbeat: number;
  readonly heard: boolean;
  readonly heardAtMs: number;
  readonly idleSinceMs: number;
  readonly consumed: { readonly sequence: number; readonly result: number };
  readonly opened: { readonly sequence: number; readonly compartment: number };
  readonly answered: { readonly sequence: number; readonly result: number };
  /** By compartment less one. */
  readonly locks: readonly LockState[];
}

export interface ScanInput {
  /** Milliseconds from anywhere; wraps. */
  readonly tick: number;
  /** The mailbox's registers as they are: command and heartbeat. */
  readonly registers: readonly number[];
  /** Whether each contact says closed, by compartment less one. */
  readonly closed: readonly boolean[];
}

export interface ScanResult {
  readonly memory: MailboxMemory;
  /** Register 7 becomes 0. */
  readonly taken: boolean;
  /** From register 16 on. */
  readonly status: readonly number[];
  /** From register 32 on. */
  readonly doors: readonly number[];
  /** Close every connection. */
  readonly disconnect: boolean;
}

/** The program as its first scan finds it. `bootBefore` is what the retentive memory holds. */
export function startMailbox(
  { compartments }: MailboxSetting,
  bootBefore: number,
  heartbeat: number,
  tick: number,
): MailboxMemory {
  return {
    boot: bootBefore >= 65_535 ? 1 : bootBefore + 1,
    clockMs: 0,
    lastTick: tick,
    lastHeartbeat: heartbeat,
    heard: false,
    heardAtMs: 0,
    idleSinceMs: 0,
    consumed: { sequence: 0, result: 0 },
    opened: { sequence: 0, compartment: 0 },
    answered: { sequence: 0, result: 0 },
    locks: Array.from({ length: compartments }, () => ({ on: false, atMs: 0, pulseMs: 0 })),
  };
}

/** One scan: steps 2 to 7 of the listing. */
export function scanMailbox(before: MailboxMemory, input: ScanInput, setting: MailboxSetting): ScanResult {
  const { disconnect, ...beaten } = beat(tickOn(before, input.tick), input.registers, setting);
  const rested = { ...beaten, locks: beaten.locks.map((lock) => endOf(lock, beaten)) };
  const taken = register(input.registers, 'version') !== 0;
  const memory = taken ? obey(rested, input.registers, setting) : rested;
  return { memory, taken, disconnect, status: statusOf(memory), doors: doorsOf(input.closed) };
}

/** Milliseconds until something ends by itself: a pulse, the heartbeat, the idle time. The next scan is due then. */
export function nextDueMs(
  memory: MailboxMemory,
  { heartbeatTimeoutMs, idleMs }: Omit<MailboxSetting, 'compartments'>,
): number {
  const left = (sinceMs: number, forMs: number) => Math.max(0, forMs - since(sinceMs, memory.clockMs));
  return Math.min(
    left(memory.idleSinceMs, idleMs),
    ...(memory.heard ? [left(memory.heardAtMs, heartbeatTimeoutMs + 1)] : []),
    ...memory.locks.flatMap(({ on, atMs, pulseMs }) => (on ? [left(atMs, pulseMs)] : [])),
  );
}

/** The status registers, from 16 on. */
export function statusOf(memory: MailboxMemory): number[] {
  const { clockMs, consumed, opened, answered } = memory;
  return [
    VERSION,
    memory.boot,
    clockMs >>> 16,
    clockMs & 0xffff,
    consumed.sequence,
    consumed.result,
    opened.sequence,
    opened.compartment,
    answered.sequence,
    answered.result,
    memory.lastHeartbeat,
    memory.heard ? 1 : 0,
  ];
}

/** The doors' registers, from 32 on. */
export function doorsOf(closed: readonly boolean[]): number[] {
  const words = Array.from({ length: Math.ceil(closed.length / BITS) }, () => 0);
  for (const [index, isClosed] of closed.entries()) {
    const word = Math.floor(index / BITS);
    if (isClosed) words[word] = (words[word] ?? 0) | (1 << (index % BITS));
  }
  return words;
}

/** The memory with its clock brought up to the tick, whose own wrap may come after 31 bits. */
export function tickOn(memory: MailboxMemory, tick: number): MailboxMemory {
  const passed = since(memory.lastTick, tick);
  const whole = passed > HALF_CLOCK ? passed - 0x8000_0000 : passed;
  return { ...memory, lastTick: tick, clockMs: (memory.clockMs + whole) >>> 0 };
}

function beat(
  memory: MailboxMemory,
  registers: readonly number[],
  { heartbeatTimeoutMs, idleMs }: MailboxSetting,
): MailboxMemory & { readonly disconnect: boolean } {
  const { clockMs } = memory;
  const heartbeat = register(registers, 'heartbeat');
  const isNew = heartbeat !== memory.lastHeartbeat;
  const heardAtMs = isNew ? clockMs : memory.heardAtMs;
  const idleSinceMs = isNew ? clockMs : memory.idleSinceMs;
  const disconnect = since(idleSinceMs, clockMs) >= idleMs;
  return {
    ...memory,
    lastHeartbeat: heartbeat,
    heardAtMs,
    heard: (memory.heard || isNew) && since(heardAtMs, clockMs) <= heartbeatTimeoutMs,
    idleSinceMs: disconnect ? clockMs : idleSinceMs,
    disconnect,
  };
}

function endOf(lock: LockState, { heard, clockMs }: MailboxMemory): LockState {
  const isOver = !heard || since(lock.atMs, clockMs) >= lock.pulseMs;
  return lock.on && isOver ? { ...lock, on: false } : lock;
}

function obey(
  memory: MailboxMemory,
  registers: readonly number[],
  { compartments }: MailboxSetting,
): MailboxMemory {
  const sequence = register(registers, 'sequence');
  const compartment = register(registers, 'compartment');
  const result = judge(memory, registers, compartments);
  const answered = { sequence, result };
  if (result >= UNCONSUMED) return { ...memory, answered };
  const consumed = { ...memory, answered, consumed: { sequence, result } };
  if (result !== RESULT.opened) return consumed;
  const lock = { on: true, atMs: memory.clockMs, pulseMs: register(registers, 'pulseMs') };
  return {
    ...consumed,
    opened: { sequence, compartment },
    locks: memory.locks.with(compartment - 1, lock),
  };
}

/** The first rule that fits. */
function judge(memory: MailboxMemory, registers: readonly number[], compartments: number): number {
  const compartment = register(registers, 'compartment');
  const pulseMs = register(registers, 'pulseMs');
  const ahead = (register(registers, 'sequence') - memory.consumed.sequence + 0x1_0000) % 0x1_0000;
  const expiryMs = register(registers, 'expiryHigh') * 0x1_0000 + register(registers, 'expiryLow');
  const remainingMs = since(memory.clockMs, expiryMs);
  if (register(registers, 'version') !== VERSION) return RESULT.otherVersion;
  if (checkOf(registers) !== register(registers, 'check')) return RESULT.badCheck;
  if (register(registers, 'boot') !== memory.boot) return RESULT.otherBoot;
  if (ahead === 0 || ahead > SEQUENCES_AHEAD) return RESULT.notNewer;
  if (compartment === 0) return RESULT.openedNothing;
  if (remainingMs === 0 || remainingMs > HALF_CLOCK) return RESULT.expired;
  if (remainingMs > EXPIRY_MAX_MS) return RESULT.tooFarAhead;
  if (!memory.heard) return RESULT.notHeard;
  if (compartment > compartments) return RESULT.noSuchCompartment;
  if (pulseMs === 0 || pulseMs > PULSE_MAX_MS) return RESULT.badPulse;
  if (memory.locks[compartment - 1]?.on) return RESULT.lockStillOn;
  return RESULT.opened;
}

function checkOf(registers: readonly number[]): number {
  const covered = [
    'boot',
    'sequence',
    'compartment',
    'pulseMs',
    'expiryHigh',
    'expiryLow',
    'version',
  ] as const;
  return covered.reduce((check, name) => check ^ register(registers, name), 0);
}

function register(registers: readonly number[], name: keyof typeof REGISTER): number {
  return registers[REGISTER[name]] ?? 0;
}

/** Milliseconds from one 32-bit time to another, across the wrap. */
function since(fromMs: number, toMs: number): number {
  return (toMs - fromMs) >>> 0;
}
