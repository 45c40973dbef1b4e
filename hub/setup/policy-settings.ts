/** The building's own times and bounds: the row `policy` of the settings over the defaults. */
import { POLICY_ROW, PolicyChanges, type PolicyItem } from '@lockerhub/protocol/http/policy.ts';
import { policyItems, STANDARD_POLICY } from '@lockerhub/protocol/http/policy-items.ts';
import { Actor } from '@lockerhub/protocol/log/payload.ts';
import { z } from 'zod';
import type { Policy } from '../deliveries/policy.ts';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';

/** As the row is read: a setting of newer software, here or in the cloud, is left alone. */
const KeptPolicy = z.object(PolicyChanges.shape);
/** Beside the policy, merged key by key like it: who set what, and when by the hub's wall clock. */
const AUTHORS_ROW = 'policy-authors';

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

  /** Every policy with what it may be, what it is, and who set it. */
  list(): PolicyItem[] {
    const authors = this.#authors();
    return policyItems(this.get()).map((item) => {
      const author = authors[item.name];
      // An operator of the cloud may have changed it since: then nobody here did.
      const known = author?.value === item.value ? author : undefined;
      return {
        ...item,
        changedBy: known ? { ...known.by, name: this.#nameOf(known.by) } : null,
        changedAt: known?.at ?? null,
      };
    });
  }

  /** Makes it what is given; what is left out becomes the default again. */
  replace(by: Actor, policy: PolicyChanges): Promise<void> {
    return this.change(by, { ...STANDARD_POLICY, ...policy });
  }

  /** Changes some of it, for all banks. What is as it was leaves no entry. */
  async change(by: Actor, changes: PolicyChanges): Promise<void> {
    const before: Readonly<Record<string, unknown>> = { ...this.get() };
    const changed = Object.entries(changes).filter(([name, value]) => value !== before[name]);
    if (changed.length === 0) return;
    const value = { ...this.#register.get('settings', POLICY_ROW)?.value, ...Object.fromEntries(changed) };
    const at = this.#log.now();
    const authors = changed.map(([name, set]) => [name, { by, at, value: set }] as const);
    await this.#log.record(
      by,
      [
        {
          type: 'row.changed',
          data: { table: 'policies', row: POLICY_ROW, fields: changed.map(([name]) => name) },
        },
      ],
      [
        { table: 'settings', row: { id: POLICY_ROW, value } },
        {
          table: 'settings',
          row: { id: AUTHORS_ROW, value: { ...this.#authors(), ...Object.fromEntries(authors) } },
        },
      ],
    );
  }

  #nameOf({ kind, id }: Actor): string | null {
    return kind === 'staff' && id !== undefined ? (this.#register.get('staff', id)?.name ?? null) : null;
  }

  #authors(): Authors {
    const read = Authors.safeParse(this.#register.get('settings', AUTHORS_ROW)?.value ?? {});
    return read.success ? read.data : {};
  }
}

const Authors = z.record(
  z.string(),
  z.object({ by: Actor, at: z.number(), value: z.union([z.number(), z.boolean(), z.string()]) }),
);
type Authors = Readonly<Partial<z.infer<typeof Authors>>>;

function policyOf(value: unknown): Policy {
  const changes = KeptPolicy.safeParse(value);
  if (!changes.success) {
    const issue = changes.error.issues[0];
    throw new HubError('building-invalid', `policy.${issue?.path.join('.')}: ${issue?.message}`, {
      cause: changes.error,
    });
  }
  // `partial` adds undefined to each type; a parsed row holds none.
  return { ...STANDARD_POLICY, ...(changes.data as Partial<Policy>) };
}
