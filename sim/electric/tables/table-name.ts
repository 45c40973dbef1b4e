/** Names as a request writes them: `residents`, `cloud.residents`, `"Odd Name"`. */

const NAME = /"((?:[^"]|"")+)"|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)/y;

/** Splits names at a separator, unquoted ones in lower case as Postgres takes them; null: not of that form. */
export function splitNames(text: string, separator: '.' | ','): readonly string[] | null {
  const names: string[] = [];
  let at = 0;
  for (;;) {
    NAME.lastIndex = at;
    const match = NAME.exec(text);
    if (!match) return null;
    names.push(match[1]?.replaceAll('""', '"') ?? String(match[2]).toLowerCase());
    at = NAME.lastIndex;
    if (at === text.length) return names;
    if (text[at] !== separator) return null;
    at += 1;
  }
}
