import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../postgres/local-postgres.ts';
import { type ShapeServer, type ShapeServerOptions, startShapeServer } from '../shape-server.ts';
import { alike, Names } from './names.ts';
import { play, type Stage } from './player.ts';
import { readRecordings } from './recording.ts';

/** Long enough for the SQL that a live request waits for; short where none comes. */
const LIVE_TIMEOUT_MS = 1_500;
/** As the recorded Electric was started for that scenario. */
const SECRETS: Readonly<Record<string, string>> = { '21-secret': 'a-secret-of-the-cloud' };

describe('the stand-in answers as the recorded Electric did', () => {
  let postgres: Awaited<ReturnType<typeof temporaryPostgres>>;
  let client: Client;
  let storageFolder: string;
  let server: ShapeServer;
  let options: ShapeServerOptions;

  beforeAll(async () => {
    postgres = await temporaryPostgres();
    const databaseUrl = await postgres.postgres.createDatabase('recordings');
    client = new Client({ connectionString: databaseUrl });
    await client.connect();
    storageFolder = await mkdtemp(join(tmpdir(), 'lockerhub-replay-'));
    options = { databaseUrl, storageFolder, liveTimeoutMs: LIVE_TIMEOUT_MS, log: pino({ level: 'silent' }) };
    server = await startShapeServer(options);
  });

  afterAll(async () => {
    await server.stop();
    await client.end();
    await postgres.remove();
    await rm(storageFolder, { recursive: true, force: true });
  });

  const restart = async (secret?: string) => {
    await server.stop();
    server = await startShapeServer({ ...options, ...(secret === undefined ? {} : { secret }) });
  };

  const stage: Stage = {
    service: () => server,
    sql: async (statement) => {
      await client.query(statement);
    },
    stopService: () => server.stop(),
    startService: async () => {
      server = await startShapeServer(options);
    },
  };

  it.each(readRecordings().map((recording) => [recording.scenario, recording] as const))(
    '%s',
    async (scenario, recording) => {
      const secret = SECRETS[scenario];
      if (secret !== undefined) await restart(secret);
      const played = await play(recording, stage);
      if (secret !== undefined) await restart();
      const [there, here] = [new Names(), new Names()];
      expect(played.length).toBeGreaterThan(0);
      for (const { request, recorded, answered } of played) {
        const what = `${request.method} ${request.path} ${JSON.stringify(request.query)}`;
        expect(alike(here, answered), what).toEqual(alike(there, recorded));
        if (recorded.body_rows !== undefined) expect(answered.rows, what).toBe(recorded.body_rows);
        if (recorded.headers['electric-has-data'] === 'false' && request.query.live === 'true') {
          expect(answered.tookMs).toBeGreaterThanOrEqual(LIVE_TIMEOUT_MS - 1);
        }
      }
    },
  );
});
