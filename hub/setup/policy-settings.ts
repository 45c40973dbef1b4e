/** The building's own times and bounds: the row `policy` of the settings over the defaults. */
import { z } from 'zod';
import type { Policy } from '../deliveries/command.ts';
import { DEFAULT_POLICY } from '../deliveries/policy.ts';
import { HubError } from '../error.ts';
import type { Register } from '../log/register.ts';

export const POLICY_ROW = 'policy';

const HOUR_MS = 3_600_000;
const Ms = z.int().min(100).max(HOUR_MS);

/** What a building may change, within bounds that keep every door and visit alive. */
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
    jamsToRetire: z.int().min(1).max(20),
  })
  .partial();
export type PolicyChanges = z.infer<typeof PolicyChanges>;

/** The policy that holds from this start on. @throws HubError `building-invalid` if the row does not fit. */
export function policyOf(register: Register): Policy {
  const row = register.get('settings', POLICY_ROW);
  const changes = PolicyChanges.safeParse(row?.value ?? {});
  if (!changes.success) {
    const issue = changes.error.issues[0];
    throw new HubError('building-invalid', `policy.${issue?.path.join('.')}: ${issue?.message}`, {
      cause: changes.error,
    });
  }
  // `partial` adds undefined to each type; a parsed row holds none.
  return { ...DEFAULT_POLICY, ...(changes.data as Partial<Policy>) };
}
