/** A simulated PLC with a mailbox, as somebody with a Modbus client sees it. */
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../clock/virtual-clock.ts';
import { waitFor } from '../../testing/wait-for.ts';
import { Plc } from '../plc.ts';
import { startPlcServer } from '../tcp-server.ts';
import type { MailboxOptions } from './mailbox.ts';

const SCAN_MS = 10;
const HEARTBEAT = 8;
const STATUS = 16;

interface Command {
  readonly sequence: number;
  readonly compartment: number;
  readonly boot?: number;
  readonly pulseMs?: number;
  readonly inMs?: number;
}

function twoDoors(options: Partial<MailboxOptions> = {}) {
  const clock = new VirtualClock(0);
  const plc = new Plc({
    clock,
    units: [
      { unit: 1, device: { kind: 'mailbox', compartments: 20, ...options }, coils: 0, holdingRegisters: 64 },
    ],
    doors: [1, 18].map((number) => ({
      number,
      unit: 1,
      coil: number,
      sensor: { area: 'program', address: number, closed: 1 },
    })),
  });
  const read = (address: number, count: number): readonly number[] => {
    const answer = plc.execute({ unit: 1, kind: 'read', area: 'holding-registers', address, count });
    return answer.kind === 'values' ? answer.values : [];
  };
  const status = () => {
    const [version, boot = 0, high = 0, low = 0, ...more] = read(STATUS, 12);
    const [consumed, consumedResult, opened, openedCompartment, answered, answeredResult, echo, heard] = more;
    const clockMs = high * 0x1_0000 + low;
    return {
      version,
      boot,
      clockMs,
      consumed: [consumed, consumedResult],
      opened: [opened, openedCompartment],
      answered: [answered, answeredResult],
      echo,
      heard,
    };
  };
  let heartbeat = 0;
  return {
    clock,
    plc,
    status,
    doors: () => read(32, 2),
    beat: async () => {
      heartbeat += 1;
      plc.execute({ unit: 1, kind: 'write-register', address: HEARTBEAT, value: heartbeat });
      await clock.advance(SCAN_MS);
    },
    /** Written as an agent writes it; what comes back may be written again. */
    write: async (command: Command | readonly number[]): Promise<readonly number[]> => {
      const words = 'sequence' in command ? wordsOf(command, status()) : command;
      plc.execute({ unit: 1, kind: 'write-registers', address: 0, values: words });
      await clock.advance(SCAN_MS);
      return words;
    },
    pulses: () => plc.record.flatMap((event) => (event.kind === 'released' ? [event.energisedMs] : [])),
    opened: () => plc.record.filter(({ kind }) => kind === 'energised').length,
  };
}

function wordsOf(command: Command, { boot, clockMs }: { boot: number; clockMs: number }): number[] {
  const expiryMs = (clockMs + (command.inMs ?? 2_000)) >>> 0;
  const { sequence, compartment, pulseMs = 300 } = command;
  const words = [command.boot ?? boot, sequence, compartment, pulseMs, expiryMs >>> 16, expiryMs & 0xffff];
  return [...words, words.reduce((sum, word) => sum ^ word, 1), 1];
}

describe('a PLC with a mailbox', () => {
  it('opens a door once for a command, times the pulse and says so before it does', async () => {
    const { clock, plc, write, beat, status, pulses } = twoDoors();
    await clock.advance(0);
    await beat();
    plc.observe((event) => {
      if (event.kind === 'energised') expect(status()).toMatchObject({ consumed: [1, 1], opened: [1, 18] });
    });
    await write({ sequence: 1, compartment: 18 });
    expect(plc.door(18).energised).toBe(true);
    await clock.advance(300);
    expect(pulses()).toEqual([300]);
    expect(status()).toMatchObject({ version: 1, consumed: [1, 1], answered: [1, 1] });
    expect.assertions(4);
  });

  it('shows its doors sixteen to a register', async () => {
    const { clock, plc, doors } = twoDoors();
    await clock.advance(0);
    expect(doors()).toEqual([1, 2]);
    plc.hand.open(18);
    expect(doors()).toEqual([1, 0]);
  });

  it('refuses the same command again, then and later', async () => {
    const { clock, write, beat, status, opened } = twoDoors();
    await beat();
    const words = await write({ sequence: 1, compartment: 1 });
    await write(words);
    expect(status()).toMatchObject({ consumed: [1, 1], answered: [1, 23] });
    await clock.advance(700);
    await beat();
    await write(words);
    expect([opened(), status().answered]).toEqual([1, [1, 23]]);
  });

  it('refuses a command that comes after its expiry, and consumes it', async () => {
    const { clock, plc, beat, status, write, opened } = twoDoors();
    await beat();
    const words = wordsOf({ sequence: 1, compartment: 1, inMs: 500 }, status());
    await clock.advance(500);
    await beat();
    await write(words);
    expect(status()).toMatchObject({ consumed: [1, 10], answered: [1, 10] });
    await write({ sequence: 2, compartment: 1, inMs: 10_200 });
    expect(status().consumed).toEqual([2, 11]);
    expect([opened(), plc.door(1).open]).toEqual([0, false]);
  });

  it('refuses a command that a newer one for no door has overtaken', async () => {
    const { beat, status, write, opened } = twoDoors();
    await beat();
    const late = wordsOf({ sequence: 1, compartment: 1 }, status());
    await write({ sequence: 2, compartment: 0 });
    expect(status().consumed).toEqual([2, 2]);
    await write(late);
    expect([status().answered, opened()]).toEqual([[1, 23], 0]);
  });

  it('starts again with another boot number and opens nothing that was meant for the earlier life', async () => {
    const { clock, plc, beat, status, write, opened } = twoDoors();
    await beat();
    const late = wordsOf({ sequence: 1, compartment: 1 }, status());
    plc.cutPower();
    plc.restorePower();
    await clock.advance(0);
    expect(status()).toMatchObject({ boot: 2, consumed: [0, 0], heard: 0 });
    await beat();
    await write(late);
    expect([status().answered, opened()]).toEqual([[1, 22], 0]);
    await write({ sequence: 1, compartment: 1 });
    expect(opened()).toBe(1);
  });

  it('drops a lock and refuses opens when it hears nothing of the agent', async () => {
    const { clock, beat, status, write, pulses, opened } = twoDoors();
    await beat();
    await clock.advance(900);
    await write({ sequence: 1, compartment: 1, pulseMs: 1_000 });
    await clock.advance(200);
    expect(pulses()).toEqual([91]);
    expect(status().heard).toBe(0);
    await write({ sequence: 2, compartment: 18 });
    expect([status().consumed, opened()]).toEqual([[2, 12], 1]);
  });

  it('takes no heartbeat that was there before it started', async () => {
    const { clock, plc, status, write, opened } = twoDoors();
    await clock.advance(SCAN_MS);
    await write({ sequence: 1, compartment: 1 });
    expect([status().consumed, opened(), plc.door(1).open]).toEqual([[1, 12], 0, false]);
  });

  it('has a clock of its own that wraps without harm', async () => {
    const { clock, beat, status, write, opened } = twoDoors({ tick: 0xffff_ffff - 50 });
    await clock.advance(100);
    await beat();
    expect(status().clockMs).toBe(110);
    await write({ sequence: 1, compartment: 1 });
    expect(opened()).toBe(1);
  });

  it('lets go of a connection on which nobody beats', async () => {
    const { clock, plc } = twoDoors();
    const server = await startPlcServer({ plc, connections: 'one-refuse', keepsDead: true });
    const socket = connect(server.port, server.host);
    try {
      let ended = false;
      socket.on('end', () => {
        ended = true;
      });
      await waitFor(() => server.connections === 1, 10_000, 'the connection');
      await clock.advance(9_900);
      expect(ended).toBe(false);
      await clock.advance(200);
      await waitFor(() => ended && server.connections === 0, 10_000, 'the PLC to let go');
    } finally {
      socket.destroy();
      await server.stop();
    }
  });
});
