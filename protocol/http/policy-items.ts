/** The policy of a building that has changed nothing, and every setting with what it may be: one table for hub and cloud. */
import { z } from 'zod';
import { WRONG_CODES } from '../codes/guess-limit.ts';
import { PolicyChanges, type PolicyItem } from './policy.ts';

const HOUR_MS = 3_600_000;

type Settings = { readonly [Name in keyof PolicyChanges]-?: Exclude<PolicyChanges[Name], undefined> };

/** The defaults of the project's first issue ("What to build", 5; "What faults get") and of the design, section 10. */
export const STANDARD_POLICY: Settings = {
  graceMs: 15 * 60_000,
  undoMs: 60_000,
  confirmWithinMs: 15_000,
  openNoticeMs: 30_000,
  openAlarmMs: 2 * 60_000,
  idleMs: 45_000,
  warnMs: 15_000,
  retries: 2,
  jamsToRetire: 3,
  photosMs: 30 * 24 * HOUR_MS,
  contactsMs: 90 * 24 * HOUR_MS,
  firstReminderMs: 24 * HOUR_MS,
  secondReminderMs: 72 * HOUR_MS,
  remindFromHour: 8,
  remindUntilHour: 21,
  overdueMs: 7 * 24 * HOUR_MS,
  formerMs: 14 * 24 * HOUR_MS,
  wrongCodes: WRONG_CODES.wrongCodes,
  wrongWithinMs: WRONG_CODES.wrongWithinMs,
  wrongPauseMs: WRONG_CODES.wrongPauseMs,
  dropOffFromHour: 0,
  dropOffUntilHour: 24,
  desk: true,
  vacated: 'take-back',
  phoneCountry: 'none',
  // By night; a week of days and two months of weeks, so that a mistake that is found late can be looked up. No months: what was
  // erased since lives on in a backup for as long as that is kept.
  backupEvery: 'day',
  backupHour: 3,
  backupDays: 7,
  backupWeeks: 8,
  backupMonths: 0,
};

export const POLICY_NAMES = Object.keys(PolicyChanges.shape) as readonly (keyof Settings)[];

/** What of a policy's schema a page needs to ask for it. */
const SchemaBounds = z.union([
  z
    .object({ type: z.literal('integer'), minimum: z.number(), maximum: z.number() })
    .transform(({ minimum, maximum }) => ({ kind: 'number' as const, min: minimum, max: maximum })),
  z.object({ type: z.literal('boolean') }).transform(() => ({ kind: 'switch' as const })),
  z
    .object({ type: z.literal('string'), enum: z.array(z.string()) })
    .transform(({ enum: choices }) => ({ kind: 'choice' as const, choices })),
]);
const BOUNDS = z.record(z.string(), SchemaBounds).parse(z.toJSONSchema(PolicyChanges).properties) as Readonly<
  Record<keyof Settings, z.infer<typeof SchemaBounds>>
>;

/** Every setting as it is where these were changed; who set it is not known from them. */
export function policyItems(changes: PolicyChanges): (PolicyItem & { readonly name: keyof Settings })[] {
  return POLICY_NAMES.map((name) => ({
    name,
    ...BOUNDS[name],
    standard: STANDARD_POLICY[name],
    value: changes[name] ?? STANDARD_POLICY[name],
    changedBy: null,
    changedAt: null,
  }));
}
