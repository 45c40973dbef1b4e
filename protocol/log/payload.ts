/**
 * What the log can say: one schema an entry type. Ids only, never names, contacts, tracking numbers or photos, so
 * that erasing a person never touches the chain.
 *
 * Rules for change: a type gains fields with defaults, never loses or re-means one. An unknown type is appended and
 * chained as it is; it is projected once software that knows it runs. So is a known type with a value that is none of
 * those to choose from here: newer software has added one (a kind of message, a reason). A known type by an unknown kind
 * of actor is read like any other.
 */
import { z } from 'zod';
import { ProtocolError } from '../error.ts';
import { BANKS_PAYLOADS } from './payloads/banks.ts';
import { BUILDING_PAYLOADS } from './payloads/building.ts';
import { CASES_PAYLOADS } from './payloads/cases.ts';
import { CLOUD_PAYLOADS } from './payloads/cloud.ts';
import { COMMISSIONING_PAYLOADS } from './payloads/commissioning.ts';
import { DELIVERIES_PAYLOADS } from './payloads/deliveries.ts';
import { LOCKS_PAYLOADS } from './payloads/locks.ts';
import { MESSAGES_PAYLOADS } from './payloads/messages.ts';
import { NOTICES_PAYLOADS } from './payloads/notices.ts';
import { OPENINGS_PAYLOADS } from './payloads/openings.ts';
import { PEOPLE_PAYLOADS } from './payloads/people.ts';
import { PROGRAMS_PAYLOADS } from './payloads/programs.ts';
import { RECONCILIATION_PAYLOADS } from './payloads/reconciliation.ts';
import { SLIPS_PAYLOADS } from './payloads/slips.ts';
import { UPDATES_PAYLOADS } from './payloads/updates.ts';

/**
 * Who did it. `id` is a holder's, staff member's, terminal's, API key's or (in the cloud) operator's id; a bank's slug;
 * absent for the hub, and for whoever is at its console.
 */
export const Actor = z.object({
  kind: z.enum(['courier', 'resident', 'delegate', 'staff', 'bank', 'hub', 'operator', 'api-key', 'console']),
  id: z.string().max(60).optional(),
});
export type Actor = z.infer<typeof Actor>;

/** An actor as it is read: newer software may know kinds that this one does not. What was done is the same, whoever did it. */
export const SomeActor = z.object({ kind: z.string().min(1).max(60), id: z.string().max(60).optional() });
export type SomeActor = z.infer<typeof SomeActor>;

export const PAYLOADS = {
  ...BUILDING_PAYLOADS,
  ...CLOUD_PAYLOADS,
  ...PEOPLE_PAYLOADS,
  ...PROGRAMS_PAYLOADS,
  ...DELIVERIES_PAYLOADS,
  ...OPENINGS_PAYLOADS,
  ...LOCKS_PAYLOADS,
  ...BANKS_PAYLOADS,
  ...COMMISSIONING_PAYLOADS,
  ...MESSAGES_PAYLOADS,
  ...NOTICES_PAYLOADS,
  ...CASES_PAYLOADS,
  ...RECONCILIATION_PAYLOADS,
  ...SLIPS_PAYLOADS,
  ...UPDATES_PAYLOADS,
} as const;

export type PayloadType = keyof typeof PAYLOADS;
/** The fields of one entry type. */
export type PayloadOf<Type extends PayloadType> = z.infer<(typeof PAYLOADS)[Type]>;

/** What every payload carries besides its own fields. */
export interface Stamp {
  /** Wall clock of the hub, ms since 1970. For people; never for order. */
  readonly at: number;
  /** Whether that clock was trusted then. */
  readonly clock: 'trusted' | 'untrusted';
  readonly by: SomeActor;
}

/** A payload that this software knows, as decided: the chain gives it a `seq` and a hash. */
export type Payload = {
  [Type in PayloadType]: { readonly type: Type; readonly data: PayloadOf<Type> } & Stamp;
}[PayloadType];

const Envelope = z.object({
  type: z.string().min(1).max(60),
  at: z.number(),
  clock: z.enum(['trusted', 'untrusted']),
  by: SomeActor,
  data: z.record(z.string(), z.unknown()),
});

/** A payload of a type, or with a choice, that only newer software knows: kept, chained, not projected. */
export interface UnknownPayload extends Stamp {
  readonly type: 'unknown';
  readonly name: string;
}

/** The text that is hashed, stored and sent. */
export function encodePayload(payload: Payload): string {
  return JSON.stringify({
    type: payload.type,
    at: payload.at,
    clock: payload.clock,
    by: payload.by,
    data: payload.data,
  });
}

/**
 * Reads a payload's text.
 *
 * @throws ProtocolError `entry-invalid` if it is no payload at all, or one of a known type whose fields do not fit.
 */
export function decodePayload(text: string): Payload | UnknownPayload {
  const envelope = Envelope.safeParse(parseJson(text));
  if (!envelope.success) throw invalid('not a payload', envelope.error);
  const { type, data, ...stamp } = envelope.data;
  if (!Object.hasOwn(PAYLOADS, type)) return { type: 'unknown', name: type, ...stamp };
  const fields = PAYLOADS[type as PayloadType].safeParse(data, { reportInput: true });
  if (!fields.success) {
    if (fields.error.issues.every(isNewerChoice)) return { type: 'unknown', name: type, ...stamp };
    throw invalid(`${type}.${fields.error.issues[0]?.path.join('.')}`, fields.error);
  }
  return { type, data: fields.data, ...stamp } as Payload;
}

/** A text where one of some texts is expected. */
function isNewerChoice({ code, input }: z.core.$ZodIssue): boolean {
  return code === 'invalid_value' && typeof input === 'string';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('not JSON', cause);
  }
}

function invalid(where: string, cause: unknown): ProtocolError {
  return new ProtocolError('entry-invalid', `log entry: ${where} does not fit`, { cause });
}
