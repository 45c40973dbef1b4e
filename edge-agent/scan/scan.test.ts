/** The scan on a virtual clock: every byte takes its time on the bus, and no test depends on the machine's. */
import type { ScanReport, ScanSpeed } from '@lockerhub/protocol/bank/scan.ts';
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { miswireBus } from '@lockerhub/sim/plc/miswired-bus.ts';
import { Plc } from '@lockerhub/sim/plc/plc.ts';
import { type RtuServer, startRtuServer } from '@lockerhub/sim/plc/rtu-server.ts';
import { type BusSettings, MemoryBus } from '@lockerhub/sim/plc/serial-bus.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { OpenSerialWire } from '../lines/serial-wire.ts';
import { type ScanLineOptions, scanLine } from './scan-line.ts';
import { USUAL_SPEEDS } from './scan-plan.ts';

const [PLAIN, EVEN] = USUAL_SPEEDS as [ScanSpeed, ScanSpeed];
/** A scan of everything takes minutes of virtual time; one that takes longer hangs. */
const VIRTUAL_DEADLINE_MS = 1_200_000;

interface Rig {
  readonly clock: VirtualClock;
  readonly bus: RtuServer;
  readonly plc: Plc;
  readonly sent: Buffer[];
  scan(speeds: readonly ScanSpeed[], options?: Partial<ScanLineOptions>): Promise<ScanReport>;
}

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function rigged({
  units = [1, 3],
  set = PLAIN,
  swapped = false,
}: {
  units?: readonly number[];
  set?: BusSettings;
  swapped?: boolean;
} = {}): Rig {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const adapter = new MemoryBus();
  let agent: BusSettings = PLAIN;
  const sent: Buffer[] = [];
  const openWire: OpenSerialWire = (settings, events) => {
    agent = settings;
    const wire = adapter.openWire(settings, events);
    return {
      write: (bytes) => {
        sent.push(Buffer.from(bytes));
        wire.write(bytes);
      },
      close: wire.close,
    };
  };
  const plc = new Plc({
    clock,
    units: units.map((unit) => ({
      unit,
      device: 'waveshare-relay',
      coils: 8,
      discreteInputs: 8,
      holdingRegisters: 0,
      inputRegisters: 0,
    })),
    doors: [],
  });
  const end = miswireBus(adapter, { swapped, units: set, agent: () => agent });
  const bus = startRtuServer({ plc, end, clock, ...set });
  stops.push(() => bus.stop());
  const scan: Rig['scan'] = async (speeds, options) => {
    let isOver = false;
    const report = scanLine(
      { kind: 'serial', path: 'memory', speeds },
      {
        clock,
        random: new SeededRandom(1),
        units: [1, 2, 3, 4],
        onProgress: () => {},
        signal: new AbortController().signal,
        openWire,
        ...options,
      },
    ).finally(() => {
      isOver = true;
    });
    // Its failure is the caller's; here it only has to be seen that it is over.
    report.catch(() => {});
    while (!isOver) {
      if (clock.monotonicMs() > VIRTUAL_DEADLINE_MS) throw new Error('the scan does not end');
      await clock.advance(1);
      // Profiles are read from the disk, which no virtual clock knows of.
      if (sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return await report;
  };
  return { clock, bus, plc, sent, scan };
}

describe('a scan of a serial line', () => {
  it('finds who answers, which areas they have, and what they may be', async () => {
    const { passes, hints, complete } = await rigged().scan([PLAIN]);
    expect({ hints, complete }).toEqual({ hints: [], complete: true });
    const [pass] = passes;
    expect(pass).toMatchObject({ speed: PLAIN, asked: 4, sound: 'quiet' });
    expect(pass?.units.map(({ unit, verdict }) => [unit, verdict])).toEqual([
      [1, 'answers'],
      [3, 'answers'],
    ]);
    expect(pass?.units[0]?.areas).toEqual(['coils', 'discrete-inputs']);
    expect(pass?.units[0]?.profiles[0]).toBe('waveshare-relay-8-inputs');
  });

  it('sends nothing but reads, whatever it hears', async () => {
    for (const fault of [
      'twins',
      'garbage',
      'babble',
      'wrong-unit',
      'duplicate',
      'exception',
      'silence',
    ] as const) {
      const rig = rigged();
      rig.bus.faults.always(fault, 3);
      await rig.scan([PLAIN, EVEN]);
      expect(rig.sent.length).toBeGreaterThan(8);
      for (const frame of rig.sent) {
        expect(frame.length).toBe(8);
        expect([1, 2, 3, 4]).toContain(frame[1]);
      }
      expect(rig.plc.record.filter(({ kind }) => kind === 'executed')).toEqual([]);
    }
  });

  it('says that two answer where two devices have one id, and of nobody else', async () => {
    const rig = rigged();
    rig.bus.faults.always('twins', 3);
    const { passes, hints } = await rig.scan([PLAIN]);
    expect(passes[0]?.units).toMatchObject([
      { unit: 1, verdict: 'answers' },
      { unit: 3, verdict: 'two-answer', profiles: [] },
    ]);
    expect(hints).toEqual(['two-answer']);
  });

  it.each(['duplicate', 'repeated'] as const)('says so of two whole answers as well: %s', async (fault) => {
    const rig = rigged();
    rig.bus.faults.always(fault, 3);
    const { passes } = await rig.scan([PLAIN]);
    expect(passes[0]?.units[1]).toMatchObject({ unit: 3, verdict: 'two-answer' });
  });

  it('takes one disturbance for nothing worse', async () => {
    const rig = rigged();
    rig.bus.faults.next('garbage');
    const { passes, hints } = await rig.scan([PLAIN]);
    expect(passes[0]?.units.map(({ verdict }) => verdict)).toEqual(['answers', 'answers']);
    expect(hints).toEqual([]);
  });

  it('finds the speed, and hears nobody at the others', async () => {
    const { passes, hints } = await rigged({ set: EVEN }).scan(USUAL_SPEEDS);
    expect(passes.filter(({ units }) => units.length > 0)).toMatchObject([
      {
        speed: EVEN,
        units: [
          { unit: 1, verdict: 'answers' },
          { unit: 3, verdict: 'answers' },
        ],
      },
    ]);
    expect(hints).toEqual([]);
  });

  it('takes swapped wires from an idle line that is heard as zeros', async () => {
    const { passes, hints } = await rigged({ swapped: true }).scan([PLAIN, EVEN]);
    expect(passes.map(({ sound, units }) => [sound, units])).toEqual([
      ['break', []],
      ['break', []],
    ]);
    expect(hints).toEqual(['swapped-ab']);
  });

  it('says that nobody is there', async () => {
    const { hints } = await rigged({ units: [9] }).scan([PLAIN]);
    expect(hints).toEqual(['nobody']);
  });

  it('says that answers cannot be read, where garbage is heard whoever is asked', async () => {
    const rig = rigged({ units: [1, 2, 3, 4] });
    rig.bus.faults.always('garbage');
    const { passes, hints } = await rig.scan([PLAIN]);
    expect(passes[0]?.sound).toBe('noise');
    expect(new Set(passes[0]?.units.map(({ verdict }) => verdict))).toEqual(new Set(['garbled']));
    expect(hints).toEqual(['wrong-speed', 'noise']);
  });

  it('gives a line up that is never silent', async () => {
    const rig = rigged();
    rig.bus.faults.babble(true);
    const { passes, hints } = await rig.scan([PLAIN]);
    expect(passes[0]).toMatchObject({ sound: 'noise', units: [] });
    expect(hints).toEqual(['nobody', 'noise']);
  });

  it('does not take for noise what is still said to whoever had the port before', async () => {
    const rig = rigged();
    rig.clock.after(50, () => rig.bus.faults.send(Buffer.from([3, 2, 1, 0xff, 0x21, 0xb0])));
    const { passes } = await rig.scan([PLAIN]);
    expect(passes[0]?.sound).toBe('quiet');
  });

  it('asks a slow device again, with patience', async () => {
    const rig = rigged();
    rig.plc.manners.answerAfterMs = 300;
    const { passes } = await rig.scan([PLAIN], { units: [1, 2, 3, 4, 5] });
    expect(passes[0]?.units.map(({ unit, verdict }) => [unit, verdict])).toEqual([
      [1, 'answers'],
      [3, 'answers'],
    ]);
  });

  it('asks the usual ids first, and the rest only where somebody answers', async () => {
    const rig = rigged({ units: [2, 200], set: EVEN });
    const told: number[] = [];
    const { passes } = await rig.scan([PLAIN, EVEN], {
      units: undefined,
      onProgress: ({ unit }) => told.push(unit),
    });
    expect(passes.map(({ asked }) => asked)).toEqual([32, 247]);
    expect(passes[1]?.units.map(({ unit }) => unit)).toEqual([2, 200]);
    expect(told.slice(0, 33)).toEqual([...Array.from({ length: 32 }, (_, index) => index + 1), 1]);
  });

  it('ends when it is told to, with what it has found', async () => {
    const stop = new AbortController();
    const rig = rigged();
    const { passes, complete } = await rig.scan([PLAIN, EVEN], {
      onProgress: ({ unit }) => {
        if (unit === 2) stop.abort();
      },
      signal: stop.signal,
    });
    expect(complete).toBe(false);
    expect(passes[0]).toMatchObject({ asked: 2, units: [{ unit: 1 }] });
    expect(passes[1]).toMatchObject({ asked: 0 });
  });
});
