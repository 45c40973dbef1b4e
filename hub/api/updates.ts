/** Updates of the hub: a release comes in piece by piece, and somebody wants it, now or at an hour. */
import { createRoute } from '@hono/zod-openapi';
import {
  BeginUpdate,
  NewReleaseFile,
  RELEASE_PIECE_BYTES,
  UpdatesView,
} from '@lockerhub/protocol/http/updates.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { MAX_RELEASE_BYTES } from '@lockerhub/protocol/update/files.ts';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, takes } from './route.ts';

const tags = ['updates'];
const path = '/api/v1/updates';
/** Of the app's limit for bodies: pieces are larger and have one of their own. */
export const RELEASE_PIECES = `${path}/file/*`;

export function updateRoutes(api: Api, hub: Hub): void {
  const view = () => viewOf(hub);
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'Which software runs, which release lies ready, and how an update stands',
      middleware: staff(hub, 'see'),
      responses: answers(UpdatesView, 'Now.'),
    }),
    async (c) => c.json(await view(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/file`,
      tags,
      summary: 'A release is to come, in the place of the one that lies there',
      middleware: staff(hub, 'updates'),
      request: takes(NewReleaseFile),
      responses: answers(UpdatesView, 'Its bytes may come.'),
    }),
    async (c) => {
      await hub.updates.expect(c.req.valid('json').bytes);
      return c.json(await view(), 200);
    },
  );
  pieces(api, hub);
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Bring the hub to the release that lies ready: now, or from an hour on',
      middleware: staff(hub, 'updates'),
      request: takes(BeginUpdate),
      responses: answers(UpdatesView, 'It is wanted.'),
    }),
    async (c) => {
      await hub.updates.begin(c.req.valid('json'), c.get('by'));
      return c.json(await view(), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/call-off`,
      tags,
      summary: 'Call the update off that waits for its hour',
      middleware: staff(hub, 'updates'),
      responses: answers(UpdatesView, 'It no longer waits.'),
    }),
    async (c) => {
      await hub.updates.callOff(c.get('by'));
      return c.json(await view(), 200);
    },
  );
}

async function viewOf(hub: Hub): Promise<UpdatesView> {
  return { ...(await hub.updates.view()), agents: await hub.agentVersions.view() };
}

function pieces(api: Api, hub: Hub): void {
  api.use(
    RELEASE_PIECES,
    bodyLimit({
      maxSize: RELEASE_PIECE_BYTES,
      onError: () => {
        throw new HubError('body-too-large', `a piece has at most ${RELEASE_PIECE_BYTES} bytes; send less`);
      },
    }),
  );
  api.openapi(
    createRoute({
      method: 'put',
      path: `${path}/file/{file}`,
      tags,
      summary: 'A piece of the release',
      description: 'One that does not follow what is there changes nothing; `received` says where to go on.',
      middleware: staff(hub, 'updates'),
      request: {
        params: z.object({ file: Id }),
        query: z.object({ at: z.coerce.number().int().min(0).max(MAX_RELEASE_BYTES) }),
        body: {
          required: true,
          content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
        },
      },
      responses: answers(UpdatesView, 'How much is there.'),
    }),
    async (c) => {
      const piece = new Uint8Array(await c.req.arrayBuffer());
      await hub.updates.receive(c.req.valid('param').file, c.req.valid('query').at, piece);
      return c.json(await viewOf(hub), 200);
    },
  );
}
