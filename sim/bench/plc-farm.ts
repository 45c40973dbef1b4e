/** Simulated PLCs for the benches of polling: prints their ports as one line of JSON and serves until it is told to end. */
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { Plc } from '../plc/plc.ts';
import { startPlcServer } from '../plc/tcp-server.ts';

const count = Number(process.argv[2]);
const servers = await Promise.all(
  Array.from({ length: count }, () =>
    startPlcServer({
      plc: new Plc({ clock: systemClock, units: [{ unit: 1, device: 'held-coils' }], doors: [] }),
    }),
  ),
);
process.stdout.write(`${JSON.stringify(servers.map((server) => server.port))}\n`);
process.on('SIGTERM', async () => {
  await Promise.all(servers.map((server) => server.stop()));
  process.exit(0);
});
