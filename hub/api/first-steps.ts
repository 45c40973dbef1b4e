/** What a building still lacks before it works. */
import { createRoute } from '@hono/zod-openapi';
import { FirstStepsView, PutAway, type SetUpFacts } from '@lockerhub/protocol/http/first-steps.ts';
import { ChannelName } from '@lockerhub/protocol/http/messages.ts';
import { FirstSteps } from '../first-steps/first-steps.ts';
import { firstSteps } from '../first-steps/steps.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import { channelView } from './channels.ts';
import { mapState } from './commissioning.ts';
import type { Api, Hub } from './hub.ts';
import { answers, takes } from './route.ts';

const tags = ['building'];
const path = '/api/v1/first-steps';

export function firstStepsRoutes(api: Api, hub: Hub): void {
  const kept = new FirstSteps(hub.register, hub.buildingLog);
  const view = async (): Promise<FirstStepsView> => {
    const facts = await setUpFacts(hub);
    return { steps: firstSteps(facts), facts, putAway: kept.isPutAway };
  };
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'What is there of what a building needs before its first parcel, and what lacks',
      middleware: staff(hub, 'see'),
      responses: answers(FirstStepsView, 'The steps in their order.'),
    }),
    async (c) => c.json(await view(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/put-away`,
      tags,
      summary: 'Show the first steps no more, or again',
      middleware: staff(hub, 'first-steps'),
      request: takes(PutAway),
      responses: answers(FirstStepsView, 'The steps in their order.'),
    }),
    async (c) => {
      await kept.putAway(actorOf(c.get('me').staff), c.req.valid('json').putAway);
      return c.json(await view(), 200);
    },
  );
}

async function setUpFacts(hub: Hub): Promise<SetUpFacts> {
  const { register } = hub;
  const channels = ChannelName.options
    .map((channel) => channelView(hub, channel))
    .filter(({ state }) => state === 'ready' || state === 'start');
  return {
    units: register.all('units').length,
    residents: register.all('residents').filter(({ movedOut }) => !movedOut).length,
    banks: register.all('banks').map(({ id, layout }) => {
      const { signed, untried } = mapState(hub, id);
      const isOnline = hub.banks.link(id)?.online ?? false;
      return { bank: id, name: layout.name, answered: isOnline || signed, untried: untried.length };
    }),
    couriers: register.all('couriers').filter(({ revoked }) => !revoked).length,
    channels: channels.map(({ channel }) => channel),
    tested: channels.flatMap(({ channel, testedAt }) => (testedAt === null ? [] : [channel])),
    terminals: register.all('terminals').filter(({ revoked }) => !revoked).length,
    ...(await firstParcel(hub)),
  };
}

/** Whether any parcel came, and whether any was collected. */
async function firstParcel({ store }: Hub): Promise<Pick<SetUpFacts, 'brought' | 'collected'>> {
  const rows = await store.query<{ name: string }>(
    `select name from tallies where name in ('deliveries.deposited', 'deliveries.collected') and value > 0`,
  );
  const collected = rows.some(({ name }) => name === 'deliveries.collected');
  return { brought: rows.length > 0, collected };
}
