/**
 * `npm run cloud`: a cloud on this machine, for development. A real Postgres and the gateway; where `ELECTRIC_URL` is not
 * set, a stand-in for Electric. Ctrl-C stops it.
 */
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Command, InvalidArgumentError } from 'commander';
import { inSight } from '../processes/progress.ts';
import { buildPages } from '../testing/pages.ts';
import { LocalCloud } from './local-cloud.ts';
import { codeFor, operatorLink } from './tenants.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'data', 'cloud');
/** The gateway's own default. */
const PORT = 8085;

const flags = new Command('npm run cloud --')
  .description('A cloud on this machine, for development only.')
  .option('--data <folder>', 'where everything is kept', FOLDER)
  .option('--port <port>', 'of the gateway', toPort, PORT)
  .option('--building <slug>', 'make a one-time code for a hub of this building', 'main-street')
  .parse()
  .opts<{ data: string; port: number; building: string }>();
const { ELECTRIC_URL } = process.env;

await inSight(systemClock, 'Building the operators’ page', buildPages);
const cloud = await inSight(systemClock, 'Starting Postgres, shapes and the gateway', () =>
  LocalCloud.start({
    folder: flags.data,
    host: '127.0.0.1',
    port: flags.port,
    electricUrl: ELECTRIC_URL,
    clock: systemClock,
    random: systemRandom,
  }),
);
const owner = { databaseUrl: cloud.databaseUrl(), clock: systemClock, random: systemRandom };
const { code } = await codeFor(owner, { slug: flags.building, name: flags.building, kind: 'first' });
const link = await operatorLink(owner);
console.log(`
  Gateway      ${cloud.url}/   API: ${cloud.url}/openapi.json
  Operators    ${cloud.url}${link}   (once: choose a login there)
  Postgres     port ${new URL(cloud.databaseUrl()).port}, data in ${flags.data}
  Shapes       ${ELECTRIC_URL ?? 'a stand-in for Electric, for development only'}
  Join it      a hub's page, Cloud: address ${cloud.url}, code ${code} (building "${flags.building}")
`);
console.log('ready');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void cloud.stop().then(() => process.exit(0)));
}

function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError(`"${text}" is no port (1 to 65535)`);
  }
  return port;
}
