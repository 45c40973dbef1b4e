/**
 * A simulated unit of 64 coils on a serial bus, in a process of its own and on a clock that is precise to some
 * microseconds: Node's timers, good to a millisecond or two, would be most of a frame at 115200 baud.
 *
 * Arguments: where to make the port, the baud rate. Prints one line of JSON once it is there.
 */
import { type Clock, systemClock } from '@lockerhub/protocol/time/clock.ts';
import { Plc } from '../plc/plc.ts';
import { startPtyBus } from '../plc/pty-bus.ts';
import { startRtuServer } from '../plc/rtu-server.ts';

const preciseClock: Clock = { ...systemClock, after: systemClock.punctually };

const [path, baud] = process.argv.slice(2);
const end = await startPtyBus(String(path));
const plc = new Plc({ clock: preciseClock, units: [{ unit: 1, device: 'held-coils' }], doors: [] });
const bus = startRtuServer({ plc, end, clock: preciseClock, baud: Number(baud) });
process.stdout.write(`${JSON.stringify({ path })}\n`);
process.on('SIGTERM', async () => {
  bus.stop();
  await end.unplug();
  process.exit(0);
});
