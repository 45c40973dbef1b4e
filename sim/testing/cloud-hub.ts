/** A hub as the cloud's gateway meets it: keys, certificates, a chain of entries, and the requests. No building behind. */
import { gzipSync } from 'node:zlib';
import { Authority, type AuthorityKeys, createAuthority } from '@lockerhub/hub/keyring/authority.ts';
import { EMPTY_HEAD, type Entry, type Head, nextEntry } from '@lockerhub/protocol/log/entry.ts';
import { encodePayload } from '@lockerhub/protocol/log/payload.ts';
import { type EpochCertificate, epochBytes } from '@lockerhub/protocol/sync/epoch.ts';
import type { Enrol, Enrolled, Heartbeat } from '@lockerhub/protocol/sync/hub-messages.ts';
import { standingBytes } from '@lockerhub/protocol/sync/standing.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import type { z } from 'zod';

export interface CloudAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it
  readonly body: any;
}

export interface AskOptions {
  readonly token?: string | null;
  readonly gzip?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export class CloudHub {
  readonly slug: string;
  readonly instance: string;
  readonly keys: AuthorityKeys;
  readonly entries: Entry[] = [];
  epoch: number;
  token: string | null = null;
  #url: string;

  constructor(options: {
    url: string;
    slug: string;
    keys: AuthorityKeys;
    instance?: string;
    epoch?: number;
  }) {
    this.#url = options.url;
    this.slug = options.slug;
    this.keys = options.keys;
    this.instance = options.instance ?? newId(systemClock, systemRandom);
    this.epoch = options.epoch ?? 1;
  }

  /** A hub with keys of its own. */
  static async make(url: string, slug: string): Promise<CloudHub> {
    return new CloudHub({ url, slug, keys: await createAuthority(systemRandom.bytes(16)) });
  }

  /** Where it looks for the gateway from now on. */
  moveTo(url: string): void {
    this.#url = url;
  }

  get head(): Head {
    const last = this.entries.at(-1);
    return last ? { seq: last.seq, hash: last.hash } : EMPTY_HEAD;
  }

  certificate(claim: { number?: number; instance?: string; building?: string } = {}): EpochCertificate {
    const text = JSON.stringify({
      building: claim.building ?? this.slug,
      number: claim.number ?? this.epoch,
      instance: claim.instance ?? this.instance,
      atMs: systemClock.wallMs() | 0,
    });
    const signature = Buffer.from(new Authority(this.keys).sign(epochBytes(text))).toString('base64');
    return { text, signature };
  }

  /** Its signature under a question after where a building stands. */
  askingFor(building: string): string {
    return Buffer.from(new Authority(this.keys).sign(standingBytes(building))).toString('base64');
  }

  enrolment(code: string, changes: Partial<Enrol> = {}): Enrol {
    return {
      code,
      building: this.slug,
      instance: this.instance,
      epoch: this.certificate(),
      authority: this.keys.certificate,
      envelope: Buffer.from(`sealed keyring of ${this.slug}`).toString('base64'),
      software: 'lockerhub rig',
      schema: 1,
      ...changes,
    };
  }

  /** Enrols and keeps the token. @throws Error if it is refused */
  async enrol(code: string): Promise<z.infer<typeof Enrolled>> {
    const answer = await this.ask('enrol', this.enrolment(code));
    if (answer.status !== 200) throw new Error(`enrolling: ${answer.status} ${JSON.stringify(answer.body)}`);
    this.token = answer.body.token;
    return answer.body;
  }

  beat(changes: Partial<Heartbeat> = {}): Heartbeat {
    return {
      instance: this.instance,
      epoch: this.epoch,
      head: this.head,
      unsentEntries: 0,
      unsentRows: 0,
      wallMs: systemClock.wallMs(),
      clock: 'trusted',
      disk: 'ok',
      software: 'lockerhub rig',
      schema: 1,
      ...changes,
    };
  }

  /** Writes entries into its log, each a case that somebody opened. */
  write(count: number): Entry[] {
    const fresh = Array.from({ length: count }, () => {
      const payload = encodePayload({
        type: 'case.opened',
        data: {
          case: newId(systemClock, systemRandom),
          kind: 'bank-away',
          bank: null,
          compartment: null,
          delivery: null,
        },
        at: Math.floor(systemClock.wallMs()),
        clock: 'trusted',
        by: { kind: 'hub' },
      });
      const entry = nextEntry(this.head, this.epoch, payload, systemRandom.bytes(16));
      this.entries.push(entry);
      return entry;
    });
    return fresh;
  }

  /** What it says when it pushes the entries behind `seq`. */
  push(afterSeq: number, count = 500) {
    const before = this.entries[afterSeq - 1];
    return {
      instance: this.instance,
      epoch: this.epoch,
      after: before ? { seq: before.seq, hash: before.hash } : EMPTY_HEAD,
      entries: this.entries.slice(afterSeq, afterSeq + count),
    };
  }

  /** POST /hub/v1/<path>. */
  async ask(path: string, body: unknown, options: AskOptions = {}): Promise<CloudAnswer> {
    const token = options.token === undefined ? this.token : options.token;
    const text = JSON.stringify(body);
    const response = await fetch(`${this.#url}/hub/v1/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(options.gzip ? { 'content-encoding': 'gzip' } : {}),
        ...options.headers,
      },
      body: options.gzip ? gzipSync(text) : text,
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  /** GET /hub/v1/shapes/<name>. @param query as it is to stand in the address, or as parameters */
  shape(
    name: string,
    query: string | Record<string, string> = { offset: '-1' },
    options: { readonly token?: string | null; readonly signal?: AbortSignal } = {},
  ): Promise<Response> {
    const token = options.token === undefined ? this.token : options.token;
    return fetch(`${this.#url}/hub/v1/shapes/${name}?${new URLSearchParams(query)}`, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      ...(options.signal ? { signal: options.signal } : {}),
    });
  }
}
