/**
 * The walk: staff go from door to door of a bank and say what is inside. Several may walk one bank at once.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/reconciliations/:bank | `ReconciliationView` |
 * | POST /api/v1/reconciliations/:bank `ReconcileAct` | `ReconciliationView` |
 * | GET  /api/v1/desk | `DeskView` |
 * | POST /api/v1/desk/reconcile `ReconcileDesk` | `DeskView` |
 */
import { z } from 'zod';
import { ZoneName } from '../bank/layout.ts';
import { CompartmentNumber, Id } from '../ids.ts';
import { Finding, Foreign, MAX_DESK_PARCELS, MAX_FOREIGN_ZONES } from '../log/payloads/reconciliation.ts';

export const ReconcileAct = z.discriminatedUnion('act', [
  z.object({ act: z.literal('start') }),
  /** The asker stands at this door: others go to another one. */
  z.object({ act: z.literal('go'), compartment: CompartmentNumber }),
  z.object({ act: z.literal('open'), compartment: CompartmentNumber }),
  z.object({
    act: z.literal('say'),
    compartment: CompartmentNumber,
    /** What the asker was shown as being inside, split: a record that changed meanwhile has to be looked at again. */
    there: z.array(Id).max(50),
    missing: z.array(Id).max(50),
    foreign: Foreign,
    /**
     * On which zones of the room behind the door it was found: only these are closed by it. None: behind the door, or
     * elsewhere in the room, which is then closed as a whole.
     */
    zones: z.array(ZoneName).max(MAX_FOREIGN_ZONES).default([]),
    /** Corrects the records at once: what is missing is ended. Without it the differences become cases. */
    reason: z.string().trim().min(3).max(200).optional(),
  }),
  z.object({ act: z.literal('no-opening'), compartment: CompartmentNumber }),
  z.object({ act: z.literal('skip'), compartment: CompartmentNumber }),
  z.object({ act: z.literal('end') }),
]);
export type ReconcileAct = z.infer<typeof ReconcileAct>;

export const ReconciliationView = z.object({
  walk: z
    .object({
      /** In the order in which one walks; `finding` null: nobody was there yet. */
      doors: z.array(z.object({ compartment: CompartmentNumber, finding: Finding.nullable() })),
      /** Who stands where. */
      at: z.array(z.object({ compartment: CompartmentNumber, staff: Id })),
    })
    .nullable(),
  /** The last walk that was ended; null: never. */
  last: z
    .object({ at: z.number(), asRecorded: z.int(), differs: z.int(), noOpening: z.int(), skipped: z.int() })
    .nullable(),
});
export type ReconciliationView = z.infer<typeof ReconciliationView>;

const AtDesk = z.object({ delivery: Id, unitName: z.string() });
export const DeskView = z.object({
  /** What the desk has by the records. */
  held: z.array(AtDesk),
  /** What a courier was told to bring. */
  awaited: z.array(AtDesk),
  /** When it was compared last; null: never. */
  last: z.object({ at: z.number(), there: z.int(), missing: z.int(), foreign: z.boolean() }).nullable(),
});
export type DeskView = z.infer<typeof DeskView>;

/** What is said of those that are named; of others nothing. Refused if one of them is not at the desk now. */
export const ReconcileDesk = z.object({
  there: z.array(Id).max(MAX_DESK_PARCELS),
  missing: z.array(Id).max(MAX_DESK_PARCELS),
  /** The desk holds something that no record has. */
  foreign: z.boolean(),
  /** Corrects the records at once: what is missing is ended. Without it the differences become cases. */
  reason: z.string().trim().min(3).max(200).optional(),
});
export type ReconcileDesk = z.infer<typeof ReconcileDesk>;
