/** A list of residents as it comes out of other software: CSV of any encoding and separator, as rows with their lines. */
import { setImmediate } from 'node:timers/promises';
import { MAX_ROSTER_ROWS, type RosterFault } from '@lockerhub/protocol/http/roster.ts';
import { parse } from 'csv-parse';

export interface ListRow {
  /** Of the file, from 1; of a JSON list the number of the row. */
  readonly line: number;
  /** Header → text. Everything stays text: "0304" is a unit, not a number. */
  readonly cells: Readonly<Record<string, string>>;
}

export interface List {
  readonly headers: readonly string[];
  readonly rows: readonly ListRow[];
  readonly faults: readonly RosterFault[];
}

const SEPARATORS = [',', ';', '\t', '|'] as const;
/** Characters that are read at once; between two such pieces doors and pages have their turn. */
const PIECE_CHARACTERS = 32 * 1024;

/** The text of a file: by its mark (BOM), else UTF-16 by its zeros, else UTF-8, else what old Windows wrote. */
export function textOf(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.length > 3 && b === 0 && bytes[3] === 0) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes.length > 3 && a === 0 && bytes[2] === 0) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8: Windows-1252 gives every byte a letter.
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The separator that the first line has most of, outside quotes. */
export function separatorOf(text: string): string {
  const first = (text.split(/\r\n|\n|\r/, 1)[0] ?? '').replace(/"[^"]*"/g, '');
  const count = (separator: string) => first.split(separator).length;
  return SEPARATORS.toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

/** Reads CSV. A line that cannot be read is a fault, and what follows it is not guessed at. */
export async function readCsv(bytes: Uint8Array): Promise<List> {
  const text = textOf(bytes);
  const rows: ListRow[] = [];
  const faults: RosterFault[] = [];
  let headers: readonly string[] | undefined;
  const parser = parse({
    delimiter: separatorOf(text),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    trim: true,
  });
  parser.on('readable', () => {
    for (;;) {
      const record: { record: string[]; info: { lines: number } } | null = parser.read();
      if (record === null) return;
      const { record: cells, info } = record;
      if (!headers) headers = uniqueHeaders(cells);
      else if (rows.length >= MAX_ROSTER_ROWS) continue;
      else if (cells.length > headers.length && cells.slice(headers.length).some(Boolean)) {
        faults.push({ line: info.lines, field: null, what: 'more cells than columns: a separator too many' });
      } else {
        const known = headers;
        rows.push({
          line: info.lines,
          cells: Object.fromEntries(known.map((header, index) => [header, cells[index] ?? ''])),
        });
      }
    }
  });
  const ended = new Promise<void>((resolve) => {
    parser.once('end', resolve);
    parser.once('error', (error: Error & { lines?: number }) => {
      faults.push({ line: error.lines ?? 0, field: null, what: error.message });
      resolve();
    });
  });
  for (let at = 0; at < text.length && !parser.destroyed; at += PIECE_CHARACTERS) {
    parser.write(text.slice(at, at + PIECE_CHARACTERS));
    await setImmediate();
  }
  if (!parser.destroyed) parser.end();
  await ended;
  if (parser.info.records > MAX_ROSTER_ROWS + 1) {
    faults.push({ line: MAX_ROSTER_ROWS + 2, field: null, what: `more than ${MAX_ROSTER_ROWS} rows` });
  }
  return { headers: headers ?? [], rows, faults };
}

/** Two columns of one name are told apart, and one without a name gets its number. */
function uniqueHeaders(cells: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return cells.map((cell, index) => {
    const name = cell.replace(/^\uFEFF/, '').trim() || `#${index + 1}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}
