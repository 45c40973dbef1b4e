/**
 * The contract between the fleet page and the cloud's gateway, the part about alarms, and what a webhook is told.
 *
 * | request, below /api/v1 | answer | role |
 * | --- | --- | --- |
 * | GET  /organisations/:organisation/alarms?state=open\|over&before=&limit= | `Page<AlarmView>` | any |
 * | POST /organisations/:organisation/alarms/:alarm/acknowledge `Acknowledge` | 204 | support |
 * | GET  /organisations/:organisation/alarm-targets | `AlarmTargetView[]` | admin |
 * | POST /organisations/:organisation/alarm-targets `NewAlarmTarget` | `AlarmTargetMade`: a webhook's secret, once | admin |
 * | POST /organisations/:organisation/alarm-targets/:target/remove | 204 | admin |
 * | POST /organisations/:organisation/alarm-targets/:target/try | 204: a test notice is on its way | admin |
 */
import { z } from 'zod';
import { Id, Slug } from '../ids.ts';
import { pageOf } from './staff.ts';

/** Needs that ring: the others are seen on the page and wait for office hours. */
export const ALARM_KINDS = [
  'log-damaged',
  'fork',
  'frozen',
  'silent',
  'quarantine',
  'disk-low',
  'clock-off',
  'clock-untrusted',
  'unsent-growing',
] as const;
export const AlarmKind = z.enum(ALARM_KINDS);
export type AlarmKind = z.infer<typeof AlarmKind>;

/** Buildings of one alarm that are named; the others are counted. */
export const NAMED_BUILDINGS = 20;

/** `now`: buildings in which it goes on; `total`: all that it ever had. */
export const AlarmView = z.object({
  alarm: Id,
  kind: AlarmKind,
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  now: z.int(),
  total: z.int(),
  buildings: z.array(z.object({ building: Id, name: z.string(), over: z.boolean() })),
  acknowledged: z.object({ by: z.string(), atMs: z.number(), note: z.string() }).nullable(),
});
export type AlarmView = z.infer<typeof AlarmView>;
export const AlarmsPage = pageOf(AlarmView);

export const Acknowledge = z.object({ note: z.string().trim().min(1).max(500) });

export const NewAlarmTarget = z.discriminatedUnion('channel', [
  z.object({ channel: z.literal('mail'), address: z.email().max(200) }),
  z.object({ channel: z.literal('webhook'), address: z.url({ protocol: /^https?$/ }).max(500) }),
]);
export type NewAlarmTarget = z.infer<typeof NewAlarmTarget>;
/** `failed`: its newest notice was given up on, and why. */
export const AlarmTargetView = z.object({
  target: Id,
  channel: z.enum(['mail', 'webhook']),
  address: z.string(),
  sentAtMs: z.number().nullable(),
  failed: z.string().nullable(),
});
export type AlarmTargetView = z.infer<typeof AlarmTargetView>;
/** `secret`: signs what the webhook is told (`whsec_…`, Standard Webhooks); null for mail. */
export const AlarmTargetMade = z.object({ target: Id, secret: z.string().nullable() });
export type AlarmTargetMade = z.infer<typeof AlarmTargetMade>;

/**
 * What a webhook's body says. Signed after Standard Webhooks (standardwebhooks.com): `webhook-id`, `webhook-timestamp`
 * (s), `webhook-signature: v1,<base64 of HMAC-SHA256 over id.timestamp.body>`. One id may come twice.
 */
export const AlarmNotice = z.object({
  event: z.enum(['began', 'grew', 'ended', 'test']),
  alarm: Id.nullable(),
  organisation: z.string(),
  kind: AlarmKind.nullable(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  now: z.int(),
  total: z.int(),
  /** The first `NAMED_BUILDINGS` of them. */
  buildings: z.array(z.object({ building: Slug, name: z.string() })),
});
export type AlarmNotice = z.infer<typeof AlarmNotice>;
