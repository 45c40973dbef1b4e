/** An entry of the building's log as a line: the staff page's sentence, without anybody's name, and the ids that it is about. */
import type { LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import { createNames } from '../../web/log/names.ts';
import { sentence } from '../../web/log/sentence.ts';
import { actor } from '../../web/log/speech.ts';
import { createFormats } from '../../web/words/formats.ts';
import { oneLine } from '../one-line.ts';
import { english } from './english.ts';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const formats = createFormats('en', 'UTC');

/** @param known the entries beside it: they tell at which door a grant's was */
export function buildingLine(entry: LogEntryView, known: readonly LogEntryView[]): string {
  const speech = { t: english, formats, names: createNames({ entries: known }) };
  const { seq, at, clock, by, data } = entry;
  const ids = Object.entries(data).flatMap(([key, value]) =>
    typeof value === 'string' && ID.test(value) ? [`${key}=${value}`] : [],
  );
  const when = `${new Date(at).toISOString()}${clock === 'trusted' ? '' : ' (clock not trusted)'}`;
  const who = `${actor(speech, by)}${by.id === undefined ? '' : ` ${by.id}`}`;
  return oneLine([`#${seq}  ${when}  ${sentence(speech, entry)}`, `by ${who}`, ...ids].join('  '));
}
