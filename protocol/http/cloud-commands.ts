/**
 * The contract between the fleet page and the cloud's gateway, the part about commands to a building.
 *
 * | request, below /api/v1 | answer | role |
 * | --- | --- | --- |
 * | GET  /buildings/:building/commands?before=&limit= | `CommandsPage`, newest first | any |
 * | GET  /buildings/:building/releases | `OfferedRelease[]`, for `update-hub` | any |
 * | POST /buildings/:building/commands `CommandArgument` | `{ command }` | support |
 * | POST /buildings/:building/commands/:command/approve | 204; never by who asked | support |
 * | POST /buildings/:building/commands/:command/refuse | 204; never by who asked | support |
 * | POST /buildings/:building/commands/:command/withdraw | 204; only by who asked, while it waits | support |
 */
import { z } from 'zod';
import { Id } from '../ids.ts';
import { CommandArgument, CommandOutcome } from '../sync/commands.ts';
import { pageOf } from './staff.ts';

/**
 * How far a command is. `waiting`: for another operator; `lapsed`: nobody approved it in time; `sent`: the hub may take
 * it; `taken`: it did; `ended`: `outcome` says how; `expired`: the hub did not take it in time.
 */
export const CommandState = z.enum([
  'waiting',
  'refused',
  'withdrawn',
  'lapsed',
  'sent',
  'taken',
  'ended',
  'expired',
]);
export type CommandState = z.infer<typeof CommandState>;

export const CommandView = z.object({
  command: Id,
  argument: CommandArgument,
  state: CommandState,
  operator: Id,
  operatorName: z.string(),
  /** Who approved or refused it. */
  deciderName: z.string().nullable(),
  askedAtMs: z.number(),
  /** When the second operator said yes. */
  approvedAtMs: z.number().nullable(),
  /** When the hub had it. */
  takenAtMs: z.number().nullable(),
  /** Until when it waits for approval, or for the hub. */
  expiresAtMs: z.number(),
  outcome: CommandOutcome.nullable(),
  /** The hub's words about the outcome. */
  reason: z.string().nullable(),
  /** When the hub answered, by its own clock. */
  endedAtMs: z.number().nullable(),
});
export type CommandView = z.infer<typeof CommandView>;
/** `nowMs`: the gateway's clock at this answer, from which a page counts down. */
export const CommandsPage = pageOf(CommandView).extend({ nowMs: z.number() });
