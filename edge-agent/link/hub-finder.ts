/**
 * Where the hub is: asked by the name that was configured, then where it was last, then where it said that it would
 * be, then where it announces itself on the LAN. Of each step all addresses are dialled at once, and the first that
 * proves itself is taken.
 */
import type { TLSSocket } from 'node:tls';
import { HostName } from '@lockerhub/protocol/join/join-messages.ts';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Identity } from '../identity/identity.ts';
import type { KeptText } from '../pickups/kept-text.ts';
import { type Credentials, dialHub, type HubAddress } from './tls-way.ts';

const Port = z.int().min(1).max(65_535);
const LastSeen = z.object({ host: HostName, port: Port, httpPort: Port });

/** Reasons that are told of one search. */
const MAX_REASONS = 8;

export interface HubFinderOptions {
  readonly identity: Pick<Identity, 'hub'>;
  /** What to dial with now. */
  readonly credentials: () => Credentials;
  /** As configured; the port of TLS when the agent joined, unless it is said. */
  readonly name?: { readonly host: string; readonly port?: number } | undefined;
  /** Hubs of this building that are announced on the LAN. */
  readonly browse: (signal: AbortSignal) => Promise<readonly HubAddress[]>;
  /** Where it was last. */
  readonly lastSeen: KeptText;
  readonly log: Logger;
}

export class HubFinder {
  readonly #options: HubFinderOptions;
  #at: HubAddress | null = null;
  /** Addresses at which a hub answered that does not speak for the building any more. */
  readonly #former = new Set<string>();

  constructor(options: HubFinderOptions) {
    this.#options = options;
    this.#at = this.#kept();
  }

  /** Where the hub was last; null before it was ever found. */
  get at(): HubAddress | null {
    return this.#at;
  }

  /** Whether the hub at the last address is obeyed. One that is not is dialled when no other answers. */
  judged(isObeyed: boolean): void {
    if (!this.#at) return;
    if (isObeyed) this.#former.delete(keyOf(this.#at));
    else this.#former.add(keyOf(this.#at));
  }

  /** A connection to the hub, proven. @throws Error naming each address and why it is not the hub. */
  async find(signal: AbortSignal): Promise<TLSSocket> {
    const reasons: string[] = [];
    const former: HubAddress[] = [];
    const last = async () => former;
    for (const step of [...this.#steps(), last]) {
      const found = (await step(signal)).filter((address) => address !== null);
      const isLater = (address: HubAddress) => step !== last && this.#former.has(keyOf(address));
      former.push(...found.filter(isLater));
      const addresses = found.filter((address) => !isLater(address));
      if (addresses.length === 0) continue;
      try {
        return await this.#firstOf(addresses, signal);
      } catch (error) {
        if (!(error instanceof AggregateError)) throw error;
        reasons.push(...error.errors.map(({ message }: Error) => message));
      }
      if (signal.aborted) break;
    }
    const all = [...new Set(reasons)].slice(0, MAX_REASONS).join('; ');
    throw new Error(`the hub was not found: ${all || 'no address is known, and none announced'}`);
  }

  #steps(): readonly ((signal: AbortSignal) => Promise<readonly (HubAddress | null)[]>)[] {
    const { identity, name, browse } = this.#options;
    const { addresses, mqttsPort: port, httpPort } = identity.hub;
    return [
      async () => [name ? { host: name.host, port: name.port ?? port, httpPort } : null],
      async () => [this.#at],
      async () => addresses.map((host) => ({ host, port, httpPort })),
      browse,
    ];
  }

  async #firstOf(addresses: readonly HubAddress[], signal: AbortSignal): Promise<TLSSocket> {
    const others = new AbortController();
    const until = AbortSignal.any([signal, others.signal]);
    try {
      const { address, socket } = await Promise.any(
        addresses.map(async (address) => ({
          address,
          socket: await dialHub(address, this.#options.credentials(), until),
        })),
      );
      this.#keep(address);
      return socket;
    } finally {
      others.abort();
    }
  }

  #kept(): HubAddress | null {
    const text = this.#options.lastSeen.read();
    if (text === null) return null;
    const kept = lastSeenIn(text);
    if (!kept) this.#options.log.warn('where the hub was last cannot be read; looking elsewhere');
    return kept;
  }

  #keep(address: HubAddress): void {
    const { host, port, httpPort } = address;
    if (this.#at?.host === host && this.#at.port === port && this.#at.httpPort === httpPort) return;
    this.#at = address;
    this.#options.log.info({ hub: `${host}:${port}` }, 'found the hub');
    try {
      this.#options.lastSeen.write(JSON.stringify(address));
    } catch (error) {
      // It only costs the next start a look elsewhere.
      this.#options.log.warn({ err: error }, 'where the hub is could not be kept');
    }
  }
}

/** Where the hub was last, as it was kept; null: that cannot be read. */
export function lastSeenIn(text: string): HubAddress | null {
  return LastSeen.safeParse(jsonOf(text)).data ?? null;
}

function keyOf({ host, port }: HubAddress): string {
  return `${host}:${port}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON does not fit the schema either, which then says so.
    return undefined;
  }
}
