/**
 * What the agents on machines of their own run, and how the last update of each machine ended: as they say it at each
 * session. The log keeps it, so that it is known too while an agent or this hub was away.
 */
import type { BankState } from '@lockerhub/protocol/bank/messages.ts';
import type { AgentVersion } from '@lockerhub/protocol/http/updates.ts';
import { PAYLOADS, type PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import { softwareSubject } from '@lockerhub/protocol/log/subject.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { ToldUpdate } from '@lockerhub/protocol/update/files.ts';
import { standingTo } from '@lockerhub/protocol/update/version.ts';
import type { Logger } from 'pino';
import type { BuildingLog, Fact } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { Store } from '../store/store.ts';
import { SOFTWARE } from '../version.ts';

/** An agent that says something else each time fills no log: of what it says within this time, the newest is written down. */
export const EACH_AT_MOST_MS = 10_000;

type Told = Pick<BankState, 'software' | 'update'>;
type Kept = Extract<Fact['type'], 'agent.version' | 'agent.updated'>;

interface Known {
  readonly software: string | null;
  readonly sinceMs: number | null;
  readonly update: ToldUpdate | null;
}

export interface AgentVersionsOptions {
  readonly register: Pick<Register, 'all'>;
  readonly log: Pick<BuildingLog, 'record'>;
  readonly store: Pick<Store, 'query'>;
  readonly isOnline: (bank: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class AgentVersions {
  readonly #options: AgentVersionsOptions;
  readonly #known = new Map<string, Known>();
  /** The newest that each bank's agent said and that is not compared yet. */
  readonly #told = new Map<string, Told>();
  /** Banks that are being compared, or were so lately that something has to be waited for. */
  readonly #busy = new Set<string>();
  readonly #timers = new Map<string, Timer>();
  #noting: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(options: AgentVersionsOptions) {
    this.#options = options;
  }

  /** Takes what an agent says of itself. One that runs in this hub is of the hub's own release, and not kept. */
  told(bank: string, { software, update }: Told): void {
    if (!this.#banks().some(({ id }) => id === bank)) return;
    this.#told.set(bank, { software, update });
    if (!this.#busy.has(bank)) this.#begin(bank);
  }

  /** One for each bank whose agent is on a machine of its own, by their names. @throws StoreError */
  async view(): Promise<AgentVersion[]> {
    const rows = this.#banks().map(({ id, layout }) => ({ bank: id, name: layout.name }));
    rows.sort((a, b) => (a.name < b.name ? -1 : 1));
    return Promise.all(rows.map((row) => this.#viewOf(row)));
  }

  /** Resolves when all that was begun is written down. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers.values()) timer.cancel();
    await this.#noting;
  }

  #banks() {
    return this.#options.register.all('banks').filter(({ reach }) => reach === 'agent');
  }

  async #viewOf({ bank, name }: Pick<AgentVersion, 'bank' | 'name'>): Promise<AgentVersion> {
    const known = await this.#knownOf(bank);
    const standing = standingTo(known.software ?? '', SOFTWARE);
    return { bank, name, online: this.#options.isOnline(bank), standing, ...known };
  }

  #begin(bank: string): void {
    const told = this.#told.get(bank);
    this.#told.delete(bank);
    if (!told || this.#stopped) return;
    const { clock, logger } = this.#options;
    this.#busy.add(bank);
    const noted = this.#note(bank, told).catch((error: unknown) =>
      // It says it again with its next session.
      logger.warn({ err: error, bank }, 'which version an agent runs could not be kept'),
    );
    this.#noting = Promise.all([this.#noting, noted]);
    const next = () => {
      this.#timers.delete(bank);
      this.#busy.delete(bank);
      this.#begin(bank);
    };
    // Also where the store takes longer than that: what is compared next has to know what was written down.
    this.#timers.set(
      bank,
      clock.after(EACH_AT_MOST_MS, () => void noted.then(next)),
    );
  }

  async #note(bank: string, { software, update }: Told): Promise<void> {
    const known = await this.#knownOf(bank);
    const isOther = update !== undefined && update.endedAtMs !== known.update?.endedAtMs;
    const facts: Fact[] = [
      ...(software === known.software ? [] : [{ type: 'agent.version', data: { bank, software } } as const]),
      ...(isOther ? [{ type: 'agent.updated', data: { bank, update } } as const] : []),
    ];
    if (facts.length === 0) return;
    await this.#options.log.record({ kind: 'bank', id: bank }, facts);
    this.#known.set(bank, {
      software,
      sinceMs: software === known.software ? known.sinceMs : this.#options.clock.wallMs(),
      update: update ?? known.update,
    });
  }

  async #knownOf(bank: string): Promise<Known> {
    const known = this.#known.get(bank);
    if (known) return known;
    const [version, updated] = [
      await this.#last(bank, 'agent.version'),
      await this.#last(bank, 'agent.updated'),
    ];
    const found = {
      software: version?.data.software ?? null,
      sinceMs: version?.at ?? null,
      update: updated?.data.update ?? null,
    };
    // What an agent said meanwhile is newer.
    const newer = this.#known.get(bank);
    if (!newer) this.#known.set(bank, found);
    return newer ?? found;
  }

  async #last<Type extends Kept>(
    bank: string,
    type: Type,
  ): Promise<{ readonly at: number; readonly data: PayloadOf<Type> } | null> {
    const [row] = await this.#options.store.query<{ at: number; data: unknown }>(
      'select at, data from log where subject = $1 and type = $2 order by seq desc limit 1',
      [softwareSubject(bank), type],
    );
    return row ? { at: row.at, data: PAYLOADS[type].parse(row.data) as PayloadOf<Type> } : null;
  }
}
