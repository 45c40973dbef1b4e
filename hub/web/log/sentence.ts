/** A log entry in plain words. */
import type { LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import {
  decodePayload,
  type PAYLOADS,
  type Payload,
  type PayloadType,
} from '@lockerhub/protocol/log/payload.ts';
import { BANKS_SENTENCES } from './sentences/banks.ts';
import { BUILDING_SENTENCES } from './sentences/building.ts';
import { CASES_SENTENCES } from './sentences/cases.ts';
import { CLOUD_SENTENCES } from './sentences/cloud.ts';
import { COMMISSIONING_SENTENCES } from './sentences/commissioning.ts';
import { DELIVERIES_SENTENCES } from './sentences/deliveries.ts';
import { LOCKS_SENTENCES } from './sentences/locks.ts';
import { MESSAGES_SENTENCES } from './sentences/messages.ts';
import { NOTICES_SENTENCES } from './sentences/notices.ts';
import { OPENINGS_SENTENCES } from './sentences/openings.ts';
import { PEOPLE_SENTENCES } from './sentences/people.ts';
import { PROGRAMS_SENTENCES } from './sentences/programs.ts';
import { RECONCILIATION_SENTENCES } from './sentences/reconciliation.ts';
import { SLIPS_SENTENCES } from './sentences/slips.ts';
import { UPDATES_SENTENCES } from './sentences/updates.ts';
import type { Sentence, Sentences, Speech } from './speech.ts';

/** By theme, as the payloads are (`protocol/log/payloads`). */
const SENTENCES: Sentences<typeof PAYLOADS> = {
  ...BUILDING_SENTENCES,
  ...CLOUD_SENTENCES,
  ...PEOPLE_SENTENCES,
  ...PROGRAMS_SENTENCES,
  ...DELIVERIES_SENTENCES,
  ...OPENINGS_SENTENCES,
  ...LOCKS_SENTENCES,
  ...BANKS_SENTENCES,
  ...COMMISSIONING_SENTENCES,
  ...MESSAGES_SENTENCES,
  ...NOTICES_SENTENCES,
  ...CASES_SENTENCES,
  ...RECONCILIATION_SENTENCES,
  ...SLIPS_SENTENCES,
  ...UPDATES_SENTENCES,
};

/** The sentence for an entry; one of a type that newer software wrote is named as such. */
export function sentence(speech: Speech, entry: LogEntryView): string {
  const payload = readEntry(entry);
  return payload ? capital(words(speech, payload)) : speech.t('entry.unknown', { type: entry.type });
}

/** An entry as this software understands it, or undefined. */
function readEntry(entry: LogEntryView): Payload | undefined {
  try {
    const { type, at, clock, by, data } = entry;
    const payload = decodePayload(JSON.stringify({ type, at, clock, by, data }));
    return payload.type === 'unknown' ? undefined : payload;
  } catch {
    // A known type with fields that do not fit is as unknown to this page as a new type: the raw view shows it.
    return undefined;
  }
}

function words(speech: Speech, { type, data, by }: Payload): string {
  // Each type's sentence takes that type's fields; the compiler cannot pair the two through the union.
  const say = SENTENCES[type] as Sentence<PayloadType>;
  return say(speech, data, by);
}

/** Sentences begin with a capital where the script has them; names at their beginning may not. */
function capital(text: string): string {
  const [first = ''] = text;
  return first.toLocaleUpperCase() + text.slice(first.length);
}
