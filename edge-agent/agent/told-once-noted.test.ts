/** An agent on a virtual clock whose disk takes its time: nothing is told that its ledger could still forget. */
import { HEARTBEAT_MS, VERSION } from '@lockerhub/protocol/bank/messages.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { SeededRandom } from '../../sim/clock/seeded-random.ts';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { Plc } from '../../sim/plc/plc.ts';
import { type VirtualDisk, VirtualJournal } from '../../sim/scenarios/virtual/virtual-journal.ts';
import { DirectLine } from '../../sim/testing/bank-world.ts';
import { parseBankFile } from '../bank/bank-file.ts';
import { wireBank } from '../bank/wire-bank.ts';
import type { BankLink, LinkListener } from '../link/bank-link.ts';
import { Agent } from './agent.ts';

const BANK_FILE = JSON.stringify({
  layout: {
    bank: 'b',
    name: 'B',
    depthMm: 1,
    columns: [{ widthMm: 1, cells: [{ number: 1, size: 'S', heightMm: 1 }] }],
  },
  lines: [{ id: 'plc', host: 'h', locks: 'pulsed', profile: 'waveshare-relay-8-inputs' }],
  wiring: [{ compartment: 1, line: 'plc', unit: 1, output: 1, sensor: { point: 1 } }],
});

it('tells the hub of an opening, and answers after it, only once the ledger holds it', async () => {
  const clock = new VirtualClock(0);
  const random = new SeededRandom(5);
  const plc = new Plc({
    clock,
    units: [{ unit: 1, device: 'waveshare-relay' }],
    doors: [{ number: 1, unit: 1, coil: 0, sensor: { area: 'discrete-inputs', address: 0, closed: 1 } }],
  });
  const disk: VirtualDisk = { records: [] };
  const onDisk = (text: string) => disk.records.some((record) => record.includes(text));
  const early: string[] = [];
  const told: string[] = [];
  let hub: LinkListener | undefined;
  const link: BankLink = {
    connect: (_will, listener) => {
      hub = listener;
      clock.after(1, () => listener.up());
      return {
        publish: async (name, message) => {
          const saysOpened = JSON.stringify(message).includes('"opened"');
          if (!saysOpened || (name !== 'event' && name !== 'outcomesResponse')) return;
          told.push(name);
          if (!onDisk('"outcome":"opened"')) early.push(JSON.stringify(message));
        },
        close: async () => {},
      };
    },
  };
  const agent = new Agent({
    wires: (await wireBank(parseBankFile(BANK_FILE))).wires,
    lines: [new DirectLine(plc, clock)],
    journal: new VirtualJournal(clock, disk),
    events: new VirtualJournal(clock, { records: [] }),
    link,
    clock,
    random,
    log: pino({ level: 'silent' }),
    software: 'test',
  });
  const started = agent.start();
  await clock.advance(50);
  await started;
  const bootId = newId(clock, random);
  const beat = () => {
    const now = { bootId, monotonicMs: clock.monotonicMs() };
    hub?.message({
      name: 'heartbeat',
      message: { v: VERSION, session: 1, hub: now, epoch: 1, head: null },
    });
    clock.after(HEARTBEAT_MS, beat);
  };
  beat();
  await clock.advance(500);
  const grant = newId(clock, random);
  hub?.message({
    name: 'open',
    message: {
      v: VERSION,
      id: newId(clock, random),
      session: 1,
      epoch: 1,
      grant,
      delivery: null,
      purpose: 'staff',
      compartment: 1,
      deadline: { bootId, monotonicMs: clock.monotonicMs() + 5_000 },
    },
  });
  for (let ms = 0; ms < 500 && new Set(told).size < 2; ms += 1) {
    await clock.advance(1);
    if (!plc.door(1).open) continue;
    hub?.message({
      name: 'outcomes',
      message: { v: VERSION, id: newId(clock, random), session: 1, grants: [grant] },
    });
  }
  expect(new Set(told)).toEqual(new Set(['event', 'outcomesResponse']));
  expect(early).toEqual([]);
});
