/** The agents of a building: invited by a one-time code, joined with a key of their own, admitted by their certificate. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import type { AgentCode, AgentView } from '@lockerhub/protocol/http/staff.ts';
import { joinCodeText } from '@lockerhub/protocol/join/join-code.ts';
import { type JoinKeys, joinKeys } from '@lockerhub/protocol/join/join-keys.ts';
import type { JoinReply, JoinRequest } from '@lockerhub/protocol/join/join-messages.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import type { z } from 'zod';
import type { StaffCommand } from '../deliveries/command.ts';
import { HubError } from '../error.ts';
import type { Authority } from '../keyring/authority.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import { Attempts } from '../sign-in/attempts.ts';
import type { Rows } from '../store/rows.ts';
import { agentOf, fingerprintOf, issueTo, LIFETIME_MS, SERIAL_BYTES } from './agent-certificate.ts';
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

/** Changes that wait for their turn. Each is short, and few people or agents make any. */
const MAX_WAITING = 64;

type Agent = Rows['agents'];

interface Code {
  /** The agent's. */
  readonly id: string;
  readonly keys: JoinKeys;
}

export interface AgentsOptions {
  readonly register: Register;
  readonly log: BuildingLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly clockTrust: () => 'trusted' | 'untrusted';
  /** From the building's keyring. */
  readonly codeKey: Uint8Array;
  readonly authority: Authority;
  /** Revokes an agent together with the codes that its pickup lists held. */
  readonly revoke: (command: Extract<StaffCommand, { type: 'revoke-agent' }>) => Promise<unknown>;
  /** A row could not be written, and nobody waits to be told. */
  readonly onFault: (error: unknown) => void;
  /** Another agent, or none, speaks for this bank from now on. */
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
  /** What changes an agent's row runs one after the other: no change may be written over a later one. */
  readonly #turns = new Turns();

  constructor(options: AgentsOptions) {
    this.#options = options;
    this.#wrong = new Attempts(options.clock, WRONG_TRIES, WRONG_WITHIN_MS);
  }

  /** A one-time code for an agent of this bank. @throws HubError `not-found`, `request-invalid`, `too-many-codes`. */
  invite(by: Actor, bank: string): Promise<z.infer<typeof AgentCode>> {
    return this.#inTurn(() => this.#invite(by, bank));
  }

  async #invite(by: Actor, bank: string): Promise<z.infer<typeof AgentCode>> {
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

  /** Makes a code void that was not used. @throws HubError `not-found`, `overloaded`. */
  cancel(by: Actor, agent: string): Promise<void> {
    return this.#inTurn(async () => {
      const { register, log } = this.#options;
      const row = register.get('agents', agent);
      if (row?.state !== 'invited') throw new HubError('not-found', 'no such code waits; reload the page');
      await log.record(
        by,
        [{ type: 'agent.cancelled', data: { agent, bank: row.bank } }],
        [{ table: 'agents', remove: agent }],
      );
    });
  }

  /**
   * Ends an agent's right at once, also of one that was replaced: its pickup lists are as readable to a thief. Whoever
   * stood on them gets another code.
   *
   * @throws HubError `not-found`, `overloaded`; Refusal
   */
  revoke(staff: string, agent: string, reason: string): Promise<void> {
    return this.#inTurn(async () => {
      const { register, revoke, onChanged } = this.#options;
      const row = register.get('agents', agent);
      if (row?.state !== 'joined' && row?.state !== 'replaced') {
        throw new HubError('not-found', 'no such agent is admitted; reload the page');
      }
      const holders = register.get('listings', agent)?.holders ?? [];
      await revoke({ type: 'revoke-agent', staff, agent: row, reason, holders });
      onChanged(row.bank);
    });
  }

  /** These are about to be named on a pickup list of a bank's agent; durable when it resolves. */
  noteListed(bank: string, holders: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      const { register, log } = this.#options;
      const agent = register.all('agents').find((one) => one.bank === bank && one.state === 'joined');
      if (!agent) return;
      const known = new Set(register.get('listings', agent.id)?.holders);
      const size = known.size;
      for (const holder of holders) known.add(holder);
      if (known.size === size) return;
      const row = { id: agent.id, holders: [...known] };
      await log.append({ payloads: [], rows: [{ table: 'listings', row }] });
    });
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
    return this.#inTurn(() => this.#joinBy(found, request, from, where));
  }

  /** Who may speak by this certificate now. Its dates don't count (see `agent-certificate.ts`). */
  admit(leaf: X509Certificate | undefined): Admission {
    if (!leaf) return { refused: 'no-certificate' };
    const id = agentOf(leaf, this.#options.authority);
    const row = id === undefined ? undefined : this.#options.register.get('agents', id);
    if (!row || row.certificate === null) return { refused: 'foreign' };
    if (row.state === 'replaced' || row.state === 'revoked') return { refused: row.state };
    if (isOf(leaf, row.nextCertificate)) {
      // From now on it is the only one.
      this.#inTurn(() => this.#promote(row.id)).catch(this.#options.onFault);
      return { bank: row.bank };
    }
    return isOf(leaf, row.certificate) ? { bank: row.bank } : { refused: 'foreign' };
  }

  async #joinBy(
    { id, keys }: Code,
    request: JoinRequest,
    from: string,
    where: Whereabouts,
  ): Promise<JoinReply> {
    const row = this.#options.register.get('agents', id);
    if (!row || !this.#isGood(row)) throw wrongCode();
    const asked = readRequest(request, keys);
    if (!asked) {
      this.#wrong.failed(from);
      await this.#noteStranger(row);
      throw wrongCode();
    }
    const joined = row.state === 'invited' ? await this.#admitNew(row, asked) : row;
    const { certificate, bank } = joined;
    if (certificate === null || joined.publicKey !== asked.publicKey) {
      await this.#noteStranger(row, { type: 'agent.refused', reason: 'code-used' });
      throw new HubError('join-code-used', 'this code was used by another agent; staff see that, ask them');
    }
    const ca = this.#options.authority.certificate;
    return sealed({ v: 1, nonce: asked.nonce, agent: id, bank, certificate, ca, ...where }, keys);
  }

  /** @throws HubError `overloaded` if too much waits. */
  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#turns.waiting >= MAX_WAITING) {
      return Promise.reject(new HubError('overloaded', 'too many agents at once; try again in a moment'));
    }
    return this.#turns.take(act);
  }

  /** Banks whose agents should get their next certificate; none while the clock is not trusted. */
  dueForRenewal(): string[] {
    const { register, clock, clockTrust } = this.#options;
    if (clockTrust() !== 'trusted') return [];
    const joined = register.all('agents').filter(({ state }) => state === 'joined');
    return joined.filter((agent) => isDue(agent, clock.wallMs())).map(({ bank }) => bank);
  }

  /**
   * The next certificate of a bank's agent, for this public key; the present one counts until it was used. Null if none
   * is due. @throws HubError `request-invalid`, `overloaded`
   */
  renew(bank: string, publicKey: string): Promise<string | null> {
    return this.#inTurn(async () => {
      const { register, log, clock, clockTrust } = this.#options;
      const row = register.all('agents').find((one) => one.bank === bank && one.state === 'joined');
      if (!row || clockTrust() !== 'trusted' || !isDue(row, clock.wallMs())) return null;
      if (row.nextCertificate !== null && isFor(row.nextCertificate, publicKey)) return row.nextCertificate;
      const certificate = await this.#issue(row.id, publicKey);
      const fingerprint = fingerprintOf(new X509Certificate(certificate));
      await log.record(
        { kind: 'bank', id: bank },
        [{ type: 'agent.renewed', data: { agent: row.id, bank, fingerprint } }],
        [{ table: 'agents', row: { ...row, nextCertificate: certificate } }],
      );
      return certificate;
    });
  }

  async #promote(agent: string): Promise<void> {
    const row = this.#options.register.get('agents', agent);
    if (row?.state !== 'joined' || row.nextCertificate === null) return;
    const promoted = { ...row, certificate: row.nextCertificate, nextCertificate: null };
    await this.#options.log.append({ payloads: [], rows: [{ table: 'agents', row: promoted }] });
  }

  #issue(agent: string, publicKey: string): Promise<string> {
    const { authority, clock, random } = this.#options;
    const serial = random.bytes(SERIAL_BYTES);
    return issueTo(authority, agent, publicKey, clock.wallMs(), serial).catch((cause: unknown) => {
      throw new HubError('request-invalid', 'the public key cannot be certified', { cause });
    });
  }

  async #admitNew(row: Agent, { name, publicKey }: { name: string; publicKey: string }): Promise<Agent> {
    const { register, log, clock, onChanged } = this.#options;
    const nowMs = clock.wallMs();
    const certificate = await this.#issue(row.id, publicKey);
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
  #findCode(name: string): Code | undefined {
    for (const row of this.#options.register.all('agents')) {
      if (!this.#isGood(row)) continue;
      const keys = joinKeys(agentCode(this.#options.codeKey, row.id));
      if (keys.name === name) return { id: row.id, keys };
    }
    return undefined;
  }

  #isGood(row: Agent): boolean {
    return (row.state === 'invited' || row.state === 'joined') && this.#leftMs(row) > 0;
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

function isOf(leaf: X509Certificate, certificate: string | null): boolean {
  return certificate !== null && fingerprintOf(leaf) === fingerprintOf(new X509Certificate(certificate));
}

function isFor(certificate: string, publicKey: string): boolean {
  return new X509Certificate(certificate).publicKey.equals(createPublicKey(publicKey));
}

/**
 * A third of its life is left, or more than all of it (a clock was ahead when it was issued), or its successor was not
 * used yet.
 */
function isDue({ certificate, nextCertificate }: Agent, nowMs: number): boolean {
  if (certificate === null) return false;
  const leftMs = Date.parse(new X509Certificate(certificate).validTo) - nowMs;
  return nextCertificate !== null || leftMs <= LIFETIME_MS / 3 || leftMs > LIFETIME_MS;
}

function invitedAgent(id: string, bank: string, nowMs: number): Agent {
  return {
    id,
    bank,
    state: 'invited',
    name: null,
    publicKey: null,
    certificate: null,
    nextCertificate: null,
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
