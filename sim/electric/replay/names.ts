/**
 * Takes out of an answer what may differ from run to run, and keeps what must not: the same value is the same name all
 * through a scenario. So 45867944 becomes `lsn-1` wherever it stands, and two answers are alike if they are equal then.
 */

const OFFSET = /^(\d+)_(\d+|inf)$/;
const HANDLE = /^(\d+)-(\d+)$/;
const WHOLE_NUMBER = /^\d+$/;

export class Names {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  lsn(text: string): string {
    if (!WHOLE_NUMBER.test(text)) return `no number: ${text}`;
    return text === '0' ? '0' : this.#name('lsn', text);
  }

  /** The second number stays. */
  offset(text: string): string {
    const [, lsn, op] = OFFSET.exec(text) ?? [];
    return lsn === undefined ? text : `${this.lsn(lsn)}_${op}`;
  }

  /** Which definition it is of stays a thing of its own. */
  handle(text: string): string {
    const [, definition, time] = HANDLE.exec(text) ?? [];
    if (definition === undefined || time === undefined) return text;
    return `${this.#name('definition', definition)}-${this.#name('time', time)}`;
  }

  /** `"handle:from:next"`, with a number of its own where nothing came. */
  etag(text: string): string {
    const [handle = '', from = '', next = '', nonce] = text.replaceAll(/^"|"$/g, '').split(':');
    const parts = [this.handle(handle), this.offset(from), this.offset(next)];
    return [...parts, ...(nonce === undefined ? [] : [/^-\d+$/.test(nonce) ? 'nonce' : nonce])].join(':');
  }

  #name(kind: string, value: string): string {
    const key = `${kind} ${value}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    this.#names.set(key, `${kind}-${count}`);
    return `${kind}-${count}`;
  }
}

/** An answer as it is compared. */
export interface Alike {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Of the transport, or of the moment. Everything else must be the same. */
const LEFT_OUT = ['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'vary'];

export function alike(
  names: Names,
  answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  },
): Alike {
  const headers = Object.entries(answer.headers)
    .filter(([name]) => !LEFT_OUT.includes(name))
    .map(([name, value]) => [name, header(names, name, value)] as const);
  return { status: answer.status, headers: Object.fromEntries(headers), body: bodyOf(names, answer.body) };
}

function header(names: Names, name: string, value: string): unknown {
  switch (name) {
    case 'electric-offset':
      return names.offset(value);
    case 'electric-handle':
      return names.handle(value);
    case 'etag':
      return names.etag(value);
    case 'electric-cursor':
      return WHOLE_NUMBER.test(value) ? 'cursor' : value;
    case 'electric-schema':
      return JSON.parse(value);
    default:
      return value;
  }
}

function bodyOf(names: Names, body: unknown): unknown {
  if (typeof body === 'string' && body.startsWith('data: '))
    return body.split('\n\n').map((event) => eventOf(names, event));
  return Array.isArray(body) ? body.map((message) => messageOf(names, message)) : body;
}

function eventOf(names: Names, event: string): unknown {
  return event.startsWith('data: ') ? messageOf(names, JSON.parse(event.slice('data: '.length))) : event;
}

function messageOf(names: Names, message: unknown): unknown {
  if (typeof message !== 'object' || message === null) return message;
  const { headers = {}, ...rest } = message as { headers?: Record<string, unknown> };
  const told = Object.entries(headers).map(
    ([name, value]) => [name, messageHeader(names, name, value)] as const,
  );
  return { ...rest, headers: Object.fromEntries(told) };
}

/** `txids` differs as `xmin` does, though README.md does not name it: both count the transactions of one cluster. */
function messageHeader(names: Names, name: string, value: unknown): unknown {
  switch (name) {
    case 'lsn':
    case 'global_last_seen_lsn':
      return names.lsn(String(value));
    case 'xmin':
    case 'xmax':
      return typeof value === 'string' && WHOLE_NUMBER.test(value) ? 'xid' : value;
    case 'xip_list':
      return Array.isArray(value) && value.every((xid) => WHOLE_NUMBER.test(String(xid))) ? 'xids' : value;
    case 'txids':
      return Array.isArray(value) && value.every(Number.isInteger) ? value.map(() => 'xid') : value;
    default:
      return value;
  }
}
