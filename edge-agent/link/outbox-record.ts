/** What the outbox writes down, one kind of record for each thing that must survive. */
import { BankEvent, SessionNumber } from '@lockerhub/protocol/bank/messages.ts';
import { z } from 'zod';

/** What happened, before it has a name. */
const Happening = BankEvent.pick({
  kind: true,
  compartment: true,
  grant: true,
  delivery: true,
  latencyMs: true,
  purpose: true,
});
export type Happening = z.infer<typeof Happening>;

/** An event's name for good. */
const EventName = z.object({ session: SessionNumber, number: z.int().min(1) });
export type EventName = z.infer<typeof EventName>;

export const OutboxRecord = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('event'),
    order: z.int().min(1),
    happening: Happening,
    atWallMs: z.number(),
    name: EventName.nullable(),
  }),
  /** An event that was kept without a name got one. */
  z.object({ kind: z.literal('named'), order: z.int().min(1), name: EventName }),
  /** The hub has all events of this session up to that number. */
  z.object({ kind: z.literal('acknowledged'), session: SessionNumber, number: z.int().min(1) }),
]);
export type OutboxRecord = z.infer<typeof OutboxRecord>;
