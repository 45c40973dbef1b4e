/** The building's own times and bounds: the row `policy` of the settings over the defaults. */
import { JamsToRetire } from '@lockerhub/protocol/http/locks.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import { z } from 'zod';
import type { Policy } from '../deliveries/command.ts';
import { DEFAULT_POLICY } from '../deliveries/policy.ts';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';

const POLICY_ROW = 'policy';

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
    jamsToRetire: JamsToRetire,
  })
  .partial();
export type PolicyChanges = z.infer<typeof PolicyChanges>;

/** The building's policy: read at each use, so that a change holds from the next command on. */
export class PolicySettings {
  readonly #register: Register;
  readonly #log: BuildingLog;
  #known: { readonly row: unknown; readonly policy: Policy } | undefined;

  /** @throws HubError `building-invalid` if the row does not fit. */
  constructor(register: Register, log: BuildingLog) {
    this.#register = register;
    this.#log = log;
    this.get();
  }

  /** What holds now. @throws HubError `building-invalid` if the row does not fit. */
  get(): Policy {
    const row = this.#register.get('settings', POLICY_ROW);
    if (!this.#known || this.#known.row !== row) this.#known = { row, policy: policyOf(row?.value ?? {}) };
    return this.#known.policy;
  }

  /** Changes some of it, for all banks. What is as it was leaves no entry. */
  async change(by: Actor, changes: PolicyChanges): Promise<void> {
    const before: Readonly<Record<string, unknown>> = { ...this.get() };
    const fields = Object.entries(changes).flatMap(([name, value]) => (value === before[name] ? [] : [name]));
    if (fields.length === 0) return;
    const value = { ...this.#register.get('settings', POLICY_ROW)?.value, ...changes };
    await this.#log.record(
      by,
      [{ type: 'row.changed', data: { table: 'policies', row: POLICY_ROW, fields } }],
      [{ table: 'settings', row: { id: POLICY_ROW, value } }],
    );
  }
}

function policyOf(value: unknown): Policy {
  const changes = PolicyChanges.safeParse(value);
  if (!changes.success) {
    const issue = changes.error.issues[0];
    throw new HubError('building-invalid', `policy.${issue?.path.join('.')}: ${issue?.message}`, {
      cause: changes.error,
    });
  }
  // `partial` adds undefined to each type; a parsed row holds none.
  return { ...DEFAULT_POLICY, ...(changes.data as Partial<Policy>) };
}
