/** From what a request says to the definition of a shape: looks at the table, and has Postgres read the constants. */
import type { ShapeDefinition } from '../shapes/definition.ts';
import { readTable } from '../tables/catalogue.ts';
import { type Database, sqlState } from '../tables/database.ts';
import { keyColumns, type Table } from '../tables/table.ts';
import { splitNames } from '../tables/table-name.ts';
import { bindWhere } from '../where/bind.ts';
import { constantsOf, typeForCast, withConstants } from '../where/constants.ts';
import { type Expression, WhereError } from '../where/expression.ts';
import { parseWhere } from '../where/parse.ts';
import type { Wanted } from './query.ts';
import { badRequest } from './refusal.ts';

/** SQLSTATE classes 22: a value that its type does not take. */
const DATA_EXCEPTION = /^22/;

/** @throws BadRequest in Electric's words; SimError `database-away`. */
export async function resolveDefinition(database: Database, wanted: Wanted): Promise<ShapeDefinition> {
  const table = await findTable(database, wanted.table);
  const columns = chosenColumns(wanted.columns, table);
  const where = wanted.where === null ? null : await filterOf(database, table, wanted.where, wanted);
  return { table, where, columns, replica: wanted.replica, log: wanted.log };
}

async function findTable(database: Database, text: string): Promise<Table> {
  const names = splitNames(text, '.');
  if (!names || names.length > 2) throw badRequest('table', `Invalid table name: ${text}`);
  const [schema, name] = names.length === 2 ? names : ['public', names[0]];
  const table = await readTable(database, String(schema), String(name));
  if (table) return table;
  throw badRequest(
    'table',
    `Table "${schema}"."${name}" does not exist. If the table name contains capitals or special characters you must quote it.`,
  );
}

function chosenColumns(text: string | null, table: Table): readonly string[] {
  const all = table.columns.map(({ name }) => name);
  const chosen = text === null ? all : splitNames(text, ',');
  if (!chosen) throw badRequest('columns', 'Invalid list of columns');
  const missing = hasKey(table) ? keyColumns(table).filter((column) => !chosen.includes(column)) : [];
  if (missing.length > 0) {
    throw badRequest(
      'columns',
      `The list of columns must include all primary key columns, missing: ${missing.join(', ')}`,
    );
  }
  const unknown = chosen.filter((column) => !all.includes(column));
  if (unknown.length > 0) {
    throw badRequest('columns', `The following columns are not found on the table: ${unknown.join(', ')}`);
  }
  return [...new Set(chosen)].sort();
}

function hasKey(table: Table): boolean {
  return table.columns.some(({ keyIndex }) => keyIndex !== null);
}

async function filterOf(
  database: Database,
  table: Table,
  text: string,
  { parameters }: Wanted,
): Promise<Expression> {
  try {
    return await readConstants(database, table, bindWhere(parseWhere(text), table, parameters));
  } catch (error) {
    if (error instanceof WhereError) throw badRequest('where', error.message);
    throw error;
  }
}

/** Constants in the form in which Postgres writes values of their type: `01` as `1`, a time in UTC. */
async function readConstants(database: Database, table: Table, filter: Expression): Promise<Expression> {
  const constants = constantsOf(filter);
  if (constants.length === 0) return filter;
  const casts = constants.map(
    ({ column }, index) => `$${index + 1}::text::${typeForCast(table, column)}::text`,
  );
  try {
    const [row] = await database.rows<Record<string, string>>(
      `SELECT ${casts.map((cast, index) => `${cast} AS c${index}`).join(', ')}`,
      constants.map(({ value }) => value),
    );
    return withConstants(
      filter,
      constants.map((_, index) => row?.[`c${index}`] ?? ''),
    );
  } catch (error) {
    if (DATA_EXCEPTION.test(sqlState(error) ?? '')) throw badRequest('where', (error as Error).message);
    throw error;
  }
}
