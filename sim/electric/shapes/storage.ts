/**
 * Keeps shapes in a folder, one file each, so that a new start goes on where the last one ended, by `kill -9` too.
 *
 * A file is lines: what the shape is, its snapshot's chunks, then one line a transaction. A line without an end was
 * interrupted: it is cut off, and Postgres, which was not told that it had arrived, sends that transaction again. Nothing
 * is synced to the disk: after a cut of the machine's power delete the folder.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type SlotState, slotState } from '../replication/slot.ts';
import type { ShapeDefinition } from './definition.ts';
import { definitionKey } from './definition.ts';
import { type LogEntry, Shape } from './shape.ts';

/** Raised when the form of the files changes; others are thrown away, and their readers fetch anew. */
const VERSION = 1;
const SHAPE_FILE = /^(\d+-\d+)[.]shape$/;
const SLOT_FILE = 'slot.json';
const UNFINISHED = '.unfinished';

const big = z.string().regex(/^\d+$/).transform(BigInt);

const head = z.object({
  version: z.literal(VERSION),
  /** Written by ourselves, from a definition. */
  definition: z.custom<ShapeDefinition>((value) => typeof value === 'object' && value !== null),
  mark: z.object({ xmin: big, xmax: big, xip: z.array(big), lsn: big }),
  chunks: z.number().int().positive(),
});

const entry = z.object({
  lsn: big,
  messages: z.array(z.object({ op: z.number(), text: z.string() })),
});

export class ShapeStorage {
  readonly #folder: string;
  readonly #log: Logger;

  /** Makes the folder if it is missing. */
  constructor(folder: string, log: Logger) {
    this.#folder = folder;
    this.#log = log;
    mkdirSync(folder, { recursive: true });
  }

  /** What was kept; a file that can't be read is thrown away. */
  load(): readonly Shape[] {
    const shapes: Shape[] = [];
    for (const file of readdirSync(this.#folder)) {
      const handle = SHAPE_FILE.exec(file)?.[1];
      if (file.endsWith(UNFINISHED)) rmSync(join(this.#folder, file));
      if (handle === undefined) continue;
      try {
        shapes.push(this.#read(handle));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#log.warn({ file, reason }, 'a stored shape could not be read; its readers must fetch anew');
        this.remove(handle);
      }
    }
    return shapes;
  }

  /** Keeps a new shape, its log included. */
  add(shape: Shape): void {
    const { definition, snapshot } = shape;
    const { xmin, xmax, xip, lsn } = snapshot.mark;
    const mark = { xmin: `${xmin}`, xmax: `${xmax}`, xip: xip.map(String), lsn: `${lsn}` };
    const lines = [
      JSON.stringify({ version: VERSION, definition, mark, chunks: snapshot.chunks.length }),
      ...snapshot.chunks,
      ...shape.log.map(writeEntry),
    ];
    const unfinished = this.#file(shape.handle) + UNFINISHED;
    writeFileSync(unfinished, `${lines.join('\n')}\n`);
    renameSync(unfinished, this.#file(shape.handle));
  }

  append(handle: string, entry: LogEntry): void {
    appendFileSync(this.#file(handle), `${writeEntry(entry)}\n`);
  }

  remove(handle: string): void {
    rmSync(this.#file(handle), { force: true });
  }

  /** Null: there is none, or none that can be read. */
  readSlot(): SlotState | null {
    const file = join(this.#folder, SLOT_FILE);
    if (!existsSync(file)) return null;
    try {
      return slotState.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn({ file, reason }, 'what was known of the replication slot could not be read');
      return null;
    }
  }

  writeSlot(state: SlotState): void {
    const file = join(this.#folder, SLOT_FILE);
    writeFileSync(file + UNFINISHED, JSON.stringify(state));
    renameSync(file + UNFINISHED, file);
  }

  #file(handle: string): string {
    return join(this.#folder, `${handle}.shape`);
  }

  #read(handle: string): Shape {
    const file = this.#file(handle);
    const bytes = readFileSync(file);
    const end = bytes.lastIndexOf('\n') + 1;
    if (end < bytes.length) truncateSync(file, end);
    const [first = '', ...lines] = bytes.toString('utf8', 0, Math.max(0, end - 1)).split('\n');
    const { definition, mark, chunks } = head.parse(JSON.parse(first));
    if (lines.length < chunks) throw new Error('the snapshot is not whole');
    const snapshot = { mark, chunks: lines.slice(0, chunks) };
    const shape = new Shape(handle, definitionKey(definition), definition, snapshot);
    for (const line of lines.slice(chunks)) shape.append(entry.parse(JSON.parse(line)));
    return shape;
  }
}

function writeEntry({ lsn, messages }: LogEntry): string {
  return JSON.stringify({ lsn: String(lsn), messages });
}
