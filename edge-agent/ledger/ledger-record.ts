/** What the ledger writes down, one kind of record for each thing that must survive. */
import {
  DoorState,
  EmergencyState,
  GrantOutcome,
  Purpose,
  SessionNumber,
} from '@lockerhub/protocol/bank/messages.ts';
import { Release } from '@lockerhub/protocol/bank/pickup-list.ts';
import { CompartmentNumber, Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';

/** The newest log head that a hub told: the agent is a witness of it. */
export const Head = z.object({ seq: z.int().min(0), hash: z.hex().length(64) });
export type Head = z.infer<typeof Head>;

/** Whom the agent itself let open a door while its hub was away, and by which list. */
const Released = Release.pick({ number: true, holder: true, terminal: true, list: true });
export type Released = z.infer<typeof Released>;

/** How a command to the program behind a mailbox can be found again: the PLC's life, and the number in it. */
const Asked = z.object({ boot: z.int().min(1).max(0xffff), sequence: z.int().min(0).max(0xffff) });
export type Asked = z.infer<typeof Asked>;

export const LedgerRecord = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('session'), session: SessionNumber }),
  /** `instance`: the hub that proved that it bears the number; null: none did. */
  z.object({
    kind: z.literal('epoch'),
    epoch: z.int().min(0),
    instance: Id.nullable().default(null),
  }),
  /** `epoch`: under which it was told; null: by software that did not say. */
  z.object({ kind: z.literal('head'), head: Head, epoch: z.int().min(0).nullable().default(null) }),
  z.object({ kind: z.literal('emergency'), state: EmergencyState }),
  /** Pickup lists up to that version were made by a hub that had not heard of the last emergency release. */
  z.object({ kind: z.literal('unwalked'), list: z.int().min(0) }),
  z.object({
    kind: z.literal('grant'),
    grant: Id,
    delivery: Id.nullable(),
    purpose: Purpose.nullable(),
    compartment: CompartmentNumber.nullable(),
    outcome: GrantOutcome,
    /** The door was seen to close after it had opened. */
    closed: z.boolean(),
    /** Nothing can come of it any more. */
    ended: z.boolean(),
    /** Null: the grant came from a hub. */
    released: Released.nullable().default(null),
    attested: Release.shape.attested.default(null),
    /** Null: no mailbox was asked. */
    asked: Asked.nullable().default(null),
  }),
  /** The hub has taken over every release of this series up to `number`. */
  z.object({ kind: z.literal('taken-over'), series: Id, number: z.int().min(0) }),
  z.object({
    kind: z.literal('compartment'),
    compartment: CompartmentNumber,
    grant: Id.nullable(),
    delivery: Id.nullable(),
    /** When it last opened, by the wall clock as it then was; null if never. */
    openedAt: z.number().nullable(),
    door: DoorState,
    /** It was seen open without a grant since the last one. */
    forced: z.boolean().default(false),
  }),
]);
export type LedgerRecord = z.infer<typeof LedgerRecord>;

/** What became of one grant. */
export type GrantRecord = Omit<Extract<LedgerRecord, { kind: 'grant' }>, 'kind'>;
/** What was last known of one compartment. */
export type CompartmentRecord = Omit<Extract<LedgerRecord, { kind: 'compartment' }>, 'kind'>;
