import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { Plc } from '@lockerhub/sim/plc/plc.ts';
import { startPlcServer } from '@lockerhub/sim/plc/tcp-server.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { describe, expect, it, vi } from 'vitest';
import { LineTimer } from './line-timer.ts';
import { createTcpLine } from './tcp-line.ts';

describe('the deadline of an answer', () => {
  it('is kept by a process that runs', async () => {
    const clock = new VirtualClock(0);
    const act = vi.fn();
    new LineTimer(clock).setDeadline(100, act);
    await clock.advance(99);
    expect(act).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(act).toHaveBeenCalledTimes(1);
  });

  it('leaves a process that stood still a moment to read what came meanwhile, once', async () => {
    let lateMs = 0;
    const clock = new VirtualClock(0);
    const late = {
      wallMs: () => clock.wallMs(),
      monotonicMs: () => clock.monotonicMs() + lateMs,
      after: (delayMs: number, act: () => void) => clock.after(delayMs, act),
      punctually: (delayMs: number, act: () => void) => clock.after(delayMs, act),
    };
    const timer = new LineTimer(late);
    const act = vi.fn();
    timer.setDeadline(100, act);
    lateMs = 5_000;
    await clock.advance(100);
    expect(act).not.toHaveBeenCalled();
    lateMs = 10_000;
    await clock.advance(50);
    expect(act).toHaveBeenCalledTimes(1);
    // An answer that was there is read within that moment.
    timer.setDeadline(100, act);
    lateMs = 15_000;
    await clock.advance(100);
    timer.clear();
    await clock.advance(1_000);
    expect(act).toHaveBeenCalledTimes(1);
  });

  it('does not take an answer that lies in the socket for none', async () => {
    const plc = new Plc({ clock: systemClock, units: [{ unit: 1, device: 'waveshare-relay' }], doors: [] });
    const server = await startPlcServer({ plc });
    const timeoutMs = 200;
    const line = createTcpLine({
      id: 'plc',
      host: server.host,
      port: server.port,
      timeoutMs,
      clock: systemClock,
      random: systemRandom,
    });
    line.start();
    await waitFor(() => line.online, 30_000, 'the line to be online');
    // The device answers, and this process does nothing for longer than the answer may take.
    plc.observe(({ kind }) => {
      if (kind === 'executed') setImmediate(() => standStill(3 * timeoutMs));
    });
    const write = line.request({ unit: 1, kind: 'write-coil', address: 0x0200, value: 3 }, 'command');
    await expect(write).resolves.toEqual([]);
    expect(line.connection).toBe(1);
    await line.stop();
    await server.stop();
  });
});

function standStill(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}
