/** A filter of rows, as far as the stand-in understands filters. Constants are in the text form of their column's type. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  | {
      readonly kind: 'compare';
      readonly column: string;
      readonly operator: Operator;
      readonly value: Constant;
    }
  | { readonly kind: 'in'; readonly column: string; readonly values: readonly Constant[] }
  | { readonly kind: 'is-null'; readonly column: string }
  | { readonly kind: 'always'; readonly value: boolean };

export type Operator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** Null: SQL's, with which every comparison is unknown. */
export type Constant = string | null;

/** A filter that Electric would not take, or that only Electric takes. `message` begins with where in the text. */
export class WhereError extends Error {
  readonly code = 'where-invalid';

  constructor(at: number, what: string) {
    super(`At location ${at}: ${what}`);
    this.name = 'WhereError';
  }
}
