/** MAILBOX.md against the constants of the agent, and its listing against the simulated PLC. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type MailboxMemory,
  REGISTER,
  scanMailbox,
  startMailbox,
} from '../../sim/plc/devices/mailbox-program.ts';
import { newBlock } from '../../sim/testing/structured-text.ts';
import {
  MAILBOX,
  MAILBOX_COMMAND_REGISTERS,
  MAILBOX_LIMITS,
  MAILBOX_REGISTERS,
  MAILBOX_RESULT,
  MAILBOX_STATUS_REGISTERS,
  MAILBOX_UNCONSUMED,
  MAILBOX_VERSION,
} from './mailbox-registers.ts';

const contract = readFileSync(new URL('./MAILBOX.md', import.meta.url), 'utf8');
const listing = /```iecst\n([\s\S]*?)```/.exec(contract)?.[1] ?? '';
const COMPARTMENTS = 64;
const DOORS_AT = 32;
const setting = { compartments: COMPARTMENTS, heartbeatTimeoutMs: 1_000, idleMs: 10_000 };

/** The rows of all tables whose first column is a number: number → name. */
function rows(heading: string): Record<string, number> {
  const part = contract.split(`## ${heading}\n`)[1]?.split(/\n#+ /)[0] ?? '';
  return Object.fromEntries(
    [...part.matchAll(/^\| (\d+) +\| (\S+) +\|/gm)].map(([, number, name]) => [name, Number(number)]),
  );
}

describe('the contract on paper', () => {
  it('has the registers that the agent uses', () => {
    expect(rows('Command: the agent writes all eight in one FC16')).toEqual(MAILBOX.command);
    expect(rows('Heartbeat: the agent writes it alone')).toEqual({ heartbeat: MAILBOX.heartbeat });
    expect(
      rows('Status: the PLC keeps it up to date, the agent reads it in one request together with the doors'),
    ).toEqual(MAILBOX.status);
    expect(Object.values(MAILBOX.command)).toHaveLength(MAILBOX_COMMAND_REGISTERS);
    expect(Object.values(MAILBOX.status)).toHaveLength(MAILBOX_STATUS_REGISTERS);
    expect(MAILBOX_REGISTERS).toBe(DOORS_AT);
  });

  it('has the results that the agent knows, and tells the consumed ones from the others', () => {
    expect(rows('Results')).toEqual(MAILBOX_RESULT);
    expect(contract).toContain(`Below ${MAILBOX_UNCONSUMED} the sequence is consumed`);
  });

  it('has the same bounds in its rules and in its listing', () => {
    const { expiryMs, sequencesAhead, pulseMs, heartbeatTimeoutMs, idleMs } = MAILBOX_LIMITS;
    for (const bound of [
      `# The mailbox contract, version ${MAILBOX_VERSION}`,
      `more than ${expiryMs} ms ahead`,
      `1 to ${sequencesAhead} ahead`,
      `longer than ${pulseMs} ms`,
      `Without a change for ${heartbeatTimeoutMs} ms`,
      `After ${idleMs} ms without a change`,
      `EXPIRY_MAX : UDINT := ${expiryMs};`,
      `PULSE_MAX : UINT := ${pulseMs};`,
      `HEARTBEAT_TIMEOUT : UDINT := ${heartbeatTimeoutMs};`,
      `IDLE : UDINT := ${idleMs};`,
      `ahead > ${sequencesAhead}`,
    ]) {
      expect(contract).toContain(bound);
    }
  });
});

/** What happens between two scans. */
interface Step {
  readonly passMs: number;
  readonly beat: boolean;
  readonly command: {
    readonly version: number;
    readonly bootAhead: number;
    readonly ahead: number;
    readonly compartment: number;
    readonly pulseMs: number;
    readonly inMs: number;
    readonly spoil: number;
  } | null;
  readonly closed: bigint;
  readonly restart: boolean;
}

const often = <T>(usual: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, other);
const step: fc.Arbitrary<Step> = fc.record({
  passMs: fc.oneof(fc.nat(20), fc.constantFrom(299, 300, 999, 1_000, 1_001, 9_999, 10_000, 70_000)),
  beat: fc.boolean(),
  command: fc.option(
    fc.record({
      version: often<number>(1, fc.constantFrom(2, 0xffff)),
      bootAhead: often<number>(0, fc.constantFrom(1, 0xffff)),
      ahead: often<number>(1, fc.constantFrom(0, 2, 32_767, 32_768, 0xffff)),
      compartment: fc.constantFrom(0, 1, 2, 64, 65, 0xffff),
      pulseMs: often<number>(300, fc.constantFrom(0, 1, 1_000, 1_001, 0xffff)),
      inMs: often<number>(2_000, fc.constantFrom(-1, 0, 1, 10_000, 10_001, 0x7fff_ffff, 0x8000_0000)),
      spoil: often<number>(0, fc.constantFrom(1, 0x8000)),
    }),
  ),
  closed: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  restart: often<boolean>(false, fc.boolean()),
});

/** Runs the listing and the simulated program side by side and returns what each result was. */
function runBoth(
  steps: readonly Step[],
  firstTick: number,
  lastTick: number,
  firstBoot: number,
): Set<number> {
  const results = new Set<number>();
  let tick = firstTick;
  let block = newBlock(listing, { boot: firstBoot });
  const registers = block.variables.reg as number[];
  block.variables.tick = tick;
  block.scan();
  let memory: MailboxMemory = startMailbox(setting, firstBoot, 0, tick);
  let sequence = 0;
  for (const { passMs, beat, command, closed, restart } of steps) {
    tick = (tick + passMs) % (lastTick + 1);
    const contacts = Array.from(
      { length: COMPARTMENTS },
      (_, index) => ((closed >> BigInt(index)) & 1n) === 1n,
    );
    if (beat) registers[MAILBOX.heartbeat] = ((registers[MAILBOX.heartbeat] ?? 0) + 1) & 0xffff;
    if (command) {
      sequence = (memory.consumed.sequence + command.ahead) & 0xffff;
      const expiryMs = (memory.clockMs + passMs + command.inMs) >>> 0;
      const words = [
        (memory.boot + command.bootAhead) & 0xffff,
        sequence,
        command.compartment,
        command.pulseMs,
        expiryMs >>> 16,
        expiryMs & 0xffff,
      ];
      const check = words.reduce((sum, word) => sum ^ word, command.version) ^ command.spoil;
      registers.splice(0, 8, ...words, check, command.version);
    }
    if (restart) {
      block = newBlock(listing, { boot: block.variables.boot as number });
      block.variables.reg = registers;
      memory = startMailbox(setting, memory.boot, registers[MAILBOX.heartbeat] ?? 0, tick);
      registers[MAILBOX.command.version] = 0;
    }
    const input = { tick, registers: [...registers], closed: contacts };
    const simulated = scanMailbox(memory, input, setting);
    memory = simulated.memory;
    block.variables.tick = tick;
    block.variables.closed = [false, ...contacts];
    block.scan();
    const doors = Math.ceil(COMPARTMENTS / 16);
    expect(registers.slice(REGISTER.status, REGISTER.status + MAILBOX_STATUS_REGISTERS)).toEqual(
      simulated.status,
    );
    expect(registers.slice(DOORS_AT, DOORS_AT + doors)).toEqual(simulated.doors);
    expect((block.variables.lock as boolean[]).slice(1)).toEqual(memory.locks.map(({ on }) => on));
    expect(block.variables.disconnect).toBe(simulated.disconnect);
    expect(registers[MAILBOX.command.version]).toBe(0);
    if (command && !restart) results.add(memory.answered.result);
  }
  return results;
}

describe('the listing', () => {
  it('does scan by scan what the simulated PLC does, whatever is written, and knows every result', () => {
    const results = new Set<number>();
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 40 }),
        fc.constantFrom(0, 0x7fff_ffff - 500, 0xffff_ffff - 500),
        // Where the tick counter of the controller wraps: after 31 bits or 32.
        fc.constantFrom(0x7fff_ffff, 0xffff_ffff),
        fc.constantFrom(0, 1, 65_534, 65_535),
        (steps, firstTick, lastTick, firstBoot) => {
          const began = Math.min(firstTick, lastTick - 500);
          for (const result of runBoth(steps, began, lastTick, firstBoot)) results.add(result);
        },
      ),
      { numRuns: 400, seed: 5 },
    );
    expect([...results].sort((a, b) => a - b)).toEqual(Object.values(MAILBOX_RESULT).sort((a, b) => a - b));
  });
});
