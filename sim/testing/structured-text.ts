/**
 * Runs a function block in IEC 61131-3 Structured Text: as much of the language as a listing of ours uses. Numbers are
 * cut to the width of the variable that they are put into, as a PLC does; whatever is not known here is refused.
 */

type Value = number | boolean | (number | boolean)[];

/** One instance of a function block. Its variables can be read and set between scans. */
export interface BlockInstance {
  readonly variables: Record<string, Value>;
  /** Runs the body once. */
  scan(): void;
}

const WIDTHS: Readonly<Record<string, (value: number) => number>> = {
  WORD: (value) => value & 0xffff,
  UINT: (value) => value & 0xffff,
  UDINT: (value) => Math.trunc(value) >>> 0,
};
const CONVERSION = /^(WORD|UINT|UDINT)_TO_(WORD|UINT|UDINT)$/;
const OPERATORS: Readonly<Record<string, string>> = {
  '=': '===',
  '<>': '!==',
  AND: '&&',
  OR: '||',
  NOT: '!',
  XOR: '^',
  MOD: '%',
  TRUE: 'true',
  FALSE: 'false',
  '[': '[Math.trunc(',
  ']': ')]',
};
const TOKEN = /16#[0-9A-Fa-f]+|\d+|[A-Za-z_]\w*|:=|<>|<=|>=|\.\.|[-+*/=<>()[\],;:]/y;

interface Declared {
  readonly type: string;
  /** Highest index of an array, or null. */
  readonly last: number | null;
  readonly initial: string | undefined;
}

/**
 * Makes an instance of the function block in `source`, with retentive variables as `retained` says.
 *
 * @throws SyntaxError naming what is not understood
 */
export function newBlock(source: string, retained: Record<string, number> = {}): BlockInstance {
  const text = source.replace(/\(\*[\s\S]*?\*\)/g, ' ');
  const declared = new Map<string, Declared>();
  let body = text.replace(/^\s*FUNCTION_BLOCK \w+/, '').replace(/END_FUNCTION_BLOCK\s*$/, '');
  body = body.replace(
    /VAR(?:_INPUT|_IN_OUT|_OUTPUT| CONSTANT| RETAIN)?\b([\s\S]*?)END_VAR/g,
    (_, part: string) => {
      for (const [name, declaration] of declarationsIn(part)) declared.set(name, declaration);
      return '';
    },
  );
  const variables: Record<string, Value> = {};
  for (const [name, { type, last, initial }] of declared) {
    const zero = type === 'BOOL' ? false : 0;
    variables[name] = last === null ? zero : Array.from({ length: last + 1 }, () => zero);
    if (initial !== undefined) variables[name] = type === 'BOOL' ? initial === 'TRUE' : Number(initial);
  }
  Object.assign(variables, retained);
  // What runs is a listing of this repository, in a test.
  const run = new Function('v', 'to', translate(tokensOf(body), declared)) as (
    v: Record<string, Value>,
    to: typeof WIDTHS,
  ) => void;
  return { variables, scan: () => run(variables, WIDTHS) };
}

function* declarationsIn(part: string): Iterable<[string, Declared]> {
  for (const line of part.split(';').map((one) => one.trim())) {
    if (line === '') continue;
    const found = /^(\w+) : (?:ARRAY\[\d+\.\.(\d+)\] OF )?(BOOL|WORD|UINT|UDINT)(?: := (\w+))?$/.exec(line);
    if (!found?.[1] || !found[3]) throw new SyntaxError(`a declaration that is not understood: ${line}`);
    yield [found[1], { type: found[3], last: found[2] ? Number(found[2]) : null, initial: found[4] }];
  }
}

function tokensOf(body: string): string[] {
  const tokens: string[] = [];
  const text = body.trim();
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) throw new SyntaxError(`not understood: ${text.slice(at, at + 40)}`);
    tokens.push(token);
    at = TOKEN.lastIndex;
    while (/\s/.test(text[at] ?? '')) at += 1;
  }
  return tokens;
}

function translate(tokens: string[], declared: ReadonlyMap<string, Declared>): string {
  const out: string[] = [];
  const until = (...ends: string[]): string[] => {
    const taken: string[] = [];
    while (!ends.includes(tokens[0] ?? '')) {
      const token = tokens.shift();
      if (token === undefined) throw new SyntaxError(`the text ends before ${ends.join(' or ')}`);
      taken.push(token);
    }
    tokens.shift();
    return taken;
  };
  const inWords = (part: readonly string[]) => part.map((token) => wordOf(token, declared)).join(' ');
  for (let token = tokens.shift(); token !== undefined; token = tokens.shift()) {
    if (token === ';') continue;
    else if (token === 'IF') out.push(`if (${inWords(until('THEN'))}) {`);
    else if (token === 'ELSIF') out.push(`} else if (${inWords(until('THEN'))}) {`);
    else if (token === 'ELSE') out.push('} else {');
    else if (token === 'END_IF' || token === 'END_FOR') out.push('}');
    else if (token === 'FOR') {
      const name = wordOf(until(':=')[0] ?? '', declared);
      const from = inWords(until('TO'));
      out.push(`for (${name} = ${from}; ${name} <= ${inWords(until('DO'))}; ${name}++) {`);
    } else {
      const target = [token, ...until(':=')];
      const type = declared.get(token)?.type ?? '';
      const value = inWords(until(';'));
      out.push(`${inWords(target)} = ${type === 'BOOL' ? value : `to.${type}(${value})`};`);
    }
  }
  return out.join('\n');
}

function wordOf(token: string, declared: ReadonlyMap<string, Declared>): string {
  if (declared.has(token)) return `v.${token}`;
  const operator = OPERATORS[token];
  if (operator !== undefined) return operator;
  if (token.startsWith('16#')) return `0x${token.slice(3)}`;
  const conversion = CONVERSION.exec(token);
  if (conversion) return `to.${conversion[2]}`;
  if (/^[A-Za-z_]/.test(token)) throw new SyntaxError(`no variable or word "${token}"`);
  return token;
}
