/**
 * Entries of the log as they leave the hub for support: ids, numbers and words of ours. What people have typed into them
 * (reasons, notes) may name somebody, and is left out.
 */
import { PAYLOADS, type PayloadType } from '@lockerhub/protocol/log/payload.ts';
import { z } from 'zod';
import type { EntryView } from '../api/log-views.ts';

/** The fields in which people, mail servers and PLCs say something in words of their own (`protocol/log/payloads`). */
const FREE_TEXT = ['reason', 'note', 'resolution', 'detail'] as const;
const LEFT_OUT = '…';

/** An entry of a type that this software does not know tells nothing but its type. */
export function toldEntry(entry: EntryView): EntryView {
  const { type, data } = entry;
  if (!Object.hasOwn(PAYLOADS, type)) return { ...entry, data: {} };
  const { shape } = PAYLOADS[type as PayloadType];
  const hidden = FREE_TEXT.filter((field) => field in data && isFreeText(shape, field));
  return { ...entry, data: { ...data, ...Object.fromEntries(hidden.map((field) => [field, LEFT_OUT])) } };
}

/** One word out of a list of ours (`delegate.ended`: `revoked`) is none. */
function isFreeText(shape: Readonly<Record<string, z.ZodType>>, field: string): boolean {
  let schema: unknown = shape[field];
  while (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    schema = schema.unwrap();
  return schema instanceof z.ZodString;
}
