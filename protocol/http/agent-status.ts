/**
 * What an agent says of itself on its own machine, by HTTP over the socket `AGENT_SOCKET` in its folder, which its user and
 * root alone may enter: to the updater and to `lockerhub doctor`, kiosk page or none.
 *
 * | route | answer |
 * | --- | --- |
 * | GET /readyz | `Ready`, as the kiosk's page has it |
 * | GET /status | `AgentStatus` |
 */
import { z } from 'zod';
import { Availability, SessionNumber } from '../bank/messages.ts';

export const AGENT_SOCKET = 'status.sock';

/** Of a hub too: `held`, an update is about to stop it; `calm`, no door is open or may be, and nobody stands there. */
export const Ready = z.object({ ready: z.boolean(), held: z.boolean(), calm: z.boolean() });
export type Ready = z.infer<typeof Ready>;

/** How an agent stands with its hub. */
export const HubStanding = z.object({
  /** The session that the hub has answered by a heartbeat; null: there is none. */
  session: SessionNumber.nullable(),
  /** Since when it is so by the agent's clock. */
  sinceMs: z.number(),
  /** Why there is none, in plain words; null: there is one, or the first attempt still runs. */
  reason: z.string().nullable(),
  /** The hub, proven to be it, said that this agent speaks for the bank no more. */
  isExpelled: z.boolean(),
});
export type HubStanding = z.infer<typeof HubStanding>;

export const AgentStatus = z.object({
  software: z.string(),
  hub: HubStanding,
  /** Of the hub's pages, as the agent knows it: `http://host:port`; null: it does not know yet. */
  pages: z.string().nullable(),
  lines: Availability.shape.lines,
  /** Why no door is opened any more: the ledger can't be written; null: it can. */
  ledgerFault: z.string().nullable(),
});
export type AgentStatus = z.infer<typeof AgentStatus>;
