/** For tests of the stand-in: a client that keeps the rows of a shape by the real `ShapeStream`, and the stand-in as a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { FetchError, isChangeMessage, type Row, ShapeStream } from '@electric-sql/client';

export type MirrorParams = {
  readonly table: string;
  readonly where?: string;
  readonly params?: Record<`${number}`, string>;
  readonly columns?: string[];
};

/** What a client holds after what it was told. */
export class Mirror {
  readonly rows = new Map<string, Row>();
  /** Whether it was ever told that it has everything. */
  isUpToDate = false;
  /** How often it was told to fetch anew. */
  refetches = 0;
  /** Messages that contradict what is here: an insert of a row that is there, a change of one that is not. */
  readonly contradictions: string[] = [];
  readonly errors: Error[] = [];
  readonly #abort = new AbortController();

  constructor(url: string, params: MirrorParams, isSse = false) {
    const stream = new ShapeStream({
      url: `${url}/v1/shape`,
      params,
      signal: this.#abort.signal,
      liveSse: isSse,
      backoffOptions: { initialDelay: 20, maxDelay: 200, multiplier: 1.5 },
      // Without an object in return the stream ends, also after an answer that merely broke off in its body.
      onError: (error) => {
        this.errors.push(error);
        return error instanceof FetchError && error.status === 400 ? undefined : {};
      },
    });
    stream.subscribe((messages) => {
      for (const message of messages) {
        if (isChangeMessage(message)) this.#take(message.key, message.headers.operation, message.value);
        else if (message.headers.control === 'up-to-date') this.isUpToDate = true;
        else if (message.headers.control === 'must-refetch') {
          this.rows.clear();
          this.refetches += 1;
        }
      }
    });
  }

  stop(): void {
    this.#abort.abort();
  }

  #take(key: string, operation: 'insert' | 'update' | 'delete', value: Row): void {
    if (this.rows.has(key) === (operation === 'insert')) this.contradictions.push(`${operation} of ${key}`);
    if (operation === 'delete') this.rows.delete(key);
    else this.rows.set(key, { ...this.rows.get(key), ...value });
  }
}

/** The stand-in as a process of its own. */
export class ShapeServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Resolves once it is ready. */
  static async start(databaseUrl: string, port: number, storage: string): Promise<ShapeServerProcess> {
    const main = new URL('./main.ts', import.meta.url).pathname;
    const flags = ['--database-url', databaseUrl, '--port', `${port}`, '--storage', storage];
    const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'ignore'] });
    for await (const line of createInterface(child.stdout)) {
      const { event, url } = JSON.parse(line) as { event: string; url: string };
      if (event === 'ready') return new ShapeServerProcess(child, url);
    }
    throw new Error(`the shape server ended with ${child.exitCode} before it was ready`);
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
