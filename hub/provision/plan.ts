/** What a building can be filled with before its first start. */

import { Contacts } from '@lockerhub/protocol/http/messages.ts';
import { PolicyChanges } from '@lockerhub/protocol/http/policy.ts';
import { Email, Login, Password, Role } from '@lockerhub/protocol/http/staff.ts';
import { Slug } from '@lockerhub/protocol/ids.ts';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { BuildingInfo } from '../setup/building-settings.ts';

const Name = z.string().trim().min(1).max(120);

export const Plan = z.strictObject({
  building: BuildingInfo.strict(),
  /** Times and bounds that differ from the defaults. */
  policy: PolicyChanges.default({}),
  /** Without a password one is made. */
  staff: z
    .array(
      z.strictObject({
        login: Login,
        name: Name,
        role: Role,
        password: Password.optional(),
        /** Where they are told by mail what only managers can mend. */
        email: Email.optional(),
      }),
    )
    .min(1)
    .max(100),
  residents: z
    .array(
      z.strictObject({
        unit: z.string().trim().min(1).max(40),
        name: Name,
        language: z.string().min(2).max(20).default('en'),
        email: z.email().optional(),
        /** How they are reached, in this order; absent: by the e-mail alone. */
        contacts: Contacts.optional(),
        /** People of a unit with the same word here share a lease; without it each is a household alone. */
        household: z.string().max(40).optional(),
      }),
    )
    .max(5_000)
    .default([]),
  couriers: z
    .array(z.strictObject({ carrier: Name, name: Name }))
    .max(1_000)
    .default([]),
  /** `file`: path of the bank file, from the folder of this one. */
  banks: z
    .array(z.strictObject({ file: z.string().min(1), reach: z.enum(['hub', 'agent']) }))
    .max(64)
    .default([]),
  terminals: z
    .array(z.strictObject({ name: Name, bank: Slug.nullable().default(null) }))
    .max(100)
    .default([]),
});
export type Plan = z.infer<typeof Plan>;

/** Reads a plan. @throws HubError `building-invalid`, naming line or key. */
export function parsePlan(text: string, source: string): Plan {
  const document = parseDocument(text);
  const fault = document.errors[0];
  if (fault) throw new HubError('building-invalid', `${source}: ${fault.message}`, { cause: fault });
  const plan = Plan.safeParse(document.toJS());
  if (plan.success) return plan.data;
  const issue = plan.error.issues[0];
  throw new HubError('building-invalid', `${source}: ${issue?.path.join('.')}: ${issue?.message}`, {
    cause: plan.error,
  });
}
