/** Which releases there are, for operators; their bytes, for hubs. */
import { createRoute } from '@hono/zod-openapi';
import { Id } from '@lockerhub/protocol/ids.ts';
import { OfferedRelease, Sha256 } from '@lockerhub/protocol/sync/commands.ts';
import { MAX_RELEASE_BYTES } from '@lockerhub/protocol/update/files.ts';
import { z } from 'zod';
import type { Api, Gateway } from '../api/api.ts';
import { answers, PROBLEM } from '../api/route.ts';
import { authenticate } from '../credentials/tokens.ts';
import { GatewayError } from '../error.ts';
import { ofBuilding } from '../operators/access.ts';
import type { OperatorApi } from '../operators/routes.ts';

/** The largest piece of a file in one answer. */
const MAX_PIECE_BYTES = 1024 * 1024;
/** Pieces that are read at once, of all hubs: 64 MB of memory. A hub that is told to wait asks again. */
const PIECES_AT_ONCE = 64;
const AGAIN_AFTER_MS = 30_000;

export function releaseRoutes(api: OperatorApi, gateway: Gateway): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/buildings/{building}/releases',
      tags: ['commands'],
      summary: 'Releases that the building’s hub can be brought to',
      middleware: ofBuilding(gateway, 'see'),
      request: { params: z.object({ building: Id }) },
      responses: answers(z.array(OfferedRelease), 'They, the newest first.'),
    }),
    async (c) => c.json(await gateway.releases.list(), 200),
  );
}

export function releaseFileRoutes(api: Api, { database, releases }: Gateway): void {
  let reading = 0;
  api.openapi(
    createRoute({
      method: 'get',
      path: '/hub/v1/releases/{sha256}',
      tags: ['hub'],
      summary: 'A piece of a release’s file, from `at` on; nothing: it is over',
      request: {
        params: z.object({ sha256: Sha256 }),
        query: z.object({
          at: z.coerce.number().int().min(0).max(MAX_RELEASE_BYTES),
          most: z.coerce.number().int().min(1).max(MAX_PIECE_BYTES),
        }),
      },
      responses: {
        200: {
          description: 'The bytes.',
          content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
        },
        default: PROBLEM,
      },
    }),
    async (c) => {
      await authenticate(database, c.req.header('authorization'));
      if (reading >= PIECES_AT_ONCE)
        throw new GatewayError('overloaded', 'many hubs fetch a release; ask again', {
          retryAfterMs: AGAIN_AFTER_MS,
        });
      reading += 1;
      try {
        const { at, most } = c.req.valid('query');
        const piece = await releases.read(c.req.valid('param').sha256, at, most);
        return c.body(piece, 200, { 'content-type': 'application/octet-stream' });
      } finally {
        reading -= 1;
      }
    },
  );
}
