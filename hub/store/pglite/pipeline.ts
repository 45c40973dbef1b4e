/**
 * One transaction in one call: all its statements go to Postgres as one run of protocol messages that ends in a
 * single Sync, which is what commits. Statement by statement, PGlite would plan and answer each one apart (about
 * 1 ms for three statements; a run of ten takes less than that).
 */
import type { PGlite } from '@electric-sql/pglite';
import { messages as answered, protocol } from '@electric-sql/pglite';
import type { Parameter, Statement } from '@lockerhub/protocol/log/projections/statement.ts';

const { serialize } = protocol;

/** Runs transactions on a PGlite, preparing each text of SQL once. The texts must be a fixed set. */
export class Pipeline {
  readonly #db: PGlite;
  readonly #names = new Map<string, string>();

  constructor(db: PGlite) {
    this.#db = db;
  }

  /**
   * Runs the statements in order as one transaction; on return it is committed.
   *
   * @throws DatabaseError (PGlite's); then nothing took effect.
   */
  async run(statements: readonly Statement[]): Promise<void> {
    if (statements.length === 0) return;
    for (const { sql } of statements) await this.#prepare(sql);
    const messages: Uint8Array[] = [];
    for (const { sql, parameters } of statements) {
      messages.push(
        serialize.bind({ statement: this.#names.get(sql) ?? '', values: parameters.map(asText) }),
        serialize.execute(),
      );
    }
    messages.push(serialize.sync());
    const { messages: answers } = await this.#db.execProtocol(Buffer.concat(messages));
    const done = answers.filter(({ name }) => name === 'commandComplete').length;
    if (done !== statements.length) {
      throw new Error(`of ${statements.length} statements ${done} were answered`);
    }
  }

  /** Runs one reading statement. @returns the only column of its rows, as text */
  async read({ sql, parameters }: Statement): Promise<readonly string[]> {
    await this.#prepare(sql);
    const { messages } = await this.#db.execProtocol(
      Buffer.concat([
        serialize.bind({ statement: this.#names.get(sql) ?? '', values: parameters.map(asText) }),
        serialize.execute(),
        serialize.sync(),
      ]),
    );
    return messages.flatMap((message) =>
      message instanceof answered.DataRowMessage ? [message.fields[0] ?? ''] : [],
    );
  }

  async #prepare(sql: string): Promise<void> {
    if (this.#names.has(sql)) return;
    const name = `s${this.#names.size}`;
    await this.#db.execProtocol(Buffer.concat([serialize.parse({ name, text: sql }), serialize.sync()]));
    this.#names.set(sql, name);
  }
}

/** Postgres' text form, from which it reads any type. */
function asText(parameter: Parameter): string | null {
  return parameter === null ? null : String(parameter);
}
