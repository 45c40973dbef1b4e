/**
 * Evidence about one delivery: a file that settles "my parcel is gone" away from the hub, years later. It holds the
 * proof of all that the log says of the delivery, and beside it what only the building's rows knew (names, numbers).
 * Also as a page for people: the same JSON stands in it, in one `<script>` (`embedEvidence`, `evidenceIn`).
 */
import { z } from 'zod';
import { ProtocolError } from '../error.ts';
import { Id } from '../ids.ts';
import { decodePayload, type Payload, type UnknownPayload } from './payload.ts';
import { Proof, verifyProof } from './proof.ts';
import { subjectOf } from './subject.ts';

const Told = z.string().max(200);

export const Evidence = z.object({
  v: z.literal(1),
  kind: z.literal('lockerhub-delivery'),
  /** The hub's wall clock, ms since 1970, and what ran there. */
  madeAt: z.number(),
  software: Told,
  delivery: Id,
  /** As the building's rows said it when this was made. Not part of the chain: the log holds ids only. */
  told: z.object({
    building: Told,
    unit: Told,
    /** Null: for all of a household, erased, or made by somebody who may not see people. */
    recipient: Told.nullable(),
    carrier: Told.nullable(),
    tracking: Told.nullable(),
  }),
  proof: Proof,
});
export type Evidence = z.infer<typeof Evidence>;

/** An entry that the proof shows, in its place. */
export interface ProvenEntry {
  readonly seq: number;
  readonly payload: Payload | UnknownPayload;
}

/** Evidence that holds in itself, and what it proves, in the order of the log. */
export interface CheckedEvidence {
  readonly evidence: Evidence;
  readonly entries: readonly ProvenEntry[];
}

/**
 * Checks evidence: its links are a chain, and every entry that it shows is about this delivery, from its assignment on.
 * Whether the chain is the building's own says only its last hash, compared with one that somebody else has witnessed.
 *
 * @throws ProtocolError `proof-invalid`
 */
export function checkEvidence(input: unknown): CheckedEvidence {
  const parsed = Evidence.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`not evidence about a delivery: ${issue?.path.join('.')}: ${issue?.message}`, parsed.error);
  }
  const evidence = parsed.data;
  const entries = [...verifyProof(evidence.proof)].map(([seq, text]) => ({
    seq,
    payload: decodePayload(text),
  }));
  for (const { seq, payload } of entries) {
    // An entry of a type that newer software wrote says itself which delivery it is about, or cannot be judged.
    if (payload.type !== 'unknown' && subjectOf(payload)?.subject !== evidence.delivery) {
      throw invalid(`entry ${seq} is about something else than delivery ${evidence.delivery}`);
    }
  }
  if (entries[0]?.payload.type !== 'delivery.assigned') {
    throw invalid('it does not begin with the assignment of a place to the parcel');
  }
  return { evidence, entries };
}

/** Where the JSON stands in a page. */
const OPENING = '<script type="application/json" id="lockerhub-evidence">';
const CLOSING = '</script>';

/** Evidence as a piece of HTML that shows nothing. No text in it can end the script. */
export function embedEvidence(evidence: Evidence): string {
  return `${OPENING}${JSON.stringify(evidence).replaceAll('<', '\\u003c')}${CLOSING}`;
}

/**
 * The JSON in a file that is evidence as JSON or as a page.
 *
 * @throws ProtocolError `proof-invalid`
 */
export function evidenceIn(text: string): unknown {
  const at = text.indexOf(OPENING);
  const end = text.indexOf(CLOSING, at);
  const isPage = at >= 0 && end >= 0;
  try {
    return JSON.parse(isPage ? text.slice(at + OPENING.length, end) : text);
  } catch (cause) {
    throw invalid('neither evidence as JSON nor a page with evidence in it', cause);
  }
}

function invalid(what: string, cause?: unknown): ProtocolError {
  return new ProtocolError('proof-invalid', what, cause === undefined ? {} : { cause });
}
