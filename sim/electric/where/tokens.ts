import { WhereError } from './expression.ts';

export interface Token {
  readonly kind: 'name' | 'quoted-name' | 'text' | 'number' | 'parameter' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
}

/** Electric parses `SELECT 1 WHERE …`, and counts from there in what it says of syntax. */
const BEFORE = 'SELECT 1 WHERE '.length;

const FORMS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['text', /'((?:[^']|'')*)'/y],
  ['quoted-name', /"((?:[^"]|"")+)"/y],
  ['parameter', /\$(\d+)/y],
  ['number', /((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y],
  ['name', /([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)/y],
  ['symbol', /(::|<>|!=|<=|>=|[=<>(),.+-])/y],
];

export function syntaxError({ kind, text, at }: Token): WhereError {
  return new WhereError(
    at + BEFORE,
    kind === 'end' ? 'syntax error at end of input' : `syntax error at or near "${text}"`,
  );
}

/** The last one is the `end`. */
export function tokensOf(where: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skipBlanks(where, 0);
  while (at < where.length) {
    const token = tokenAt(where, at);
    tokens.push(token.token);
    at = skipBlanks(where, token.next);
  }
  return [...tokens, { kind: 'end', text: '', at: where.length }];
}

function tokenAt(where: string, at: number): { readonly token: Token; readonly next: number } {
  for (const [kind, form] of FORMS) {
    form.lastIndex = at;
    const match = form.exec(where);
    if (match) return { token: { kind, text: unquote(kind, match[1] ?? ''), at }, next: form.lastIndex };
  }
  throw syntaxError({ kind: 'symbol', text: where[at] ?? '', at });
}

function unquote(kind: Token['kind'], text: string): string {
  if (kind === 'text') return text.replaceAll("''", "'");
  if (kind === 'quoted-name') return text.replaceAll('""', '"');
  return kind === 'name' ? text.toLowerCase() : text;
}

function skipBlanks(where: string, from: number): number {
  let at = from;
  while (/\s/.test(where[at] ?? '')) at += 1;
  return at;
}
