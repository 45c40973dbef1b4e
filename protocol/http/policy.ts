/**
 * The building's own times and bounds, as far as they differ from the defaults: staff there and operators change them.
 *
 * | route | answer |
 * | --- | --- |
 * | GET /api/v1/policy | `PolicyItem[]`: each with its bounds, its default, and who changed it |
 * | PATCH /api/v1/policy `PolicyChanges` | the same: what is named changes, for all banks, from the next command on |
 * | PUT /api/v1/policy `PolicyChanges` | the same: what is left out becomes its default again |
 */
import { z } from 'zod';
import { Actor } from '../log/payload.ts';
import { JamsToRetire } from './locks.ts';
import { PhoneCountry } from './phone-number.ts';

const HOUR_MS = 3_600_000;
/** Ninety days: the longest that any shop takes a parcel back. */
const MAX_WAIT_MS = 90 * 24 * HOUR_MS;
/** Two years: longer nobody needs who moved out. */
const MAX_KEPT_MS = 730 * 24 * HOUR_MS;
const Ms = z.int().min(100).max(HOUR_MS);

/**
 * What a building may change, within bounds that keep every door and visit alive. A line here, one in `policy-items.ts`, one
 * in `Policy` (`hub/deliveries/policy.ts`) and the words `policy.field.<name>` are all that a further policy takes: the
 * APIs and the pages are made from this. Times are named `…Ms`, hours of the day `…Hour`.
 */
export const PolicyChanges = z
  .strictObject({
    graceMs: z
      .int()
      .min(0)
      .max(24 * HOUR_MS),
    undoMs: z.int().min(0).max(HOUR_MS),
    confirmWithinMs: Ms,
    openNoticeMs: Ms,
    openAlarmMs: Ms,
    idleMs: Ms,
    warnMs: Ms,
    retries: z.int().min(0).max(10),
    jamsToRetire: JamsToRetire,
    firstReminderMs: z.int().min(HOUR_MS).max(MAX_WAIT_MS),
    secondReminderMs: z.int().min(HOUR_MS).max(MAX_WAIT_MS),
    remindFromHour: z.int().min(0).max(23),
    remindUntilHour: z.int().min(1).max(24),
    overdueMs: z
      .int()
      .min(24 * HOUR_MS)
      .max(MAX_WAIT_MS),
    formerMs: z
      .int()
      .min(24 * HOUR_MS)
      .max(MAX_WAIT_MS),
    wrongCodes: z.int().min(3).max(10),
    wrongWithinMs: Ms.min(60_000),
    wrongPauseMs: Ms.min(60_000),
    dropOffFromHour: z.int().min(0).max(23),
    dropOffUntilHour: z.int().min(0).max(24),
    desk: z.boolean(),
    vacated: z.enum(['take-back', 'desk']),
    phoneCountry: PhoneCountry,
    photosMs: z
      .int()
      .min(24 * HOUR_MS)
      .max(MAX_WAIT_MS),
    contactsMs: z
      .int()
      .min(24 * HOUR_MS)
      .max(MAX_KEPT_MS),
    backupEvery: z.enum(['six-hours', 'day', 'week']),
    backupHour: z.int().min(0).max(23),
    backupDays: z.int().min(1).max(31),
    backupWeeks: z.int().min(0).max(52),
    backupMonths: z.int().min(0).max(24),
  })
  .partial();
export type PolicyChanges = z.infer<typeof PolicyChanges>;

/** The row of the settings that holds them. */
export const POLICY_ROW = 'policy';

const Value = z.union([z.number(), z.boolean(), z.string()]);

const Described = z.object({
  /** Those that end with `Ms` are milliseconds. */
  name: z.string(),
  standard: Value,
  value: Value,
  /** Null where nobody at this building has set what it is now. */
  changedBy: Actor.extend({ name: z.string().nullable() }).nullable(),
  changedAt: z.number().nullable(),
});

export const PolicyItem = z.discriminatedUnion('kind', [
  Described.extend({ kind: z.literal('number'), min: z.number(), max: z.number() }),
  Described.extend({ kind: z.literal('switch') }),
  Described.extend({ kind: z.literal('choice'), choices: z.array(z.string()) }),
]);
export type PolicyItem = z.infer<typeof PolicyItem>;
