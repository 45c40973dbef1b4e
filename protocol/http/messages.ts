/** How residents are reached, and when they are not reminded: part of the staff page's contract (`staff.ts`). */
import { z } from 'zod';

/** The ways by which messages go out. */
export const ChannelName = z.enum(['email', 'sms', 'webhook']);
export type ChannelName = z.infer<typeof ChannelName>;

/** ITU-T E.164: a plus, and up to 15 digits. */
export const PhoneNumber = z.string().regex(/^\+[1-9]\d{6,14}$/, 'a number such as +491701234567');

/**
 * One way to reach a resident. A webhook's `to` is what the building's own program knows them by: its address is the
 * building's setting, so that a resident's row can make the hub call nobody.
 */
export const Contact = z.discriminatedUnion('channel', [
  z.object({ channel: z.literal('email'), to: z.email().max(254) }),
  z.object({ channel: z.literal('sms'), to: PhoneNumber }),
  z.object({ channel: z.literal('webhook'), to: z.string().trim().min(1).max(120) }),
]);
export type Contact = z.infer<typeof Contact>;

/** Ways of one resident: more than anybody has, few enough to try all. */
export const MAX_CONTACTS = 5;
export const Contacts = z.array(Contact).max(MAX_CONTACTS);

/** Days of the building's calendar, both included. */
export const Away = z
  .object({ from: z.iso.date(), until: z.iso.date() })
  .refine(({ from, until }) => from <= until, 'the last day is before the first');
export type Away = z.infer<typeof Away>;

/** Of a provider on the hub's own network or the internet. */
const HttpUrl = z.url({ protocol: /^https?$/ }).max(300);
/** Shown never again: absent leaves it as it is. */
const NewSecret = z.string().min(1).max(300).optional();

/** A mail server. The secret is the user's password; without a user none is needed. */
export const EmailSettings = z.object({
  kind: z.literal('smtp'),
  host: z.string().trim().min(1).max(200),
  port: z.int().min(1).max(65_535),
  /** TLS from the first byte on (465); else it is asked for by STARTTLS where the server has it. */
  tls: z.boolean(),
  user: z.string().max(200),
  from: z.string().trim().min(3).max(200),
});
/** Twilio's API, or that of somebody who speaks it. The secret is the account's token. */
export const TwilioSettings = z.object({
  kind: z.literal('twilio'),
  apiUrl: HttpUrl,
  account: z.string().trim().min(1).max(80),
  from: z.string().trim().min(1).max(40),
});
/** A program that takes one call a message, signed by the secret (Standard Webhooks). */
export const GenericSettings = z.object({
  kind: z.literal('generic'),
  url: HttpUrl,
  from: z.string().trim().max(40),
});
export const ChannelSettings = z.discriminatedUnion('kind', [EmailSettings, TwilioSettings, GenericSettings]);
export type ChannelSettings = z.infer<typeof ChannelSettings>;
/** Which kinds a channel may be of. */
export const KINDS_OF_CHANNEL = {
  email: ['smtp'],
  sms: ['twilio', 'generic'],
  webhook: ['generic'],
} as const satisfies Record<ChannelName, readonly ChannelSettings['kind'][]>;

export const NewChannel = z.object({ settings: ChannelSettings, secret: NewSecret });
export type NewChannel = z.infer<typeof NewChannel>;

/** A way by which messages go out, and how it does. */
export const ChannelView = z.object({
  channel: ChannelName,
  /** Null: not set here; of mail, it may then be set where the hub is started (`--smtp-url`). */
  settings: ChannelSettings.nullable(),
  /** `start`: the hub was told of it at its start. `unreadable`: its secret was sealed by other keys: set it again. */
  state: z.enum(['none', 'ready', 'start', 'unreadable']),
  /** Why it does not work just now; null: it does, or was not tried. */
  trouble: z.string().nullable(),
  /** When a test last went out by it as it is set, ms since 1970 by the hub's clock; null: none did. */
  testedAt: z.number().nullable(),
  /** A secret that was made for it, shown this once. */
  newSecret: z.string().optional(),
});
export type ChannelView = z.infer<typeof ChannelView>;
export const ChannelsView = z.object({
  channels: z.array(ChannelView),
  /** Where providers reach this hub, to tell what became of a message; null: nowhere. */
  receiptsAt: z.string().nullable(),
});
export type ChannelsView = z.infer<typeof ChannelsView>;
export const ReceiptsAt = z.object({ receiptsAt: HttpUrl.nullable() });
export const TestMessage = z.object({ to: z.string().trim().min(1).max(254) });
export const TestResult = z.object({ sent: z.boolean(), reason: z.string().nullable() });
export type TestResult = z.infer<typeof TestResult>;

/** What a provider says became of a message. */
export const Receipt = z.object({
  state: z.enum(['delivered', 'failed']),
  reason: z.string().max(120).optional(),
});
