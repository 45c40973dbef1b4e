/** The gateway as its routes see it. */
import type { HttpBindings } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Database } from '../database/database.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Releases } from '../releases/releases.ts';

export interface Gateway {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly database: Database;
  readonly metrics: Metrics;
  readonly releases: Releases;
  /** Aborted when the gateway stops: what waits for something to happen ends then. */
  readonly stopping: AbortSignal;
}

export interface ApiEnv {
  readonly Bindings: HttpBindings;
}

export type Api = OpenAPIHono<ApiEnv>;
