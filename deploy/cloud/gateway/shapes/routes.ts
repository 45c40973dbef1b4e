/** `GET /hub/v1/shapes/<name>`: Electric's protocol for one hub, its building and nothing else. */
import { createRoute } from '@hono/zod-openapi';
import { SHAPE_NAMES } from '@lockerhub/protocol/sync/shapes.ts';
import { z } from 'zod';
import type { Api, Gateway } from '../api/api.ts';
import { PROBLEM } from '../api/route.ts';
import { Places } from '../hubs/places.ts';
import { shapeNamed, shapeQuery } from './definition.ts';
import { askElectric, headersFor } from './electric.ts';
import { readerOf } from './reader.ts';

/** Live requests wait for 20 s each: memory and sockets of one gateway bound them. Below MAX_HTTP_CONNECTIONS. */
const REQUESTS_IN_ALL = 15_000;
/** Every shape once, and once more that is left over from a connection that broke. */
const REQUESTS_EACH = 2 * SHAPE_NAMES.length;

const ROUTE = createRoute({
  method: 'get',
  path: '/hub/v1/shapes/{name}',
  tags: ['hub'],
  summary: 'A shape of the hub’s building, in Electric’s protocol; unknown parameters are refused',
  request: { params: z.object({ name: z.string() }) },
  responses: {
    200: {
      description: 'Messages of the shape.',
      content: { 'application/json': { schema: z.array(z.unknown()) } },
    },
    409: { description: 'Begin anew, after `retry-after` seconds.' },
    default: PROBLEM,
  },
});

export function shapeRoutes(api: Api, { database, random, config, log, metrics, stopping }: Gateway): void {
  const places = new Places({ inAll: REQUESTS_IN_ALL, each: REQUESTS_EACH, random });
  metrics.gauge('shape_requests', 'Requests for shapes under way.', () => places.taken);
  api.openAPIRegistry.registerPath(ROUTE);
  api.get('/hub/v1/shapes/:name', async (c) => {
    const authorization = c.req.header('authorization');
    const building = await readerOf(database, authorization);
    const query = shapeQuery(shapeNamed(c.req.param('name')), building, new URL(c.req.url).searchParams);
    const giveBack = places.take(building);
    try {
      const signal = AbortSignal.any([c.req.raw.signal, stopping]);
      const answer = await askElectric({ electric: config.electric, random, log }, query, signal);
      await stillReader(answer, () => readerOf(database, authorization));
      return new Response(answer.body && whenOver(answer.body, giveBack), {
        status: answer.status,
        headers: headersFor(answer, random),
      });
    } catch (error) {
      giveBack();
      throw error;
    }
  });
}

/** A live request waits long: what came meanwhile is not for a hub that was revoked or replaced meanwhile. */
async function stillReader(answer: Response, check: () => Promise<string>): Promise<void> {
  try {
    await check();
  } catch (error) {
    await answer.body?.cancel();
    throw error;
  }
}

/** The same bytes; `over` is called when they have ended, broken off, or nobody wants them any more. */
function whenOver(body: ReadableStream<Uint8Array>, over: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        over();
        controller.close();
      } catch (error) {
        over();
        throw error;
      }
    },
    cancel(reason) {
      over();
      return reader.cancel(reason);
    },
  });
}
