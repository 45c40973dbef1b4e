/** What an operator in the cloud may ask a hub to do. The cloud alone writes commands; the answer is an entry of the log. */
import { z } from 'zod';
import { CompartmentNumber, Id, Slug } from '../ids.ts';
import { MAX_RELEASE_BYTES, ReleaseFacts } from '../update/files.ts';

/** An open is worth nothing later: the person at the door has gone (design, section 3). */
export const OPEN_EXPIRES_MS = 60_000;
/** Other commands may wait for a building that is offline for a night. */
export const COMMAND_EXPIRES_MS = 24 * 3_600_000;

const Reason = z.string().min(1).max(200);
const Door = { bank: Slug, compartment: CompartmentNumber };

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A release that the cloud has: one file for each kind of machine. What it says of them decides nothing: a hub takes only
 * what the key that it keeps has signed. */
export const OfferedRelease = z.strictObject({
  version: ReleaseFacts.shape.version,
  files: z
    .array(
      z.strictObject({
        machine: ReleaseFacts.shape.machine,
        sha256: Sha256,
        bytes: z.int().min(1).max(MAX_RELEASE_BYTES),
      }),
    )
    .min(1)
    .max(2),
});
export type OfferedRelease = z.infer<typeof OfferedRelease>;

/** Kind → what it needs to know. */
export const CommandArgument = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('open-compartment'), ...Door, reason: Reason }),
  z.strictObject({ kind: z.literal('retire-compartment'), ...Door, reason: Reason }),
  z.strictObject({ kind: z.literal('return-compartment'), ...Door, reason: Reason }),
  z.strictObject({ kind: z.literal('close-case'), case: Id, resolution: z.string().min(1).max(500) }),
  z.strictObject({ kind: z.literal('update-hub'), ...OfferedRelease.shape, reason: Reason }),
]);
export type CommandArgument = z.infer<typeof CommandArgument>;
export type CommandKind = CommandArgument['kind'];

/** Kinds that a second operator has to approve before the hub hears of them. */
export const FOUR_EYES: readonly CommandKind[] = ['open-compartment', 'update-hub'];

/**
 * How a command ended. `refused`: by the hub's own rules, as they would refuse staff; `expired`: it came too late;
 * `other-epoch`: it was meant for another hub of this building.
 */
export const CommandOutcome = z.enum(['done', 'refused', 'expired', 'other-epoch', 'failed']);
export type CommandOutcome = z.infer<typeof CommandOutcome>;
