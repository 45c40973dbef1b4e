/**
 * A simulated PLC in a process of its own for the open bench: its locks let go at once, and all its doors are shut when
 * it is told to. Prints its port, tells each pulse with its time to whoever forked it.
 */
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { Plc } from '../plc/plc.ts';
import { startPlcServer } from '../plc/tcp-server.ts';
import { sharedMs } from './samples.ts';

/** A door's lock was given current, at a time as by `sharedMs`. */
export interface Pulse {
  readonly door: number;
  readonly atMs: number;
}

const doors = Number(process.argv[2]);
const plc = new Plc({
  clock: systemClock,
  units: [{ unit: 1, device: 'waveshare-relay', coils: 32, discreteInputs: 32 }],
  doors: Array.from({ length: doors }, (_, index) => ({
    number: index + 1,
    unit: 1,
    coil: index,
    sensor: { area: 'discrete-inputs' as const, address: index, closed: 1 as const },
    lock: { latencyMs: 0, duty: 'hardware-limited' as const },
  })),
});
/** Whether a door that is released is pushed shut at once. */
let shutting = false;
plc.observe((event) => {
  if (event.kind === 'energised') process.send?.({ door: event.door, atMs: sharedMs() } satisfies Pulse);
  if (event.kind === 'released' && shutting) plc.hand.close(event.door);
});
process.on('message', (message: 'shut' | 'hold') => {
  shutting = message === 'shut';
  // A latch under current does not hold: such a door is shut as soon as it is released.
  if (shutting) for (const { door } of plc.doors) plc.hand.close(door);
});
const server = await startPlcServer({ plc });
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);
process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
