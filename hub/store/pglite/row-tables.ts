/** How the rows beside the log are written: which column holds which field, and as what. */
import { type Statement, storable } from '@lockerhub/protocol/log/projections/statement.ts';
import type { Rows, RowTable } from '../rows.ts';
import type { RowChange } from '../store.ts';

type ColumnType = 'uuid' | 'text' | 'boolean' | 'bigint' | 'jsonb';

interface RowTableDefinition<Table extends RowTable> {
  readonly name: string;
  readonly columns: { readonly [Field in keyof Rows[Table]]: ColumnType };
}

/** One definition a table; `migrations.ts` creates them, and a test holds the two together. */
export const ROW_TABLES: { readonly [Table in RowTable]: RowTableDefinition<Table> } = {
  units: { name: 'units', columns: { id: 'uuid', name: 'text' } },
  households: { name: 'households', columns: { id: 'uuid', unit: 'uuid' } },
  residents: {
    name: 'residents',
    columns: {
      id: 'uuid',
      household: 'uuid',
      name: 'text',
      language: 'text',
      email: 'text',
      accessible: 'boolean',
      onlyMe: 'boolean',
      pinHash: 'text',
      fobHash: 'text',
      movedOut: 'boolean',
      movedOutAt: 'bigint',
      externalId: 'text',
      contacts: 'jsonb',
      away: 'jsonb',
    },
  },
  carriers: { name: 'carriers', columns: { id: 'uuid', name: 'text' } },
  couriers: {
    name: 'couriers',
    columns: { id: 'uuid', carrier: 'uuid', name: 'text', hours: 'jsonb', revoked: 'boolean' },
  },
  staff: {
    name: 'staff',
    columns: {
      id: 'uuid',
      login: 'text',
      name: 'text',
      role: 'text',
      passwordHash: 'text',
      email: 'text',
      language: 'text',
      disabled: 'boolean',
    },
  },
  staffSessions: { name: 'staff_sessions', columns: { id: 'text', staff: 'uuid', startedAt: 'bigint' } },
  banks: {
    name: 'banks',
    columns: { id: 'text', layout: 'jsonb', file: 'text', reach: 'text', credentialHash: 'text' },
  },
  terminals: {
    name: 'terminals',
    columns: {
      id: 'uuid',
      name: 'text',
      bank: 'text',
      tokenHash: 'text',
      pairedAt: 'bigint',
      revoked: 'boolean',
    },
  },
  agents: {
    name: 'agents',
    columns: {
      id: 'uuid',
      bank: 'text',
      state: 'text',
      name: 'text',
      publicKey: 'text',
      certificate: 'text',
      nextCertificate: 'text',
      invitedAt: 'bigint',
      joinedAt: 'bigint',
      strangers: 'bigint',
    },
  },
  listings: { name: 'listings', columns: { id: 'uuid', holders: 'jsonb' } },
  parcels: { name: 'parcels', columns: { id: 'uuid', tracking: 'text' } },
  rosterImports: {
    name: 'roster_imports',
    columns: {
      id: 'uuid',
      state: 'text',
      at: 'bigint',
      staff: 'text',
      columns: 'jsonb',
      pieces: 'bigint',
      applied: 'bigint',
      counts: 'jsonb',
      kept: 'bigint',
    },
  },
  rosterPieces: {
    name: 'roster_pieces',
    columns: { id: 'text', rosterImport: 'uuid', changes: 'jsonb' },
  },
  settings: { name: 'settings', columns: { id: 'text', value: 'jsonb' } },
};

/** A field's column: `passwordHash` is kept in `password_hash`. */
export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The statement that writes a row (whole, whether it was there or not) or removes it. */
export function rowStatement(change: RowChange): Statement {
  const { name, columns } = ROW_TABLES[change.table];
  if ('remove' in change) {
    return { sql: `delete from ${name} where id = $1`, parameters: [change.remove] };
  }
  const row: Readonly<Record<string, unknown>> = { ...change.row };
  const fields = Object.entries(columns as Readonly<Record<string, ColumnType>>);
  return {
    sql: upsert(
      name,
      fields.map(([field]) => columnOf(field)),
    ),
    parameters: fields.map(([field, type]) => asParameter(row[field], type)),
  };
}

function upsert(table: string, columns: readonly string[]): string {
  const values = columns.map((_, index) => `$${index + 1}`).join(', ');
  const changes = columns
    .filter((column) => column !== 'id')
    .map((column) => `${column} = excluded.${column}`);
  return `insert into ${table} (${columns.join(', ')}) values (${values})
    on conflict (id) do update set ${changes.join(', ')}`;
}

function asParameter(value: unknown, type: ColumnType): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (type === 'jsonb')
    return JSON.stringify(value, (_key, part) => (typeof part === 'string' ? storable(part) : part));
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Math.trunc(value);
  return storable(String(value));
}
