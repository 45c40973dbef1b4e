/**
 * Keys for programs, a row each among the settings, so that they work on at a hub that takes the building over by its
 * recovery key. What is kept of a key is keyed and covers what it may do: who reads or writes the store or the cloud can
 * neither make a key nor widen one.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import {
  type ApiKeyView,
  type MadeApiKey,
  type NewApiKey,
  Scope,
} from '@lockerhub/protocol/http/api-keys.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import { SettingRows } from '../log/setting-rows.ts';
import { Attempts } from '../sign-in/attempts.ts';
import { newToken } from '../sign-in/token.ts';
import type { Store } from '../store/store.ts';

/** Keys that live at once: a building has a handful of programs. */
const MAX_KEYS = 50;
/** Requests of one key in `WINDOW_MS`: ten a second is far above what a program needs, and far below what hurts. */
export const MAX_REQUESTS = 600;
const WINDOW_MS = 60_000;
/** The last use is written at most so often: each time is a commit. */
const NOTE_USE_EVERY_MS = 10 * 60_000;

const USE_MARK = 'api-key/';
const INFO = 'lockerhub/api-keys/1';
const KEY_BYTES = 32;
const PREFIX_BYTES = 4;
const TOKEN = /^(lh_[0-9a-f]{8})_[A-Za-z0-9_-]{43}$/;

const Kept = z.object({
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(Scope),
  madeAt: z.number(),
  expiresAt: z.number().nullable(),
  hash: z.hex(),
});
type Kept = z.infer<typeof Kept>;
type KeptKey = Kept & { readonly key: string };

/** A key that asks. */
export interface ApiKey {
  readonly key: string;
  readonly scopes: readonly Scope[];
}

export interface ApiKeysOptions {
  readonly register: Register;
  readonly log: BuildingLog;
  readonly store: Pick<Store, 'query'>;
  readonly clock: Clock;
  readonly clockTrust: () => 'trusted' | 'untrusted';
  readonly random: Random;
  readonly rootKey: Uint8Array;
  /** A use could not be noted; nothing else depends on it. */
  readonly onFault: (error: unknown) => void;
}

export class ApiKeys {
  readonly #options: ApiKeysOptions;
  readonly #rows: SettingRows<typeof Kept>;
  readonly #hashKey: Uint8Array;
  readonly #requests: Attempts;
  /** Key → when it was last used, and when that was last noted (monotonic). */
  readonly #used = new Map<string, { readonly atMs: number; readonly notedMs: number | null }>();

  constructor(options: ApiKeysOptions) {
    this.#options = options;
    this.#rows = new SettingRows(options.register, 'api-key', Kept);
    this.#hashKey = new Uint8Array(hkdfSync('sha256', options.rootKey, '', INFO, KEY_BYTES));
    this.#requests = new Attempts(options.clock, MAX_REQUESTS, WINDOW_MS);
  }

  /** Reads when keys were last used. */
  async start(): Promise<void> {
    const rows = await this.#options.store.query<{ readonly name: string; readonly value: string }>(
      'select name, value from sync_marks where name like $1',
      [`${USE_MARK}%`],
    );
    for (const { name, value } of rows) {
      this.#used.set(name.slice(USE_MARK.length), { atMs: Number(value), notedMs: null });
    }
  }

  list(): ApiKeyView[] {
    return this.#all().map((kept) => this.#view(kept));
  }

  /** Makes a key; it is answered this once. @throws HubError `too-many-keys`, `request-invalid` */
  async make(by: Actor, { name, scopes, expiresAt }: NewApiKey): Promise<MadeApiKey> {
    const { clock, random } = this.#options;
    if (this.#all().length >= MAX_KEYS) {
      throw new HubError('too-many-keys', `there are ${MAX_KEYS} API keys; revoke one that is not used`);
    }
    if (expiresAt !== null && expiresAt <= clock.wallMs()) {
      throw new HubError('request-invalid', 'a key cannot end before it begins', { where: 'body.expiresAt' });
    }
    const key = newId(clock, random);
    const prefix = `lh_${Buffer.from(random.bytes(PREFIX_BYTES)).toString('hex')}`;
    const token = `${prefix}_${newToken(random)}`;
    const may = { key, scopes: [...new Set(scopes)].toSorted(), expiresAt };
    const hash = this.#hash(token, may);
    const kept: Kept = { name, prefix, scopes: may.scopes, madeAt: clock.wallMs(), expiresAt, hash };
    await this.#write(by, key, kept, { type: 'api-key.made', data: may });
    return { apiKey: this.#view({ ...kept, key }), token };
  }

  /** Ends a key at once. @throws HubError `not-found` */
  async revoke(by: Actor, key: string): Promise<void> {
    if (!this.#all().some((kept) => kept.key === key)) {
      throw new HubError('not-found', 'no such API key; reload the page');
    }
    await this.#write(by, key, null, { type: 'api-key.revoked', data: { key } });
    this.#used.delete(key);
  }

  /** Whose token it is, or undefined. While the clock is not trusted no key expires. */
  who(token: string): ApiKey | undefined {
    const prefix = TOKEN.exec(token)?.[1];
    if (prefix === undefined) return undefined;
    const found = this.#all().find(
      (kept) => kept.prefix === prefix && isSame(kept.hash, this.#hash(token, kept)),
    );
    if (!found) return undefined;
    const { clock, clockTrust } = this.#options;
    const isOver = found.expiresAt !== null && found.expiresAt <= clock.wallMs();
    return isOver && clockTrust() === 'trusted' ? undefined : found;
  }

  /**
   * As `who`, for a request: it counts.
   *
   * @throws HubError `too-many-requests`
   */
  admit(token: string): ApiKey | undefined {
    const found = this.who(token);
    if (!found) return undefined;
    const waitMs = this.#requests.blockedForMs(found.key);
    if (waitMs > 0) {
      throw new HubError('too-many-requests', `an API key may ask ${MAX_REQUESTS} times a minute; wait`, {
        retryAfterMs: waitMs,
      });
    }
    this.#requests.failed(found.key);
    this.#noteUse(found.key);
    return found;
  }

  #noteUse(key: string): void {
    const { clock, log, onFault } = this.#options;
    const nowMs = clock.monotonicMs();
    const notedMs = this.#used.get(key)?.notedMs ?? null;
    const isDue = notedMs === null || nowMs - notedMs >= NOTE_USE_EVERY_MS;
    const atMs = clock.wallMs();
    this.#used.set(key, { atMs, notedMs: isDue ? nowMs : notedMs });
    if (!isDue) return;
    log.append({ payloads: [], marks: [{ name: USE_MARK + key, value: String(atMs) }] }).catch(onFault);
  }

  #view({ hash: _, ...kept }: KeptKey): ApiKeyView {
    return { ...kept, lastUsedAt: this.#used.get(kept.key)?.atMs ?? null };
  }

  #all(): readonly KeptKey[] {
    return this.#rows.all().map(({ id, kept }) => ({ ...kept, key: id }));
  }

  #hash(token: string, { key, scopes, expiresAt }: Pick<KeptKey, 'key' | 'scopes' | 'expiresAt'>): string {
    const text = JSON.stringify([key, scopes, expiresAt, token]);
    return createHmac('sha256', this.#hashKey).update(text).digest('hex');
  }

  async #write(by: Actor, key: string, kept: Kept | null, fact: ApiKeyFact): Promise<void> {
    await this.#options.log.record(by, [fact], [this.#rows.change(key, kept)]);
  }
}

type ApiKeyFact = Extract<
  Parameters<BuildingLog['record']>[1][number],
  { readonly type: `api-key.${string}` }
>;

/** Both are hex of SHA-256: of one length. */
function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
