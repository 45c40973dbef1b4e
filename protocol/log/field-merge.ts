/**
 * How hub and cloud agree on a row that both may change: one merge, run by both on every row that arrives, which gives
 * one result in whatever order, however often and however split the changes come.
 *
 * - A field: the later stamp wins.
 * - A **switch** (`revoked`, `disabled`): on beats any concurrent off. It is off again only where every "on" was known
 *   to whoever switched it off.
 * - **Removed** and **erased** are for good: nothing that is written later, or was written meanwhile, undoes them. An
 *   erased row keeps its id and loses its personal fields; a removed one keeps nothing but that it is removed.
 */
import { z } from 'zod';
import { Slug } from '../ids.ts';
import { canonicalJson } from './canonical.ts';
import { compareStamps, FieldStamp, laterStamp } from './stamp.ts';

/** The most fields of one row. */
const FIELDS = 40;
/** The most nodes that ever switched one switch: hub instances of a building and the gateway. */
const NODES = 200;

const FieldName = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/);
const Field = z.object({ value: z.json(), stamp: FieldStamp });
/** Node → the latest "on" of that node, as its stamp. */
const ByNode = z.record(Slug, FieldStamp).refine((nodes) => Object.keys(nodes).length <= NODES);
const Switch = z.object({
  on: ByNode,
  /** Node → the latest "on" of it that was known when the switch was put off. */
  off: ByNode,
});

/** A row as it is merged. What is absent was never written. */
export const MergedRow = z.object({
  fields: z.record(FieldName, Field).refine((fields) => Object.keys(fields).length <= FIELDS),
  switches: z.record(FieldName, Switch).refine((switches) => Object.keys(switches).length <= FIELDS),
  removed: FieldStamp.nullable(),
  erased: FieldStamp.nullable(),
});
export type MergedRow = z.infer<typeof MergedRow>;
type Field = z.infer<typeof Field>;
type Switch = z.infer<typeof Switch>;

/** A row of which nothing is known: merges with any other into that other. */
export const EMPTY_ROW: MergedRow = { fields: {}, switches: {}, removed: null, erased: null };

/**
 * The two as one: commutative, associative, idempotent.
 *
 * @param personal the table's fields that erasure takes away
 */
export function mergeRows(a: MergedRow, b: MergedRow, personal: readonly string[]): MergedRow {
  const erased = laterOf(a.erased, b.erased);
  const removed = laterOf(a.removed, b.removed);
  if (removed !== null) return { ...EMPTY_ROW, removed, erased };
  const fields = joined(a.fields, b.fields, laterField);
  if (erased !== null) for (const field of personal) delete fields[field];
  return {
    fields,
    switches: joined(a.switches, b.switches, mergeSwitches),
    removed,
    erased,
  };
}

/** A change of one field, to be merged into the row. */
export function fieldChange(field: string, value: Field['value'], stamp: FieldStamp): MergedRow {
  return { ...EMPTY_ROW, fields: { [field]: { value, stamp } } };
}

/** Switches it on, to be merged into the row. */
export function switchOn(name: string, stamp: FieldStamp): MergedRow {
  return { ...EMPTY_ROW, switches: { [name]: { on: { [stamp.node]: stamp }, off: {} } } };
}

/** Switches it off as far as `known`, the row as it is here, tells of "on". */
export function switchOff(name: string, known: MergedRow): MergedRow {
  return { ...EMPTY_ROW, switches: { [name]: { on: {}, off: known.switches[name]?.on ?? {} } } };
}

/** Whether a switch is on: some "on" was not known to anybody who switched it off. */
export function isOn(row: MergedRow, name: string): boolean {
  const found = row.switches[name];
  if (!found) return false;
  return Object.entries(found.on).some(([node, on]) => {
    const off = found.off[node];
    return off === undefined || compareStamps(on, off) > 0;
  });
}

function mergeSwitches(a: Switch, b: Switch): Switch {
  return { on: joined(a.on, b.on, laterStamp), off: joined(a.off, b.off, laterStamp) };
}

function laterField(a: Field, b: Field): Field {
  const order = compareStamps(a.stamp, b.stamp);
  if (order !== 0) return order > 0 ? a : b;
  // Two values of one stamp: a fault of ours or a forged row. Both sides still have to agree on one of them.
  return canonicalJson(a.value) >= canonicalJson(b.value) ? a : b;
}

function laterOf(a: FieldStamp | null, b: FieldStamp | null): FieldStamp | null {
  if (a === null || b === null) return a ?? b;
  return laterStamp(a, b);
}

function joined<Value>(
  a: Readonly<Record<string, Value>>,
  b: Readonly<Record<string, Value>>,
  join: (a: Value, b: Value) => Value,
): Record<string, Value> {
  const both: Record<string, Value> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const own = both[name];
    both[name] = own === undefined ? value : join(own, value);
  }
  return both;
}
