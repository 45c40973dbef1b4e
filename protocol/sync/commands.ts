/** What an operator in the cloud may ask a hub to do. The cloud alone writes commands; the answer is an entry of the log. */
import { z } from 'zod';
import { CompartmentNumber, Id, Slug } from '../ids.ts';
import { EpochNumber } from './epoch.ts';

/** An open is worth nothing later: the person at the door has gone (design, section 3). */
export const OPEN_EXPIRES_MS = 60_000;
/** Other commands may wait for a building that is offline for a night. */
export const COMMAND_EXPIRES_MS = 24 * 3_600_000;

const Reason = z.string().min(1).max(200);
const Door = { bank: Slug, compartment: CompartmentNumber };

/** Kind → what it needs to know. */
export const CommandArgument = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('open-compartment'), ...Door, reason: Reason }),
  z.strictObject({ kind: z.literal('retire-compartment'), ...Door, reason: Reason }),
  z.strictObject({ kind: z.literal('return-compartment'), ...Door, reason: Reason }),
  z.strictObject({ kind: z.literal('close-case'), case: Id, resolution: z.string().min(1).max(500) }),
]);
export type CommandArgument = z.infer<typeof CommandArgument>;
export type CommandKind = CommandArgument['kind'];

/** Kinds that a second operator has to approve before the hub hears of them. */
export const FOUR_EYES: readonly CommandKind[] = ['open-compartment'];

/** A command as the hub gets it. Times are ms since 1970 by the gateway's clock. */
export const Command = z.object({
  command: Id,
  epoch: EpochNumber,
  argument: CommandArgument,
  operator: Id,
  approvedBy: Id.nullable(),
  issuedAtMs: z.int(),
  expiresAtMs: z.int(),
});
export type Command = z.infer<typeof Command>;

/**
 * How a command ended. `refused`: by the hub's own rules, as they would refuse staff; `expired`: it came too late;
 * `other-epoch`: it was meant for another hub of this building.
 */
export const CommandOutcome = z.enum(['done', 'refused', 'expired', 'other-epoch', 'failed']);
export type CommandOutcome = z.infer<typeof CommandOutcome>;
