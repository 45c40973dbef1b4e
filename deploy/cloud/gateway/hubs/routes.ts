/** What hubs ask, below `/hub/v1`: the messages of `protocol/sync/hub-messages.ts`. */
import { createRoute, z } from '@hono/zod-openapi';
import {
  AskEnvelope,
  AskStanding,
  Enrol,
  Enrolled,
  EntriesTaken,
  Envelope,
  Heartbeat,
  HeartbeatAnswer,
  OrphansTaken,
  PushEntries,
  PushOrphans,
  PushRows,
  RowsTaken,
  Standing,
  WireRow,
} from '@lockerhub/protocol/sync/hub-messages.ts';
import type { Context } from 'hono';
import { addressOf } from '../api/address.ts';
import type { Api, ApiEnv, Gateway } from '../api/api.ts';
import { readBody } from '../api/body.ts';
import { answers, takes } from '../api/route.ts';
import { authenticate, type Credential } from '../credentials/tokens.ts';
import { enrol } from '../enrolment/enrol.ts';
import { giveEnvelope } from '../enrolment/envelope.ts';
import { GuessLimit } from '../enrolment/guess-limit.ts';
import { giveStanding } from '../enrolment/standing.ts';
import { takeHeartbeat } from './heartbeat.ts';
import { Places } from './places.ts';
import { pushEntries, pushOrphans, pushRows } from './push.ts';

/** Bodies that are read and taken at once: each may be 8 MiB inflated, and holds a connection to the database. */
const MESSAGES_IN_ALL = 16;
/** A hub has one request up at a time (SPEC, invariant 5), and its heartbeat beside it; one that gave up may linger. */
const MESSAGES_EACH = 3;

interface Message<Takes extends z.ZodType, Answers extends z.ZodType> {
  readonly path: string;
  readonly summary: string;
  readonly takes: Takes;
  readonly answers: Answers;
  /** In the OpenAPI document, where a schema itself is recursive, which its generator cannot write. */
  readonly shownAs?: z.ZodType;
  readonly answersShownAs?: z.ZodType;
}

/** `row` is a merged row as `protocol/log/field-merge.ts` has it; its values are any JSON. */
const ShownRow = WireRow.extend({ row: z.record(z.string(), z.unknown()) });
const ShownRows = PushRows.extend({ rows: z.array(ShownRow) });
const ShownRowsTaken = RowsTaken.extend({ merged: z.array(ShownRow) });

export function hubRoutes(api: Api, gateway: Gateway): void {
  const { database, random, config, metrics } = gateway;
  const guesses = new GuessLimit();
  const places = new Places({ inAll: MESSAGES_IN_ALL, each: MESSAGES_EACH, random });
  metrics.gauge('messages', 'Messages of hubs under way.', () => places.taken);

  const route = <Takes extends z.ZodType, Answers extends z.ZodType>(
    message: Message<Takes, Answers>,
    act: (c: Context<ApiEnv>) => Promise<z.infer<Answers>>,
  ) => {
    api.openAPIRegistry.registerPath(
      createRoute({
        method: 'post',
        path: `/hub/v1/${message.path}`,
        tags: ['hub'],
        summary: message.summary,
        request: takes(message.shownAs ?? message.takes),
        responses: answers(message.answersShownAs ?? message.answers, 'It is done, durably.'),
      }),
    );
    api.post(`/hub/v1/${message.path}`, async (c) => c.json((await act(c)) as object, 200));
  };
  /** By a one-time code, or a signature: nobody is known yet. */
  const byCode = <Takes extends z.ZodType, Answers extends z.ZodType>(
    message: Message<Takes, Answers>,
    act: (body: z.infer<Takes>) => Promise<z.infer<Answers>>,
  ) =>
    route(message, async (c) => {
      const address = addressOf(c, config.proxies);
      const giveBack = places.take(address);
      try {
        const body = await readBody(c, message.takes);
        return await guesses.guard(address, () => act(body));
      } finally {
        giveBack();
      }
    });
  /** By the token of an enrolment, before a byte of the body is read. */
  const byToken = <Takes extends z.ZodType, Answers extends z.ZodType>(
    message: Message<Takes, Answers>,
    act: (credential: Credential, body: z.infer<Takes>) => Promise<z.infer<Answers>>,
  ) =>
    route(message, async (c) => {
      const credential = await authenticate(database, c.req.header('authorization'));
      const giveBack = places.take(credential.building);
      try {
        return await act(credential, await readBody(c, message.takes));
      } finally {
        giveBack();
      }
    });

  byCode(
    { path: 'enrol', summary: 'Join a building by a one-time code', takes: Enrol, answers: Enrolled },
    (body) => enrol(gateway, body),
  );
  byCode(
    {
      path: 'envelope',
      summary: 'The sealed keyring, for a hub that replaces another',
      takes: AskEnvelope,
      answers: Envelope,
    },
    (body) => giveEnvelope(gateway, body),
  );
  byCode(
    {
      path: 'standing',
      summary: 'Epoch and head of a building, by its key: for a hub that is put back from a backup',
      takes: AskStanding,
      answers: Standing,
    },
    (body) => giveStanding(gateway, body),
  );
  byToken(
    { path: 'heartbeat', summary: 'The hub is there', takes: Heartbeat, answers: HeartbeatAnswer },
    (credential, body) => takeHeartbeat(gateway, credential, body),
  );
  byToken(
    { path: 'log', summary: 'Entries of the log, in order', takes: PushEntries, answers: EntriesTaken },
    (credential, body) => pushEntries(gateway, credential, body),
  );
  byToken(
    { path: 'orphans', summary: 'What a fenced hub still held', takes: PushOrphans, answers: OrphansTaken },
    (credential, body) => pushOrphans(gateway, credential, body),
  );
  byToken(
    {
      path: 'rows',
      summary: 'Rows as the hub now has them',
      takes: PushRows,
      shownAs: ShownRows,
      answers: RowsTaken,
      answersShownAs: ShownRowsTaken,
    },
    (credential, body) => pushRows(gateway, credential, body),
  );
}
