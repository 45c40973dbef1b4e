/** A proof that certain entries stand in the log, which shows all others as hashes only. */
import { z } from 'zod';
import { ProtocolError } from '../error.ts';
import { chainHash, type Entry, type Head, payloadHash, seal } from './entry.ts';

/** How many entries one proof may span; more are proved in several. */
export const MAX_PROOF_ENTRIES = 100_000;

const Hash = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits');
const HeadSchema = z.object({ seq: z.int().min(0), hash: Hash });

export const Proof = z.object({
  v: z.literal(1),
  building: z.string(),
  /** The head right before the first link. */
  from: HeadSchema,
  /** The head that the links must lead to: compare it with what agents and cloud have witnessed. */
  to: HeadSchema,
  links: z
    .array(
      z.union([
        z.object({
          seq: z.int(),
          epoch: z.int(),
          salt: z.string().regex(/^[0-9a-f]{32}$/),
          payload: z.string(),
        }),
        z.object({ seq: z.int(), epoch: z.int(), payloadHash: Hash }),
      ]),
    )
    .max(MAX_PROOF_ENTRIES),
});
export type Proof = z.infer<typeof Proof>;

/** Makes a proof from a gapless run of entries: those in `shown` are open, all others sealed. */
export function makeProof(
  building: string,
  from: Head,
  entries: readonly Entry[],
  shown: ReadonlySet<number>,
): Proof {
  const last = entries.at(-1);
  return {
    v: 1,
    building,
    from,
    to: last ? { seq: last.seq, hash: last.hash } : from,
    links: entries.map((entry) =>
      shown.has(entry.seq)
        ? { seq: entry.seq, epoch: entry.epoch, salt: entry.salt, payload: entry.payload }
        : seal(entry),
    ),
  };
}

/**
 * Checks a proof and returns the payloads that it shows, by `seq`.
 *
 * @throws ProtocolError `proof-invalid` if it is malformed or its links do not lead to `to`.
 */
export function verifyProof(input: unknown): Map<number, string> {
  const parsed = Proof.safeParse(input);
  if (!parsed.success) {
    throw new ProtocolError('proof-invalid', `not a proof: ${parsed.error.issues[0]?.message}`, {
      cause: parsed.error,
    });
  }
  const proof = parsed.data;
  const shown = new Map<number, string>();
  let head: Head = proof.from;
  for (const link of proof.links) {
    if (link.seq !== head.seq + 1) {
      throw new ProtocolError('proof-invalid', `after entry ${head.seq} comes ${link.seq}; one is missing`);
    }
    const hashOfPayload = 'payload' in link ? payloadHash(link.salt, link.payload) : link.payloadHash;
    if ('payload' in link) shown.set(link.seq, link.payload);
    head = { seq: link.seq, hash: chainHash(head.hash, link.epoch, link.seq, hashOfPayload) };
  }
  if (head.seq !== proof.to.seq || head.hash !== proof.to.hash) {
    throw new ProtocolError(
      'proof-invalid',
      `the links lead to entry ${head.seq} with another hash: something was changed`,
    );
  }
  return shown;
}
