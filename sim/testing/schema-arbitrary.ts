/** Values that a schema accepts, for property tests: made from the JSON Schema that zod derives. */
import fc from 'fast-check';
import { z } from 'zod';

/** The parts of JSON Schema that our schemas use. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  /** What zod makes of a discriminated union. */
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

/** Lists are kept short: what is tested is the shape, not the size. */
const LONGEST_LIST = 4;

/** Anything that `schema` accepts as its input. Refinements in code are not known here: filter for them. */
export function accepted<Schema extends z.ZodType>(schema: Schema): fc.Arbitrary<z.input<Schema>> {
  return fromJsonSchema(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema) as fc.Arbitrary<
    z.input<Schema>
  >;
}

function fromJsonSchema(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map(fromJsonSchema));
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fromJsonSchema));
  if (typeof schema.type === 'object') {
    return fc.oneof(...schema.type.map((type) => fromJsonSchema({ ...schema, type })));
  }
  switch (schema.type) {
    case 'object':
      return objects(schema);
    case 'array':
      return fc.array(fromJsonSchema(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? LONGEST_LIST, LONGEST_LIST)),
      });
    case 'string':
      return strings(schema);
    case 'integer':
      return fc.integer({
        min: Math.max(schema.minimum ?? schema.exclusiveMinimum ?? -0x80000000, -0x80000000),
        max: Math.min(schema.maximum ?? 0x7fffffff, 0x7fffffff),
      });
    case 'number':
      return numbers(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case undefined:
      return fc.jsonValue();
    default:
      throw new Error(`no arbitrary for a JSON Schema of type ${schema.type}; teach schema-arbitrary.ts`);
  }
}

function objects(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (!schema.properties) {
    const { additionalProperties: values } = schema;
    return fc.dictionary(
      fc.string({ maxLength: 10 }).filter((key) => key !== '__proto__'),
      fromJsonSchema(typeof values === 'object' ? values : {}),
      { maxKeys: LONGEST_LIST },
    );
  }
  const model = Object.fromEntries(
    Object.entries(schema.properties).map(([key, property]) => [key, fromJsonSchema(property)]),
  );
  return fc.record(model, { requiredKeys: [...(schema.required ?? [])], noNullPrototype: true });
}

function strings({ pattern, format, minLength, maxLength }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (pattern) {
    const fits = (text: string) =>
      text.length >= (minLength ?? 0) && text.length <= (maxLength ?? Number.POSITIVE_INFINITY);
    // zod's `hex().length(n)` gives a pattern and a length apart.
    if (minLength !== undefined && minLength === maxLength) {
      return fc
        .array(fc.constantFrom(...'0123456789abcdef'), { minLength, maxLength: minLength })
        .map((digits) => digits.join(''))
        .filter((text) => new RegExp(pattern).test(text));
    }
    return fc.stringMatching(new RegExp(pattern)).filter(fits);
  }
  const least = minLength ?? 0;
  return (
    fc
      .string({ minLength: least, maxLength: maxLength ?? 60, unit: 'binary' })
      // JSON Schema does not say which schemas trim before they count.
      .filter((text) => text.trim().length >= least)
  );
}

function numbers({ minimum, maximum, exclusiveMinimum }: JsonSchema): fc.Arbitrary<number> {
  return (
    fc
      .double({
        min: minimum ?? exclusiveMinimum ?? -1e15,
        max: maximum ?? 1e15,
        minExcluded: exclusiveMinimum !== undefined,
        noNaN: true,
      })
      // JSON knows no minus zero.
      .map((value) => (Object.is(value, -0) ? 0 : value))
  );
}
