import type { Timer } from '@lockerhub/protocol/time/clock.ts';
import { type Body, type Device, refused, storeRegisters } from './device.ts';
import {
  doorsOf,
  type MailboxMemory,
  nextDueMs,
  REGISTER,
  scanMailbox,
  startMailbox,
  statusOf,
  tickOn,
} from './mailbox-program.ts';

/** A programmable PLC that runs the program of the mailbox contract; its outputs are compartments, from 1 on. */
export interface MailboxOptions {
  readonly kind: 'mailbox';
  readonly compartments: number;
  /** The mailbox's first holding register. */
  readonly address?: number;
  readonly heartbeatTimeoutMs?: number;
  readonly idleMs?: number;
  /** The number of its last boot, which its memory has kept since before the simulation. */
  readonly bootBefore?: number;
  /** What its tick counter shows when the simulation begins. */
  readonly tick?: number;
}

/** A small PLC goes through its program about once in so long. */
const SCAN_MS = 10;
const HEARTBEAT_TIMEOUT_MS = 1_000;
const IDLE_MS = 10_000;

/**
 * Runs the program one scan after each write, and whenever something ends by itself; between those a scan would
 * change nothing but the clock. Keeps the boot number when the power fails, and nothing else.
 */
export function mailbox(body: Body, options: MailboxOptions): Device {
  const { clock } = body;
  const address = options.address ?? 0;
  const registers = body.areas['holding-registers'];
  const setting = {
    compartments: options.compartments,
    heartbeatTimeoutMs: options.heartbeatTimeoutMs ?? HEARTBEAT_TIMEOUT_MS,
    idleMs: options.idleMs ?? IDLE_MS,
  };
  const tick = () => (Math.floor(clock.monotonicMs()) + (options.tick ?? 0)) >>> 0;
  const start = (bootBefore: number) =>
    startMailbox(setting, bootBefore, registers[address + REGISTER.heartbeat] ?? 0, tick());
  let memory: MailboxMemory = start(options.bootBefore ?? 0);
  let next: Timer | undefined;

  const show = (from: number, values: readonly number[]) => registers.set(values, address + from);
  const closed = () => {
    const contacts = new Map(body.contacts());
    return Array.from({ length: setting.compartments }, (_, index) => contacts.get(index + 1) === 1);
  };
  const scanIn = (delayMs: number) => {
    next?.cancel();
    next = clock.after(delayMs, scan);
  };
  const scan = () => {
    const before = memory;
    const input = { tick: tick(), registers: Array.from(registers.subarray(address)), closed: closed() };
    const { memory: after, taken, status, doors, disconnect } = scanMailbox(before, input, setting);
    memory = after;
    if (taken) registers[address + REGISTER.version] = 0;
    show(REGISTER.status, status);
    show(REGISTER.doors, doors);
    // The status says consumed before any current flows.
    for (const [index, lock] of after.locks.entries()) {
      if (lock.on !== before.locks[index]?.on) body.drive(index + 1, lock.on);
    }
    scanIn(Math.max(1, nextDueMs(memory, setting)));
    if (disconnect) body.disconnect();
  };
  scanIn(0);
  return {
    writeCoil: () => refused('illegalFunction'),
    writeRegisters: (at, values) => {
      const answer = storeRegisters(body, at, values);
      scanIn(SCAN_MS);
      return answer;
    },
    beforeRead: () => {
      show(REGISTER.status, statusOf(tickOn(memory, tick())));
      show(REGISTER.doors, doorsOf(closed()));
    },
    powerCut: () => next?.cancel(),
    powerRestored: () => {
      memory = start(memory.boot);
      scanIn(0);
    },
  };
}
