/**
 * Who lives where, as a whole: a list from the manager's other software is compared with what is here, and taken over.
 *
 * | route | answer |
 * | --- | --- |
 * | POST /api/v1/roster/preview | `RosterPreview`: what the list would change; nothing is written |
 * | PUT /api/v1/roster | `RosterImport`: the list is being taken over |
 * | GET /api/v1/roster | `RosterImport` or null: how far the newest one is |
 * | POST /api/v1/roster/undo | `RosterImport`: the newest one is being taken back |
 *
 * The list is the body: CSV (`text/csv`) as it was exported, whatever its encoding and separator, or JSON (`RosterList`).
 * Query: `RosterOptions`.
 */
import { z } from 'zod';
import { Id } from '../ids.ts';

/** The most people of a list. The largest buildings that we know of have some thousands. */
export const MAX_ROSTER_ROWS = 30_000;

/** What a column may hold. `name`, or `firstName` and `lastName`. */
export const ROSTER_FIELDS = [
  'externalId',
  'unit',
  'household',
  'name',
  'firstName',
  'lastName',
  'email',
  'phone',
  'language',
] as const;
export const RosterField = z.enum(ROSTER_FIELDS);
export type RosterField = z.infer<typeof RosterField>;

/** Field → the header of its column. */
export const RosterColumns = z.partialRecord(RosterField, z.string().max(200));
export type RosterColumns = z.infer<typeof RosterColumns>;

/** A list as JSON: rows with the fields' own names. */
export const RosterList = z.object({
  residents: z
    .array(z.partialRecord(RosterField, z.string().max(300)))
    .min(1)
    .max(MAX_ROSTER_ROWS),
});

export const RosterOptions = z.object({
  /** `RosterColumns` as JSON; without it those of the last import, else what the headers sound like. */
  columns: z.string().max(4_000).optional(),
  /** Whether those who are not in the list move out. */
  gone: z.enum(['move-out', 'stay']).default('stay'),
  /** The number of those who move out, typed by a person where `confirmationNeeded`. */
  confirm: z.coerce.number().int().optional(),
});

/** More than this share of all residents moves out: a person types how many. */
export const GONE_SHARE_TO_CONFIRM = 0.1;

const Person = z.object({ unit: z.string(), name: z.string() });
export const RosterFault = z.object({ line: z.int(), field: z.string().nullable(), what: z.string() });
export type RosterFault = z.infer<typeof RosterFault>;

export const RosterPreview = z.object({
  /** All columns of the list, and which field is read from which. */
  headers: z.array(z.string()),
  columns: RosterColumns,
  counts: z.object({
    rows: z.int(),
    added: z.int(),
    changed: z.int(),
    gone: z.int(),
    same: z.int(),
    faults: z.int(),
  }),
  confirmationNeeded: z.boolean(),
  /** The first of each. */
  added: z.array(Person),
  changed: z.array(Person.extend({ fields: z.array(z.string()) })),
  gone: z.array(Person),
  faults: z.array(RosterFault),
});
export type RosterPreview = z.infer<typeof RosterPreview>;

export const RosterImport = z.object({
  import: Id,
  /** `staging`: being written beside; nothing is taken over yet. */
  state: z.enum(['staging', 'applying', 'done', 'undoing', 'undone']),
  at: z.number(),
  byName: z.string().nullable(),
  pieces: z.int(),
  /** So many pieces are taken over. */
  applied: z.int(),
  counts: z.object({ added: z.int(), changed: z.int(), gone: z.int() }),
  /** Rows that undoing left as they were, because somebody changed or used them since. */
  kept: z.int(),
});
export type RosterImport = z.infer<typeof RosterImport>;
