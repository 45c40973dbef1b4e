/** The commissioning walk over HTTP: steps, corrections of the wiring, the signed map. */

import { createRoute } from '@hono/zod-openapi';
import { parseBankFile } from '@lockerhub/edge-agent/bank/bank-file.ts';
import { AgentError } from '@lockerhub/edge-agent/error.ts';
import { placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import {
  CommissioningView,
  Corrected,
  MapCheck,
  SignedMap,
  WalkStep,
  WireCorrection,
} from '@lockerhub/protocol/http/commissioning.ts';
import type { BankView } from '@lockerhub/protocol/http/staff.ts';
import { Slug } from '@lockerhub/protocol/ids.ts';
import type { CorrectedPart } from '@lockerhub/protocol/log/payloads/commissioning.ts';
import { z } from 'zod';
import { mapRow } from '../commissioning/acts.ts';
import { coveredDoors, provenBy, type Wired } from '../commissioning/coverage.ts';
import { isGenuine, signMap } from '../commissioning/signed-map.ts';
import { correctionsFor, correctWiring } from '../commissioning/wiring.ts';
import { Refusal } from '../deliveries/refusal.ts';
import { HubError } from '../error.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, takes } from './route.ts';

const tags = ['commissioning'];
const BankParam = z.object({ bank: Slug });
const path = '/api/v1/commissioning/{bank}';

export function commissioningRoutes(api: Api, hub: Hub): void {
  walkRoutes(api, hub);
  correctionRoute(api, hub);
  mapRoutes(api, hub);
}

function walkRoutes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'banks');
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'How far the commissioning of a bank is',
      middleware,
      request: { params: BankParam },
      responses: answers(CommissioningView, 'The walk, and the newest signed map.'),
    }),
    (c) => c.json(view(hub, c.req.valid('param').bank), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'The next step of a walk; `fire` opens the door that it names, and no other step opens one',
      middleware,
      request: { params: BankParam, ...takes(WalkStep) },
      responses: answers(CommissioningView, 'The walk after it.'),
    }),
    async (c) => {
      const { bank } = c.req.valid('param');
      bankRow(hub, bank);
      const act = c.req.valid('json');
      await hub.building.execute({ type: 'commissioning', staff: c.get('me').staff, bank, act });
      return c.json(view(hub, bank), 200);
    },
  );
}

function correctionRoute(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/corrections`,
      tags,
      summary: 'Put right in the bank file what was found at a door; the doors concerned are tried again',
      middleware: staff(hub, 'banks'),
      request: { params: BankParam, ...takes(WireCorrection) },
      responses: answers(Corrected, 'What changed, and the bank file as it now is.'),
    }),
    async (c) => {
      const { bank } = c.req.valid('param');
      return c.json(await correct(hub, c.get('me').staff, bank, c.req.valid('json').door), 200);
    },
  );
}

async function correct(
  hub: Hub,
  who: string,
  bank: string,
  door: number,
): Promise<z.infer<typeof Corrected>> {
  const row = bankRow(hub, bank);
  const found = hub.building.walk(bank)?.found.find(({ compartment }) => compartment === door);
  const corrections = found ? correctionsFor(found) : [];
  if (corrections.length === 0) {
    throw new Refusal('not-now', `nothing was found at door ${door} that the bank file could put right`);
  }
  const file = await correctWiring(row.file, corrections);
  const doors = [...new Set(corrections.flatMap(({ a, b }) => [a, b]))].sort((a, b) => a - b);
  const [first] = corrections;
  const part: CorrectedPart = corrections.length > 1 ? 'both' : (first?.part ?? 'both');
  // First the walk: if the hub dies in between, the doors are only tried once more on the old wiring.
  const act = { step: 'correct', part, doors } as const;
  await hub.building.execute({ type: 'commissioning', staff: who, bank, act });
  await hub.bankRegister.rewire(actorOf(who), bank, file);
  return { corrections: [...corrections], doors, file, agentNeedsFile: row.reach === 'agent' };
}

function mapRoutes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'banks');
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/sign`,
      tags,
      summary: 'End the walk: sign the map of what was tried; the log keeps its hash',
      middleware,
      request: { params: BankParam },
      responses: answers(SignedMap, 'The signed map.'),
    }),
    async (c) => c.json(await sign(hub, c.get('me').staff, c.req.valid('param').bank), 200),
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: `${path}/map`,
      tags,
      summary: 'The newest signed map of a bank',
      middleware,
      request: { params: BankParam },
      responses: answers(SignedMap, 'The signed map.'),
    }),
    (c) => {
      const map = lastMap(hub, c.req.valid('param').bank);
      if (!map) throw new HubError('not-found', 'this bank has no signed map yet; walk through it first');
      return c.json(map, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/commissioning-maps/verify',
      tags,
      summary: 'Is this map signed by this building, and does its log know it?',
      middleware,
      request: takes(SignedMap),
      responses: answers(MapCheck, 'What holds.'),
    }),
    async (c) => {
      const map = c.req.valid('json');
      return c.json({ valid: isGenuine(map, hub.mapSigner), inLog: await isInLog(hub, map) }, 200);
    },
  );
}

/** The last entry of a walk that was signed holds the hash of its map. */
async function isInLog(hub: Hub, { text, hash }: SignedMap): Promise<boolean> {
  const walk = z.object({ walk: z.uuid() }).safeParse(jsonOf(text)).data?.walk;
  if (walk === undefined) return false;
  const entries = await hub.store.query<{ payload: string }>(
    'select payload from log where subject = $1 order by seq desc limit 1',
    [walk],
  );
  return entries[0]?.payload.includes(`"hash":"${hash}"`) ?? false;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: no map of ours, which is all that the question needs to know.
    return null;
  }
}

async function sign(hub: Hub, who: string, bank: string): Promise<SignedMap> {
  const row = bankRow(hub, bank);
  const walk = hub.building.walk(bank);
  if (!walk) throw new Refusal('not-now', 'this bank is not being commissioned');
  const file = parseBankFile(row.file);
  const { lines, wiring, supplies } = file;
  const before = lastMap(hub, bank);
  const content = {
    building: hub.settings.require().building,
    bank,
    layout: row.layout,
    lines,
    supplies,
    wiring,
    walk: walk.walk,
    doors: walk.doors,
    found: walk.found,
    covers: [...new Set([...provenBy(walk.found), ...(before ? coveredDoors(before.text, file) : [])])].sort(
      (a, b) => a - b,
    ),
    earlier: before?.hash ?? null,
    by: who,
    at: hub.clock.wallMs(),
    clock: hub.clockState().state,
    head: { ...hub.buildingLog.head() },
  };
  const map = signMap(content, hub.mapSigner);
  const act = { step: 'sign', map, found: walk.found } as const;
  await hub.building.execute({ type: 'commissioning', staff: who, bank, act });
  return map;
}

function view(hub: Hub, bank: string): CommissioningView {
  bankRow(hub, bank);
  const map = lastMap(hub, bank);
  const at = map && z.object({ at: z.number() }).safeParse(jsonOf(map.text)).data?.at;
  return {
    bank,
    walk: hub.building.walk(bank),
    lastMap: map && at !== undefined ? { hash: map.hash, at } : null,
  };
}

type MapState = z.infer<typeof BankView>['map'];
/** By the bank's row, which is another object once it changed: the file is long, and this is asked at each event. */
const known = new WeakMap<object, { readonly map: unknown; readonly state: MapState }>();

/** What the signed maps of a bank prove of it as it now is; of a bank that is no more: nothing. */
export function mapState(hub: Hub, bank: string): MapState {
  const row = hub.register.get('banks', bank);
  if (!row) return { signed: false, untried: [] };
  const stored = hub.register.get('settings', mapRow(bank));
  const before = known.get(row);
  if (before && before.map === stored) return before.state;
  const map = lastMap(hub, bank);
  const covered = new Set(map ? coveredDoors(map.text, wiredBy(row.file)) : []);
  const untried = placedCompartments(row.layout)
    .map(({ number }) => number)
    .filter((number) => !covered.has(number));
  const state = { signed: map !== undefined, untried };
  known.set(row, { map: stored, state });
  return state;
}

/** A file that this version no longer takes wires nothing, and so proves nothing; its agent says what is wrong. */
function wiredBy(file: string): Wired {
  try {
    return parseBankFile(file);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return { lines: [], wiring: [] };
  }
}

function lastMap(hub: Hub, bank: string): SignedMap | undefined {
  return SignedMap.safeParse(hub.register.get('settings', mapRow(bank))?.value).data;
}

/** @throws HubError `not-found` */
function bankRow(hub: Hub, bank: string) {
  const row = hub.register.get('banks', bank);
  if (!row) throw new HubError('not-found', `no bank "${bank}" in this building`);
  return row;
}
