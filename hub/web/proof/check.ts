/** Does what a page shows stand in the log? Checked in the browser, by the proof alone; the hub is not believed. */
import { ProtocolError } from '@lockerhub/protocol/error.ts';
import type { LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import { chainHash, type Head, payloadHash } from '@lockerhub/protocol/log/entry.ts';
import { type Proof, verifyProof } from '@lockerhub/protocol/log/proof.ts';

export type Verdict =
  | { readonly holds: true; readonly entries: number; readonly head: Head }
  | { readonly holds: false; readonly why: string };

/**
 * Checks that a proof holds in itself and that each entry on the page is, word for word and hash for hash, the one
 * that the proof shows.
 *
 * @param witnessed the newest head that the page has heard of by another way; the proof must reach or agree with it
 */
export function checkShown(proof: Proof, entries: readonly LogEntryView[], witnessed: Head | null): Verdict {
  let shown: ReadonlyMap<number, string>;
  try {
    shown = verifyProof(proof);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { holds: false, why: error.message };
  }
  const hashes = hashesAlong(proof);
  for (const entry of entries) {
    const why = disagreement(entry, shown.get(entry.seq), hashes.get(entry.seq));
    if (why) return { holds: false, why };
  }
  const there = witnessed && hashes.get(witnessed.seq);
  if (witnessed && there && there !== witnessed.hash) {
    return {
      holds: false,
      why: `entry ${witnessed.seq} had the hash ${witnessed.hash.slice(0, 16)}… before`,
    };
  }
  return { holds: true, entries: entries.length, head: proof.to };
}

function disagreement(
  entry: LogEntryView,
  payload: string | undefined,
  hash: string | undefined,
): string | null {
  if (payload === undefined) return `entry ${entry.seq} is not in the proof`;
  if (hash !== entry.hash) return `entry ${entry.seq} has another hash in the proof`;
  const { type, at, clock, by, data } = entry;
  if (!sameJson(JSON.parse(payload), { type, at, clock, by, data })) {
    return `entry ${entry.seq} says something else in the proof`;
  }
  return null;
}

/** The chain's hash after each link of a proof that holds. */
function hashesAlong(proof: Proof): Map<number, string> {
  const hashes = new Map<number, string>([[proof.from.seq, proof.from.hash]]);
  let previous = proof.from.hash;
  for (const link of proof.links) {
    const hashOfPayload = 'payload' in link ? payloadHash(link.salt, link.payload) : link.payloadHash;
    previous = chainHash(previous, link.epoch, link.seq, hashOfPayload);
    hashes.set(link.seq, previous);
  }
  return hashes;
}

/** Equal as JSON, whatever the order of keys: a database keeps its own. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = new Map(Object.entries(b).filter(([, value]) => value !== undefined));
  return (
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && sameJson(value, right.get(key)))
  );
}
