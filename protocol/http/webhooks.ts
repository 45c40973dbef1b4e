/**
 * Calls that the hub makes to programs when something happens; how they are signed and repeated: hub/webhooks/SPEC.md.
 *
 * | route | answer |
 * | --- | --- |
 * | GET /api/v1/webhooks | `WebhookView[]` |
 * | POST /api/v1/webhooks `WebhookSettings` | `WebhookSecret`: the secret is shown this once |
 * | POST /api/v1/webhooks/:webhook `WebhookSettings` | `WebhookView` |
 * | POST /api/v1/webhooks/:webhook/secret | `WebhookSecret`: a new one; the old one signs too for a day |
 * | POST /api/v1/webhooks/:webhook/test | `WebhookTest`: one call now |
 * | POST /api/v1/webhooks/:webhook/send-again | 204: what rests is sent again, in order |
 * | POST /api/v1/webhooks/:webhook/forget | 204: what rests is given up |
 * | POST /api/v1/webhooks/:webhook/remove | 204 |
 */
import { z } from 'zod';
import { Id } from '../ids.ts';

/** What a webhook can be told of. */
export const WEBHOOK_EVENTS = ['deliveries', 'cases', 'banks', 'doors', 'people'] as const;
export const WebhookEvent = z.enum(WEBHOOK_EVENTS);
export type WebhookEvent = z.infer<typeof WebhookEvent>;

export const WebhookSettings = z
  .object({
    url: z.url({ protocol: /^https?$/ }).max(300),
    /** `internet`: HTTPS and public addresses alone. `building`: a program on the hub's own network or machine. */
    network: z.enum(['internet', 'building']).default('internet'),
    events: z.array(WebhookEvent).min(1).max(WEBHOOK_EVENTS.length),
    /** Names and tracking numbers too; without it ids, units and carriers. */
    personal: z.boolean().default(false),
  })
  .refine(({ url, network }) => network === 'building' || url.startsWith('https:'), {
    path: ['url'],
    message: 'over the internet only https',
  });
export type WebhookSettings = z.infer<typeof WebhookSettings>;

export const WebhookView = z.object({
  webhook: Id,
  url: z.string(),
  network: z.enum(['internet', 'building']),
  events: z.array(WebhookEvent),
  personal: z.boolean(),
  /** `full`: so much rests that nothing goes out until staff send it again or give it up. `unreadable`: make a new secret. */
  state: z.enum(['ready', 'failing', 'full', 'unreadable']),
  /** Why the last call failed; null: it did not. */
  reason: z.string().nullable(),
  /** Entries of the log that it has not come to yet. */
  behind: z.int(),
  /** What was given up after many tries; oldest first. */
  resting: z.array(z.object({ seq: z.int(), type: z.string(), reason: z.string() })),
  /** Until when the secret before this one signs too; null: no longer. */
  oldSecretUntil: z.number().nullable(),
});
export type WebhookView = z.infer<typeof WebhookView>;

export const WebhookSecret = z.object({ webhook: WebhookView, secret: z.string() });
export type WebhookSecret = z.infer<typeof WebhookSecret>;
export const WebhookTest = z.object({ taken: z.boolean(), reason: z.string().nullable() });
export type WebhookTest = z.infer<typeof WebhookTest>;

/** The body of a call, after Standard Webhooks. Whoever reads it must take fields and types that it does not know. */
export const WebhookBody = z.object({
  /** Of the log's entry, such as `delivery.deposited`; `webhook.test` for a test. */
  type: z.string(),
  /** When it happened by the hub's clock, ISO 8601. */
  timestamp: z.iso.datetime(),
  data: z.object({
    building: z.string(),
    /** Which hub spoke; with `seq` it names the entry for good. */
    epoch: z.int(),
    seq: z.int(),
    /** Whether the hub trusted its clock. */
    clock: z.enum(['trusted', 'untrusted']),
    by: z.object({ kind: z.string(), id: z.string().optional() }),
    /** The entry's own fields, as the log has them: ids. */
    entry: z.record(z.string(), z.unknown()),
    /** Of the delivery that it is about; null: it is about none, or that is not known. */
    delivery: z
      .object({
        unit: z.string().nullable(),
        carrier: z.string().nullable(),
        recipient: z.string().nullable().optional(),
        tracking: z.string().nullable().optional(),
      })
      .nullable(),
  }),
});
export type WebhookBody = z.infer<typeof WebhookBody>;
