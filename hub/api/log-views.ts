/** Entries of the log as pages read them. */
import type { LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import type { Entry } from '@lockerhub/protocol/log/entry.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { z } from 'zod';

export type EntryView = z.infer<typeof LogEntryView>;

const AnyData = z.object({ data: z.record(z.string(), z.unknown()) });

/** An entry with its payload read. One of a type that this software does not know is shown as it is. */
export function entryView(entry: Pick<Entry, 'seq' | 'epoch' | 'hash' | 'payload'>): EntryView {
  const payload = decodePayload(entry.payload);
  const { at, clock, by } = payload;
  const { seq, epoch, hash } = entry;
  const known = payload.type !== 'unknown';
  const data = known ? payload.data : AnyData.parse(JSON.parse(entry.payload)).data;
  return { seq, epoch, hash, type: known ? payload.type : payload.name, at, clock, by, data };
}
