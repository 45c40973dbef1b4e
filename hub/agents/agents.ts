/** The agents of a building: invited by a one-time code, joined with a key of their own, admitted by their certificate. */
import { X509Certificate } from 'node:crypto';
import type { AgentView } from '@lockerhub/protocol/http/staff.ts';
import { joinCodeText } from '@lockerhub/protocol/join/join-code.ts';
import { type JoinKeys, joinKeys } from '@lockerhub/protocol/join/join-keys.ts';
import type { JoinReply, JoinRequest } from '@lockerhub/protocol/join/join-messages.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { HubError } from '../error.ts';
import type { Authority } from '../keyring/authority.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import { Attempts } from '../sign-in/attempts.ts';
import type { Rows } from '../store/rows.ts';
import { agentOf, fingerprintOf, issueTo, SERIAL_BYTES } from './agent-certificate.ts';
import { agentCode } from './agent-code.ts';
import { readRequest, sealed, type Whereabouts } from './join-exchange.ts';

/** The code is made in the office one day and typed in the basement the next; then it is void, used or not. */
export const CODE_LIFE_MS = 24 * 3_600_000;
/** Codes waiting at once: a building fits its banks one by one. */
const MAX_INVITED = 20;
/** Tries with somebody's code that were not that agent's; then the code is void. */
const MAX_STRANGERS = 5;
/** Tries with no code of ours, by address. Nobody guesses one of 2^80: this bounds work and log, not luck. */
const WRONG_TRIES = 20;
const WRONG_WITHIN_MS = 10 * 60_000;

type Agent = Rows['agents'];

export interface AgentsOptions {
  readonly register: Register;
  readonly log: BuildingLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly clockTrust: () => 'trusted' | 'untrusted';
  /** From the building's keyring. */
  readonly codeKey: Uint8Array;
  readonly authority: Authority;
  /** Another agent speaks for this bank from now on. */
  readonly onChanged: (bank: string) => void;
}

/** Who is behind a certificate. `foreign`: nobody that this building knows. */
export type Admission =
  | { readonly bank: string }
  | { readonly refused: 'no-certificate' | 'foreign' | 'replaced' | 'revoked' };

export class Agents {
  readonly #options: AgentsOptions;
  /** When codes of this boot were made, by monotonic time. */
  readonly #invitedMs = new Map<string, number>();
  readonly #wrong: Attempts;
  /** Agents that are joining at this moment: two keys with one code must not both win. */
  readonly #joining = new Set<string>();

  constructor(options: AgentsOptions) {
    this.#options = options;
    this.#wrong = new Attempts(options.clock, WRONG_TRIES, WRONG_WITHIN_MS);
  }

  /** A one-time code for an agent of this bank. @throws HubError `not-found`, `request-invalid`, `too-many-codes`. */
  async invite(by: Actor, bank: string): Promise<{ agent: string; code: string; expiresInMs: number }> {
    const { register, log, clock, random, codeKey } = this.#options;
    const row = register.get('banks', bank);
    if (!row) throw new HubError('not-found', `no bank "${bank}" in this building`, { where: 'path.bank' });
    if (row.reach === 'hub') {
      throw new HubError('request-invalid', `the hub itself drives the bank "${bank}"`, {
        where: 'path.bank',
      });
    }
    const invited = register.all('agents').filter(({ state }) => state === 'invited');
    const over = invited.filter((agent) => this.#leftMs(agent) === 0);
    if (invited.length - over.length >= MAX_INVITED) {
      throw new HubError('too-many-codes', `${MAX_INVITED} codes wait already; use or cancel one`);
    }
    const agent = newId(clock, random);
    this.#invitedMs.set(agent, clock.monotonicMs());
    await log.record(
      by,
      [{ type: 'agent.invited', data: { agent, bank } }],
      [
        ...over.map(({ id }) => ({ table: 'agents', remove: id }) as const),
        { table: 'agents', row: invitedAgent(agent, bank, clock.wallMs()) },
      ],
    );
    return { agent, code: joinCodeText(agentCode(codeKey, agent)), expiresInMs: CODE_LIFE_MS };
  }

  /** Makes a code void that was not used. @throws HubError `not-found`. */
  async cancel(by: Actor, agent: string): Promise<void> {
    const row = this.#options.register.get('agents', agent);
    if (row?.state !== 'invited') throw new HubError('not-found', 'no such code waits; reload the page');
    await this.#options.log.record(
      by,
      [{ type: 'agent.cancelled', data: { agent, bank: row.bank } }],
      [{ table: 'agents', remove: agent }],
    );
  }

  list(): AgentView[] {
    return this.#options.register.all('agents').map((row) => ({
      agent: row.id,
      bank: row.bank,
      state: row.state,
      name: row.name,
      invitedAt: row.invitedAt,
      joinedAt: row.joinedAt,
      strangers: row.strangers,
      expiresInMs: row.state === 'invited' ? this.#leftMs(row) : null,
    }));
  }

  /**
   * Answers a request to join. The same agent may ask again (its answer got lost): it gets the same certificate.
   *
   * @param from the address that it came from
   * @throws HubError `join-code-wrong`, `join-code-used`, `too-many-attempts`, `request-invalid`, `overloaded`
   */
  async join(request: JoinRequest, from: string, where: Whereabouts): Promise<JoinReply> {
    const waitMs = this.#wrong.blockedForMs(from);
    if (waitMs > 0) {
      throw new HubError('too-many-attempts', 'too many wrong codes from this address', {
        retryAfterMs: waitMs,
      });
    }
    const found = this.#findCode(request.key);
    if (!found) {
      this.#wrong.failed(from);
      throw wrongCode();
    }
    const { row, keys } = found;
    if (this.#joining.has(row.id)) throw new HubError('overloaded', 'this code is being used; try again');
    this.#joining.add(row.id);
    try {
      const asked = readRequest(request, keys);
      if (!asked) {
        this.#wrong.failed(from);
        await this.#noteStranger(row);
        throw wrongCode();
      }
      const joined = row.state === 'invited' ? await this.#admitNew(row, asked) : row;
      const { certificate } = joined;
      if (certificate === null || joined.publicKey !== asked.publicKey) {
        await this.#noteStranger(row, { type: 'agent.refused', reason: 'code-used' });
        throw new HubError('join-code-used', 'this code was used by another agent; staff see that, ask them');
      }
      const { id: agent, bank } = row;
      const ca = this.#options.authority.certificate;
      return sealed({ v: 1, nonce: asked.nonce, agent, bank, certificate, ca, ...where }, keys);
    } finally {
      this.#joining.delete(row.id);
    }
  }

  /** Who may speak by this certificate now. Its dates don't count (see `agent-certificate.ts`). */
  admit(leaf: X509Certificate | undefined): Admission {
    if (!leaf) return { refused: 'no-certificate' };
    const id = agentOf(leaf, this.#options.authority);
    const row = id === undefined ? undefined : this.#options.register.get('agents', id);
    if (!row || row.certificate === null) return { refused: 'foreign' };
    if (row.state === 'replaced' || row.state === 'revoked') return { refused: row.state };
    const isAllowed = fingerprintOf(leaf) === fingerprintOf(new X509Certificate(row.certificate));
    return isAllowed ? { bank: row.bank } : { refused: 'foreign' };
  }

  async #admitNew(row: Agent, { name, publicKey }: { name: string; publicKey: string }): Promise<Agent> {
    const { register, log, clock, random, authority, onChanged } = this.#options;
    const nowMs = clock.wallMs();
    const certificate = await issueTo(authority, row.id, publicKey, nowMs, random.bytes(SERIAL_BYTES)).catch(
      (cause: unknown) => {
        throw new HubError('request-invalid', 'body.text.publicKey: it cannot be certified', { cause });
      },
    );
    const bank = register.get('banks', row.bank);
    const former = register.all('agents').find((one) => one.bank === row.bank && one.state === 'joined');
    const joined: Agent = { ...row, state: 'joined', name, publicKey, certificate, joinedAt: nowMs };
    const fingerprint = fingerprintOf(new X509Certificate(certificate));
    await log.record(
      { kind: 'bank', id: row.bank },
      [
        {
          type: 'agent.joined',
          data: { agent: row.id, bank: row.bank, fingerprint, replaces: former?.id ?? null },
        },
      ],
      [
        { table: 'agents', row: joined },
        ...(former ? [{ table: 'agents', row: { ...former, state: 'replaced' } } as const] : []),
        // No password opens a bank's topics beside its agent's certificate.
        ...(bank ? [{ table: 'banks', row: { ...bank, credentialHash: '' } } as const] : []),
      ],
    );
    onChanged(row.bank);
    return joined;
  }

  async #noteStranger(row: Agent, refused?: { type: 'agent.refused'; reason: 'code-used' }): Promise<void> {
    const by = { kind: 'bank', id: row.bank } as const;
    const data = { agent: row.id, bank: row.bank };
    const facts = refused ? [{ type: refused.type, data: { ...data, reason: refused.reason } }] : [];
    await this.#options.log.record(by, facts, [
      { table: 'agents', row: { ...row, strangers: row.strangers + 1 } },
    ]);
  }

  /** The agent whose code has this name, while the code is good. */
  #findCode(name: string): { readonly row: Agent; readonly keys: JoinKeys } | undefined {
    for (const row of this.#options.register.all('agents')) {
      if (row.state !== 'invited' && row.state !== 'joined') continue;
      if (this.#leftMs(row) === 0) continue;
      const keys = joinKeys(agentCode(this.#options.codeKey, row.id));
      if (keys.name === name) return { row, keys };
    }
    return undefined;
  }

  /**
   * How long an agent's code is still good. Within this boot monotonic time counts; a code of an earlier boot is good
   * only by a wall clock that is trusted: a new code is quickly made, one that never ends might be found.
   */
  #leftMs({ id, invitedAt, strangers }: Agent): number {
    const { clock, clockTrust } = this.#options;
    if (strangers >= MAX_STRANGERS) return 0;
    const sinceMs = this.#invitedMs.get(id);
    if (sinceMs !== undefined) return Math.max(0, CODE_LIFE_MS - (clock.monotonicMs() - sinceMs));
    const ageMs = clock.wallMs() - invitedAt;
    return clockTrust() === 'trusted' && ageMs >= 0 ? Math.max(0, CODE_LIFE_MS - ageMs) : 0;
  }
}

function invitedAgent(id: string, bank: string, nowMs: number): Agent {
  return {
    id,
    bank,
    state: 'invited',
    name: null,
    publicKey: null,
    certificate: null,
    invitedAt: nowMs,
    joinedAt: null,
    strangers: 0,
  };
}

function wrongCode(): HubError {
  return new HubError(
    'join-code-wrong',
    'this code is wrong, void or older than a day; ask staff for a new one',
  );
}
