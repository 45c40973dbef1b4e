/** What of the log a webhook is told, and how. */
import type { WebhookBody, WebhookEvent } from '@lockerhub/protocol/http/webhooks.ts';
import type { Entry } from '@lockerhub/protocol/log/entry.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { z } from 'zod';

/** An entry as it is queued for webhooks. */
export type ToldEntry = Pick<Entry, 'seq' | 'epoch' | 'payload'> & { readonly type: string };

/** The types of entries of each kind of event, by how they begin. */
const TYPES: Readonly<Record<WebhookEvent, readonly string[]>> = {
  deliveries: ['delivery.'],
  cases: ['case.'],
  banks: ['bank.', 'emergency.', 'supply.'],
  doors: ['door.reported', 'grant.ended', 'compartment.'],
  people: ['row.changed', 'rows.imported'],
};
/** Rows that are about residents: what else changes is the building's own business. */
const PEOPLE_TABLES: ReadonlySet<unknown> = new Set(['units', 'households', 'residents']);

const AnyData = z.object({ data: z.record(z.string(), z.unknown()) });

/** Whether an entry is one of these events. */
export function isTold(entry: ToldEntry, events: readonly WebhookEvent[]): boolean {
  const isOne = events.some((event) => TYPES[event].some((begin) => entry.type.startsWith(begin)));
  if (!isOne || !entry.type.startsWith('row')) return isOne;
  return PEOPLE_TABLES.has(dataOf(entry.payload).table);
}

/** What is known of a delivery besides its entries. */
export type ToldDelivery = NonNullable<WebhookBody['data']['delivery']>;

/** The body of the call about an entry. */
export function bodyOf(entry: ToldEntry, building: string, delivery: ToldDelivery | null): WebhookBody {
  const { at, clock, by } = decodePayload(entry.payload);
  const { seq, epoch, type } = entry;
  return {
    type,
    timestamp: new Date(at).toISOString(),
    data: { building, epoch, seq, clock, by, entry: dataOf(entry.payload), delivery },
  };
}

/** The delivery that an entry is about; undefined: none. */
export function deliveryOf(entry: ToldEntry): string | undefined {
  const { delivery } = dataOf(entry.payload);
  return typeof delivery === 'string' ? delivery : undefined;
}

function dataOf(payload: string): Readonly<Record<string, unknown>> {
  return AnyData.parse(JSON.parse(payload)).data;
}
