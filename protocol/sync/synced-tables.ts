/**
 * The rows that hub and cloud both keep: which fields a table has, which of them are switches, which are personal, and
 * who may change them. Hub and cloud make their columns from this, so that a row is one thing on both sides.
 *
 * Rules for change: a table gains fields that may be null, never loses or re-means one. A field that one side does not
 * know yet travels in its stamps and values all the same and is never dropped (`merged-row.ts`).
 */

import type { MergedRow } from '../log/field-merge.ts';

/** How a field is kept in a column. */
export type FieldType = 'uuid' | 'text' | 'boolean' | 'bigint' | 'jsonb';

export interface SyncedTable {
  /** Of the key, `id`: a UUID of ours, or a name (a bank's slug, a setting's name). */
  readonly id: 'uuid' | 'text';
  /** Field → how it is kept. A column is the field's name in snake_case. */
  readonly fields: Readonly<Record<string, FieldType>>;
  /** Booleans for which "on" beats a concurrent "off" (`../log/field-merge.ts`); columns like the others. */
  readonly switches: readonly string[];
  /** Fields that may be null; a row that lacks another one is not shown until that has come. */
  readonly optional: readonly string[];
  /** What erasure takes away. */
  readonly personal: readonly string[];
  /** `hub`: an operator never changes it; the cloud keeps it for the hub that will replace this one. */
  readonly writer: 'both' | 'hub';
  /** A jsonb field whose keys are merged one by one, as if each were a field. */
  readonly spread?: string;
}

const DEFINITIONS = {
  units: { id: 'uuid', fields: { name: 'text' }, switches: [], optional: [], personal: [], writer: 'both' },
  households: {
    id: 'uuid',
    fields: { unit: 'uuid' },
    switches: [],
    optional: [],
    personal: [],
    writer: 'both',
  },
  residents: {
    id: 'uuid',
    fields: {
      household: 'uuid',
      name: 'text',
      language: 'text',
      email: 'text',
      accessible: 'boolean',
      onlyMe: 'boolean',
      pinHash: 'text',
      fobHash: 'text',
      movedOutAt: 'bigint',
      externalId: 'text',
      contacts: 'jsonb',
      away: 'jsonb',
    },
    switches: ['movedOut'],
    optional: [
      'email',
      'accessible',
      'onlyMe',
      'pinHash',
      'fobHash',
      'movedOutAt',
      'externalId',
      'contacts',
      'away',
    ],
    personal: [
      'name',
      'email',
      'externalId',
      'accessible',
      'onlyMe',
      'pinHash',
      'fobHash',
      'contacts',
      'away',
    ],
    writer: 'both',
  },
  carriers: {
    id: 'uuid',
    fields: { name: 'text' },
    switches: [],
    optional: [],
    personal: [],
    writer: 'both',
  },
  couriers: {
    id: 'uuid',
    fields: { carrier: 'uuid', name: 'text', hours: 'jsonb' },
    switches: ['revoked'],
    optional: ['name', 'hours'],
    personal: ['name'],
    writer: 'both',
  },
  staff: {
    id: 'uuid',
    fields: {
      login: 'text',
      name: 'text',
      role: 'text',
      passwordHash: 'text',
      email: 'text',
      language: 'text',
    },
    switches: ['disabled'],
    optional: ['email', 'language'],
    personal: ['login', 'name', 'passwordHash', 'email', 'language'],
    writer: 'both',
  },
  banks: {
    id: 'text',
    fields: { layout: 'jsonb', file: 'text', reach: 'text', credentialHash: 'text' },
    switches: [],
    optional: [],
    personal: [],
    writer: 'both',
  },
  settings: {
    id: 'text',
    fields: { value: 'jsonb' },
    switches: [],
    optional: [],
    personal: [],
    writer: 'both',
    spread: 'value',
  },
  terminals: {
    id: 'uuid',
    fields: { name: 'text', bank: 'text', tokenHash: 'text', pairedAt: 'bigint' },
    switches: ['revoked'],
    optional: ['bank'],
    personal: [],
    writer: 'hub',
  },
  agents: {
    id: 'uuid',
    fields: {
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
    switches: [],
    optional: ['name', 'publicKey', 'certificate', 'nextCertificate', 'joinedAt'],
    personal: [],
    writer: 'hub',
  },
  listings: {
    id: 'uuid',
    fields: { holders: 'jsonb' },
    switches: [],
    optional: [],
    personal: [],
    writer: 'hub',
  },
  parcels: {
    id: 'uuid',
    fields: { tracking: 'text' },
    switches: [],
    optional: ['tracking'],
    personal: ['tracking'],
    writer: 'hub',
  },
} as const satisfies Record<string, SyncedTable>;

export type SyncedTableName = keyof typeof DEFINITIONS;

/** Table → its definition. */
export const SYNCED_TABLES: { readonly [Table in SyncedTableName]: SyncedTable } = DEFINITIONS;

/** All of them, referents before what refers to them. */
export const SYNCED_TABLE_NAMES = Object.keys(DEFINITIONS) as readonly SyncedTableName[];

/** Field → its column, of those that were asked for: tens of thousands of rows ask for the same few. */
const COLUMNS = new Map<string, string>();

/** A field's column: `passwordHash` is kept in `password_hash`. */
export function columnOf(field: string): string {
  const known = COLUMNS.get(field);
  if (known !== undefined) return known;
  const column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  COLUMNS.set(field, column);
  return column;
}

/** Whether nothing is missing that a row of this table must have. A removed row is not whole. */
export function isWhole(table: SyncedTable, row: MergedRow): boolean {
  if (row.removed !== null) return false;
  if (table.spread !== undefined) return true;
  return neededOf(table).every(([field, type]) => {
    const value = row.fields[field]?.value ?? null;
    return value !== null && fits(type, value);
  });
}

/** Table → its fields that a row must have: tens of thousands of rows ask for the same few. */
const NEEDED = new WeakMap<SyncedTable, readonly (readonly [string, FieldType])[]>();

function neededOf(table: SyncedTable): readonly (readonly [string, FieldType])[] {
  const known = NEEDED.get(table);
  if (known) return known;
  const needed = Object.entries(table.fields).filter(([field]) => !table.optional.includes(field));
  NEEDED.set(table, needed);
  return needed;
}

/** As Postgres gives it back: a UUID in other letters comes back changed, and a merge must not change a value. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a column of this type gives the value back as it is. A row that the other side sends may hold anything. */
export function fits(type: FieldType | undefined, value: MergedRow['fields'][string]['value']): boolean {
  if (type === undefined) return false;
  if (value === null) return true;
  switch (type) {
    case 'jsonb':
      return true;
    case 'text':
      return typeof value === 'string';
    case 'uuid':
      return typeof value === 'string' && UUID.test(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'bigint':
      return Number.isSafeInteger(value);
  }
}
