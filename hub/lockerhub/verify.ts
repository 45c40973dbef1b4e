/** Checks evidence about a delivery with nothing but the file: no hub, no network. */

import type { Head } from '@lockerhub/protocol/log/entry.ts';
import { chainHash, payloadHash } from '@lockerhub/protocol/log/entry.ts';
import { checkEvidence, evidenceIn, type ProvenEntry } from '@lockerhub/protocol/log/evidence.ts';
import type { Proof } from '@lockerhub/protocol/log/proof.ts';

/** What a check says: lines for a person. */
export interface Verified {
  readonly lines: readonly string[];
  /** Whether the chain passes through the witnessed entry; null: no witness was given, or it lies outside. */
  readonly witnessed: boolean | null;
}

/**
 * Reads and checks a file's text.
 *
 * @param witness an entry and its hash as an agent, the cloud or an older proof has it
 * @throws ProtocolError `proof-invalid`, `entry-invalid`: the evidence does not hold.
 */
export function verifyEvidence(text: string, witness?: Head): Verified {
  const { evidence, entries } = checkEvidence(evidenceIn(text));
  const { proof, told, delivery } = evidence;
  const witnessed = witness ? passesThrough(proof, witness) : null;
  return {
    witnessed,
    lines: [
      `The chain holds: from entry ${proof.from.seq + 1} to entry ${proof.to.seq} of building ${proof.building}.`,
      `${entries.length} of its entries are about delivery ${delivery}; all others show as hashes only.`,
      '',
      ...entries.map(lineOf),
      '',
      `By the building’s records, which the chain does not hold: ${toldLine(told)}.`,
      `Made ${utc(evidence.madeAt)} by ${evidence.software}. What a page says around this is its maker’s words.`,
      '',
      ...witnessLines(proof, witness, witnessed),
    ],
  };
}

function lineOf({ seq, payload }: ProvenEntry): string {
  const clock = payload.clock === 'trusted' ? '' : ' (clock not trusted)';
  const by = payload.by.id === undefined ? payload.by.kind : `${payload.by.kind} ${payload.by.id}`;
  const type = payload.type === 'unknown' ? payload.name : payload.type;
  const data = payload.type === 'unknown' ? 'of a newer version' : JSON.stringify(payload.data);
  return `  #${seq}  ${utc(payload.at)}${clock}  ${type}  by ${by}  ${data}`;
}

function toldLine(told: Record<string, string | null>): string {
  return Object.entries(told)
    .map(([name, value]) => `${name} ${value === null ? 'not told' : JSON.stringify(value)}`)
    .join(', ');
}

function witnessLines(proof: Proof, witness: Head | undefined, witnessed: boolean | null): string[] {
  if (!witness) {
    return [
      'Whether this is the building’s own chain says only its last hash. Ask the cloud’s operator, or look at an',
      'older proof, and compare (--witness SEQ:HASH does it):',
      `  ${proof.to.seq}:${proof.to.hash}`,
    ];
  }
  if (witnessed === null)
    return [`Entry ${witness.seq} lies outside this proof: nothing can be said about it.`];
  return witnessed
    ? [`The chain passes through the witnessed entry ${witness.seq}.`]
    : [`NOT THE SAME CHAIN: entry ${witness.seq} has another hash than the witnessed one.`];
}

/** Null if the proof does not reach the entry. */
function passesThrough(proof: Proof, witness: Head): boolean | null {
  let head: Head = proof.from;
  if (head.seq === witness.seq) return head.hash === witness.hash;
  for (const link of proof.links) {
    const hashOfPayload = 'payload' in link ? payloadHash(link.salt, link.payload) : link.payloadHash;
    head = { seq: link.seq, hash: chainHash(head.hash, link.epoch, link.seq, hashOfPayload) };
    if (head.seq === witness.seq) return head.hash === witness.hash;
  }
  return null;
}

/** To the second, in UTC: the reader may be anywhere. A clock that lies may give what is no date. */
function utc(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? `${atMs} ms` : `${date.toISOString().slice(0, 19)}Z`;
}
