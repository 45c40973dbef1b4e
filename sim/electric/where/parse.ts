/** From a filter's text to a tree that still has names, parameters and places in it. */
import { type Operator, WhereError } from './expression.ts';
import { syntaxError, type Token, tokensOf } from './tokens.ts';

export type Node =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Node[]; readonly at: number }
  | { readonly kind: 'not'; readonly part: Node; readonly at: number }
  | {
      readonly kind: 'compare';
      readonly operator: Operator;
      readonly left: Node;
      readonly right: Node;
      readonly at: number;
    }
  | { readonly kind: 'in'; readonly left: Node; readonly list: readonly Node[]; readonly at: number }
  | { readonly kind: 'is-null'; readonly part: Node; readonly at: number }
  | { readonly kind: 'column'; readonly name: string; readonly at: number }
  | { readonly kind: 'parameter'; readonly number: number; readonly at: number }
  | { readonly kind: 'constant'; readonly type: ConstantType; readonly text: string; readonly at: number };

export type ConstantType = 'text' | 'number' | 'boolean' | 'null';

/** Deeper nesting is no filter that a person wrote, and would exhaust the stack. */
const DEEPEST = 50;

/** @throws WhereError with Postgres' words for a syntax error, or ours for what the stand-in does not know. */
export function parseWhere(where: string): Node {
  const reader = new Reader(tokensOf(where));
  const node = reader.or(0);
  reader.expectEnd();
  return node;
}

class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  or(depth: number): Node {
    return this.#chain('or', () => this.#and(depth));
  }

  expectEnd(): void {
    if (this.#peek().kind !== 'end') this.#unknown(this.#peek());
  }

  #and(depth: number): Node {
    return this.#chain('and', () => this.#not(depth));
  }

  #chain(kind: 'and' | 'or', part: () => Node): Node {
    const first = part();
    const parts = [first];
    while (this.#take('name', kind)) parts.push(part());
    return parts.length === 1 ? first : { kind, parts, at: first.at };
  }

  #not(depth: number): Node {
    if (depth > DEEPEST) throw new WhereError(this.#peek().at, 'nested too deeply');
    const not = this.#take('name', 'not');
    return not ? { kind: 'not', part: this.#not(depth + 1), at: not.at } : this.#comparison(depth);
  }

  #comparison(depth: number): Node {
    const left = this.#operand(depth);
    const token = this.#peek();
    const operator = OPERATORS[token.text];
    if (token.kind === 'symbol' && operator) {
      this.#next += 1;
      return { kind: 'compare', operator, left, right: this.#operand(depth), at: left.at };
    }
    if (this.#take('name', 'is')) return this.#isNull(left);
    const not = this.#take('name', 'not');
    if (this.#take('name', 'in')) {
      const node: Node = { kind: 'in', left, list: this.#list(depth), at: left.at };
      return not ? { kind: 'not', part: node, at: left.at } : node;
    }
    if (not) this.#unknown(this.#peek());
    return left;
  }

  #isNull(part: Node): Node {
    const not = this.#take('name', 'not');
    if (!this.#take('name', 'null')) this.#unknown(this.#peek());
    const node: Node = { kind: 'is-null', part, at: part.at };
    return not ? { kind: 'not', part: node, at: part.at } : node;
  }

  #list(depth: number): readonly Node[] {
    this.#expect('(');
    const list = [this.#operand(depth)];
    while (this.#take('symbol', ',')) list.push(this.#operand(depth));
    this.#expect(')');
    return list;
  }

  #operand(depth: number): Node {
    const token = this.#peek();
    this.#next += 1;
    switch (token.kind) {
      case 'text':
        return this.#cast({ kind: 'constant', type: 'text', text: token.text, at: token.at });
      case 'number':
        return this.#cast({ kind: 'constant', type: 'number', text: token.text, at: token.at });
      case 'parameter':
        return this.#cast({ kind: 'parameter', number: Number(token.text), at: token.at });
      case 'quoted-name':
        return { kind: 'column', name: token.text, at: token.at };
      case 'name':
        return this.#named(token);
      case 'symbol':
        return this.#symbol(token, depth);
      case 'end':
        throw syntaxError(token);
    }
  }

  #named(token: Token): Node {
    if (token.text === 'true' || token.text === 'false')
      return { kind: 'constant', type: 'boolean', text: token.text, at: token.at };
    if (token.text === 'null') return { kind: 'constant', type: 'null', text: '', at: token.at };
    if (this.#peek().text === '(')
      throw new WhereError(token.at, `the function ${token.text} ${ONLY_ELECTRIC}`);
    return { kind: 'column', name: token.text, at: token.at };
  }

  #symbol(token: Token, depth: number): Node {
    if (token.text === '(') {
      const node = this.or(depth + 1);
      this.#expect(')');
      return node;
    }
    const number = this.#peek();
    if (token.text === '-' && number.kind === 'number') {
      this.#next += 1;
      return this.#cast({ kind: 'constant', type: 'number', text: `-${number.text}`, at: token.at });
    }
    throw syntaxError(token);
  }

  /** A cast of a constant says what the column's type says anyway. */
  #cast(node: Node): Node {
    if (!this.#take('symbol', '::')) return node;
    const type = this.#peek();
    if (type.kind !== 'name') throw syntaxError(type);
    this.#next += 1;
    return node;
  }

  #expect(symbol: string): void {
    if (!this.#take('symbol', symbol)) this.#unknown(this.#peek());
  }

  #unknown(token: Token): never {
    if (UNKNOWN_WORDS.has(token.text))
      throw new WhereError(token.at, `${token.text.toUpperCase()} ${ONLY_ELECTRIC}`);
    throw syntaxError(token);
  }

  #take(kind: Token['kind'], text: string): Token | undefined {
    const token = this.#peek();
    if (token.kind !== kind || token.text !== text) return undefined;
    this.#next += 1;
    return token;
  }

  #peek(): Token {
    const token = this.#tokens[Math.min(this.#next, this.#tokens.length - 1)];
    if (!token) throw new WhereError(0, 'nothing to read');
    return token;
  }
}

const OPERATORS: Readonly<Record<string, Operator | undefined>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

export const ONLY_ELECTRIC =
  'is not known to the stand-in, which knows AND, OR, NOT, comparisons of a column with a constant, IN and IS NULL';

/** What Electric takes, or Postgres, and the stand-in does not. */
const UNKNOWN_WORDS = new Set([
  'like',
  'ilike',
  'between',
  'similar',
  'any',
  'all',
  'distinct',
  'true',
  'false',
]);
