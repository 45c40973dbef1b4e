/** A client that is generated from the document, type-checked, and then walks a parcel from drop-off to pickup. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from '@hey-api/openapi-ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { ToldBank } from '@lockerhub/sim/testing/told-bank.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** What an integrator would write against the generated client; nothing in it names a path or a schema by hand. */
const WALK = `
import { createClient } from './client/client';
import * as hub from './client/sdk.gen';

interface Given {
  readonly baseUrl: string;
  readonly kiosk: string;
  readonly key: string;
  readonly courierCode: string;
  readonly residentCode: () => Promise<string>;
  /** Somebody at the door: it opens, and they close it. */
  readonly atTheDoor: (delivery: string, compartment: number) => Promise<void>;
}

function taken<Data>({ data, error }: { data?: Data | undefined; error?: unknown }): Data {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

function stopOf<Stop extends { delivery: string }>(stops: readonly Stop[]): Stop {
  const [stop] = stops;
  if (!stop) throw new Error('no stop');
  return stop;
}

export async function walk(given: Given) {
  const kiosk = createClient({ baseUrl: given.baseUrl, auth: given.kiosk });
  const program = createClient({ baseUrl: given.baseUrl, auth: given.key });

  const dropOff = taken(await hub.postVisits({ client: kiosk, body: { code: given.courierCode } }));
  const path = { visit: dropOff.visit };
  const recipients = taken(await hub.getVisitsByVisitRecipients({ client: kiosk, path, query: { q: 'olsen' } }));
  const [recipient] = recipients;
  if (!recipient) throw new Error('nobody of that name');
  const assigned = taken(
    await hub.postVisitsByVisitParcels({
      client: kiosk,
      path,
      body: { unit: recipient.unit, resident: recipient.resident, size: 'M', tracking: 'GEN1' },
    }),
  );
  const { delivery, place } = stopOf(assigned.stops);
  await given.atTheDoor(delivery, place?.compartment ?? 0);
  taken(
    await hub.postVisitsByVisitParcelsByDeliveryConfirm({
      client: kiosk,
      path: { ...path, delivery },
      body: { inside: true },
    }),
  );
  taken(await hub.postVisitsByVisitEnd({ client: kiosk, path }));
  const waiting = taken(await hub.getDeliveriesByDelivery({ client: program, path: { delivery } }));

  const pickup = taken(await hub.postVisits({ client: kiosk, body: { code: await given.residentCode() } }));
  await given.atTheDoor(delivery, waiting.delivery.compartment ?? 0);
  taken(await hub.postVisitsByVisitEnd({ client: kiosk, path: { visit: pickup.visit } }));
  const collected = taken(await hub.getDeliveriesByDelivery({ client: program, path: { delivery } }));

  // An error is typed as well: problem details with a stable code.
  const refused = await hub.getResidents({ client: program });
  return {
    states: [waiting.delivery.state, collected.delivery.state] as const,
    tracking: collected.delivery.tracking,
    refusedBy: refused.error?.code,
  };
}
`;
const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: 'es2023',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: [],
  },
  files: ['walk.ts'],
};

let rig: HubRig;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generated-client-'));
  rig = await startHubRig({ ...smallPlan(), policy: { undoMs: 0 } });
});
afterAll(async () => {
  await rig.end();
  await rm(folder, { recursive: true, force: true });
});

it('names each operation once, and says of each who may ask it', async () => {
  const { json: document } = await rig.ask('/openapi.json');
  const operations = Object.values<Record<string, { operationId: string; security?: object[] }>>(
    document.paths,
  ).flatMap((methods) => Object.values(methods));
  const names = operations.map(({ operationId }) => operationId);
  expect(names.filter((name, at) => !name || names.indexOf(name) !== at)).toEqual([]);
  expect(document.paths['/api/v1/deliveries'].get.security).toEqual([
    { staff: [] },
    { apiKey: ['deliveries:read'] },
  ]);
  expect(document.paths['/api/v1/visits'].post.security).toEqual([{ terminal: [] }]);
  expect(Object.keys(document.components.securitySchemes)).toEqual([
    'staff',
    'apiKey',
    'terminal',
    'resident',
    'console',
  ]);
});

it('walks a parcel', async () => {
  await createClient({
    input: (await rig.ask('/openapi.json')).json,
    output: { path: join(folder, 'client') },
    logs: { level: 'silent', file: false },
  });
  await writeFile(join(folder, 'walk.ts'), WALK);
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const checked = await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch((error) => error);
  expect(checked.stdout).toBe('');

  const bank = new ToldBank(rig);
  await bank.begin();
  const { made } = rig;
  const resident = made?.residents.find(({ unitName }) => unitName === '1A')?.resident ?? '';
  const { json: key } = await rig.ask('/api/v1/api-keys', {
    token: await rig.signIn('manager'),
    body: { name: 'walk', scopes: ['deliveries:read'] },
  });
  const { walk } = await import(/* @vite-ignore */ join(folder, 'walk.ts'));
  expect(
    await walk({
      baseUrl: rig.httpUrl,
      kiosk: made?.terminals[0]?.token,
      key: key.token,
      courierCode: made?.couriers[0]?.code,
      residentCode: async () =>
        (await rig.hub.building.execute({ type: 'issue-code', staff: resident, holder: resident })).code,
      atTheDoor: (delivery: string, compartment: number) => bank.openAndClose(delivery, compartment),
    }),
  ).toEqual({ states: ['deposited', 'collected'], tracking: 'GEN1', refusedBy: 'forbidden' });
}, 120_000);
