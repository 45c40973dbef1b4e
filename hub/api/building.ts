/** The building as it stands now, and live from then on. */
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { createRoute } from '@hono/zod-openapi';
import { type BankView, BuildingView, type DoorView } from '@lockerhub/protocol/http/staff.ts';
import type { z } from 'zod';
import type { BankDoor } from '../deliveries/doors-view.ts';
import { mayListen, STAFF_COOKIE, staff, tokenOf } from './access.ts';
import { mapState } from './commissioning.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersEvents } from './route.ts';

const tags = ['building'];

export function buildingRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/building',
      tags,
      summary: 'Banks, doors, clock, disk and what needs a person',
      middleware: staff(hub, 'see', 'building:read'),
      responses: answers(BuildingView, 'The building now.'),
    }),
    async (c) => c.json(await buildingView(hub), 200),
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/stream',
      tags,
      summary: 'What happens, as it happens: entry, door, bank, case, reload',
      middleware: staff(hub, 'see', 'building:read'),
      responses: answersEvents,
    }),
    (c) => {
      const token = tokenOf(c, STAFF_COOKIE) ?? '';
      hub.events.listen(c.env.outgoing, c.req.header('last-event-id'), () => mayListen(hub, token));
      return RESPONSE_ALREADY_SENT as never;
    },
  );
}

async function buildingView(hub: Hub): Promise<BuildingView> {
  const tallies = await hub.store.query<{ name: string; value: number }>(
    `select name, value from tallies where name in ('cases.open', 'deliveries.deposited')`,
  );
  const tally = (name: string) => tallies.find((row) => row.name === name)?.value ?? 0;
  const { state, reason } = hub.clockState();
  return {
    ...hub.settings.require(),
    epoch: hub.epoch,
    fencedBy: hub.fence.by,
    clock: { state, reason, now: hub.clock.wallMs() },
    disk: hub.store.disk(),
    head: { ...hub.buildingLog.head() },
    banks: hub.register.all('banks').map(({ id, layout, reach }) => ({
      ...bankStatus(hub, id),
      layout,
      reach,
      doors: hub.building.doors(id).map(doorView),
    })),
    openCases: tally('cases.open'),
    waiting: tally('deliveries.deposited'),
  };
}

/** A door; what was taken out of it is no longer shown in it. */
export function doorView({
  number,
  door,
  sensed,
  inService,
  unverified,
  holds,
  closedZones,
}: BankDoor): DoorView {
  const inside = holds.filter(({ state }) => state !== 'collected' && state !== 'gone');
  return {
    number,
    door,
    sensed,
    inService,
    unverified,
    holds: inside.map((held) => ({ ...held })),
    closedZones: [...closedZones],
  };
}

/** Of a bank what may change by itself: what the stream tells of it. */
export function bankStatus(
  hub: Hub,
  bank: string,
): Omit<z.infer<typeof BankView>, 'layout' | 'reach' | 'doors'> {
  const link = hub.banks.link(bank);
  return {
    bank,
    name: hub.register.get('banks', bank)?.layout.name ?? bank,
    online: link?.online ?? false,
    since: link?.sinceMs ?? null,
    emergency: hub.building.emergency(bank),
    map: mapState(hub, bank),
    lines: (link?.lines ?? []).map(({ line, state, reason }) => ({
      line,
      state,
      ...(reason === undefined ? {} : { reason }),
    })),
  };
}
