/**
 * Things of one kind that a building keeps among its settings, a row each. Hub and cloud merge them one by one, and one
 * that was removed is removed for good. As fields of one row they would be called by their ids, which no field may be
 * (protocol/log/field-merge.ts), and those that were removed would count among its forty for ever.
 */
import type { z } from 'zod';
import type { RowChange } from '../store/store.ts';
import type { Register } from './register.ts';

export class SettingRows<Schema extends z.ZodObject> {
  readonly #register: Register;
  readonly #prefix: string;
  readonly #schema: Schema;

  /** @param kind begins the rows' ids: `webhook:01a2…` */
  constructor(register: Register, kind: string, schema: Schema) {
    this.#register = register;
    this.#prefix = `${kind}:`;
    this.#schema = schema;
  }

  /** Those that this software can read, by their ids. */
  all(): readonly { readonly id: string; readonly kept: z.infer<Schema> }[] {
    return this.#register.all('settings').flatMap(({ id, value }) => {
      if (!id.startsWith(this.#prefix)) return [];
      const { data } = this.#schema.safeParse(value);
      return data ? [{ id: id.slice(this.#prefix.length), kept: data }] : [];
    });
  }

  /** Also one that only newer software can read. */
  has(id: string): boolean {
    return this.#register.get('settings', this.#prefix + id) !== undefined;
  }

  /** How one is written; null: removed. */
  change(id: string, kept: z.infer<Schema> | null): RowChange {
    const row = this.#prefix + id;
    return kept ? { table: 'settings', row: { id: row, value: kept } } : { table: 'settings', remove: row };
  }
}
