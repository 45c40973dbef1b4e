/** The scan over real ptys: the port is really opened at each speed, and what a wire makes of that is what it hears. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScanReport, ScanSpeed } from '@lockerhub/protocol/bank/scan.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { type MiswiredPtyOptions, startMiswiredPty } from '@lockerhub/sim/plc/miswired-pty.ts';
import { Plc } from '@lockerhub/sim/plc/plc.ts';
import { hasSocat } from '@lockerhub/sim/plc/pty-bus.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { scanLine } from './scan-line.ts';

const PLAIN: ScanSpeed = { baud: 9_600, parity: 'none', stopBits: 1 };
const FASTER: ScanSpeed = { ...PLAIN, baud: 19_200 };
const ASKED = [1, 2, 3];
/** A stall of a loaded machine must not look like a unit that is silent. */
const PATIENT_MS = 300;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function laid(how: Pick<MiswiredPtyOptions, 'units' | 'swapped'>, present = [1, 3]) {
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-miswired-'));
  stops.push(() => rm(folder, { recursive: true }));
  const path = join(folder, 'bus');
  const plc = new Plc({
    clock: systemClock,
    units: present.map((unit) => ({ unit, device: 'waveshare-relay', coils: 8, discreteInputs: 8 })),
    doors: [],
  });
  const { bus, stop } = await startMiswiredPty({ path, plc, clock: systemClock, ...how });
  stops.push(stop);
  const scan = (speeds: readonly ScanSpeed[]): Promise<ScanReport> =>
    scanLine(
      { kind: 'serial', path, speeds },
      {
        clock: systemClock,
        random: systemRandom,
        units: ASKED,
        withinMs: PATIENT_MS,
        onProgress: () => {},
        signal: new AbortController().signal,
      },
    );
  return { bus, plc, scan };
}

describe.skipIf(!hasSocat)('a scan of a bus behind a pty (needs socat)', () => {
  it('takes swapped wires from an idle line that is heard as zeros', async () => {
    const { scan } = await laid({ units: PLAIN, swapped: true });
    const { passes, hints } = await scan([PLAIN]);
    expect(passes).toMatchObject([{ sound: 'break', units: [] }]);
    expect(hints).toEqual(['swapped-ab']);
  });

  it('finds the speed that the units are set to, and hears nobody at another', async () => {
    const { scan, plc } = await laid({ units: FASTER }, [3]);
    const { passes, hints } = await scan([PLAIN, FASTER]);
    expect(passes).toMatchObject([
      { speed: PLAIN, units: [] },
      { speed: FASTER, units: [{ unit: 3, verdict: 'answers' }] },
    ]);
    expect(hints).toEqual([]);
    expect(plc.record.filter(({ kind }) => kind === 'executed')).toEqual([]);
  });

  it('says that answers cannot be read, where garbage is heard whoever is asked', async () => {
    const { scan, bus } = await laid({ units: PLAIN });
    bus.faults.always('garbage');
    // From 1 and 3, which are most of those that are asked.
    const { passes, hints } = await scan([PLAIN]);
    expect(passes[0]?.sound).toBe('noise');
    expect(passes[0]?.units.map(({ unit, verdict }) => [unit, verdict])).toEqual([
      [1, 'garbled'],
      [3, 'garbled'],
    ]);
    expect(hints).toEqual(['wrong-speed', 'noise']);
  });
});
