/** Whether an entry lies in a table as it was chained: its bytes and hash, and what is derived from them. */
import { canonicalJson } from './canonical.ts';
import { type Entry, type Head, type Sha256, verifyChain } from './entry.ts';
import { decodePayload, type Payload } from './payload.ts';
import { logRow } from './projections/log.ts';

/** A row of `log`. */
export type KeptEntry = Entry & {
  readonly type: string;
  readonly at: number;
  readonly clock: string;
  readonly subject: string | null;
  /** jsonb as text. */
  readonly data: string | null;
};

/** What is selected from `log` for a `KeptEntry`. */
export const KEPT_COLUMNS = 'seq, epoch, salt, payload, hash, type, at, clock, subject, data::text as data';

/**
 * Why `kept` cannot be what was written behind `head`; null: it is.
 *
 * @returns words with numbers of entries and names of columns, nothing of a payload
 */
export function faultOf(head: Head, kept: KeptEntry, hash?: Sha256): string | null {
  try {
    verifyChain(head, [kept], hash);
  } catch (error) {
    return (error as Error).message;
  }
  const different = differsFrom(kept);
  return different && `entry ${kept.seq}: its column ${different} does not say what the entry says`;
}

/**
 * The derived column that was changed; null: none. An entry without `data` was not read yet, and says nothing; of one that
 * newer software has read this one can't say what it should be.
 */
function differsFrom(kept: KeptEntry): string | null {
  if (kept.data === null) return null;
  const payload = readAsKnown(kept.payload);
  if (payload === null) return null;
  const [, , , , , type, at, clock, subject, data] = logRow(kept, payload);
  if (kept.type !== type) return 'type';
  if (kept.at !== at) return 'at';
  if (kept.clock !== clock) return 'clock';
  if (kept.subject !== subject) return 'subject';
  return isSameJson(kept.data, data) ? null : 'data';
}

function readAsKnown(text: string): Payload | null {
  try {
    const payload = decodePayload(text);
    return payload.type === 'unknown' ? null : payload;
  } catch {
    // The chain holds its bytes; what they say is for whoever wrote them.
    return null;
  }
}

function isSameJson(kept: string, derived: unknown): boolean {
  // jsonb keeps no order of keys.
  return (
    typeof derived === 'string' && canonicalJson(JSON.parse(kept)) === canonicalJson(JSON.parse(derived))
  );
}
