/**
 * What an agent must never forget: which grants it has seen and what became of them, its sessions, the highest epoch,
 * and the last known truth about each compartment. See SPEC.md.
 */
import type { DoorState, EmergencyState, GrantOutcome, Purpose } from '@lockerhub/protocol/bank/messages.ts';
import type { AgentError } from '../error.ts';
import type { KeptEpoch } from '../identity/epoch-guard.ts';
import type { Journal } from './journal.ts';
import {
  type Asked,
  type CompartmentRecord,
  type GrantRecord,
  type Head,
  LedgerRecord,
  type Released,
} from './ledger-record.ts';
import { isOutstanding, Releases } from './releases.ts';

/**
 * Grants kept; the oldest that has ended goes first. An older one can't be replayed: an open holds for one session
 * and `OPEN_WITHIN_MS`.
 */
const MAX_GRANTS = 10_000;
/** A journal longer than this is rewritten from memory (about 3 MB with `MAX_GRANTS` grants). */
const MAX_JOURNAL_BYTES = 16 * 1024 * 1024;

/** A grant about to be begun. */
export interface Beginning {
  readonly grant: string;
  readonly delivery: string | null;
  readonly purpose: Purpose;
  readonly compartment: number;
  /** Who was let in, if the agent itself gave the grant. */
  readonly released?: Omit<Released, 'number'>;
  /** The command that a mailbox will get for it. */
  readonly asked?: Asked;
}

export class Ledger {
  readonly #journal: Journal;
  readonly #onFailure: (error: AgentError) => void;
  readonly #grants = new Map<string, GrantRecord>();
  readonly #compartments = new Map<number, CompartmentRecord>();
  readonly #inProgress = new Set<string>();
  readonly #releases = new Releases();
  #session = 0;
  #epoch: KeptEpoch = { number: 0, instance: null };
  #head: Head | null = null;
  /** Under which epoch it was told. */
  #headEpoch: number | null = null;
  #emergency: EmergencyState = 'normal';
  #unwalked: number | null = null;
  #failure: AgentError | null = null;
  #rewriting = false;
  #lastWrite: Promise<void> = Promise.resolve();
  /** Records of a kind that this version does not know, passed over at the start. */
  unknownRecords = 0;

  private constructor(journal: Journal, onFailure: (error: AgentError) => void) {
    this.#journal = journal;
    this.#onFailure = onFailure;
  }

  /**
   * Reads the journal, marks what was cut off as `interrupted`, and writes it anew, short and whole.
   *
   * @param onFailure told once if the journal fails later on; nothing is opened from then on.
   * @throws AgentError `journal-failed`
   */
  static async open(journal: Journal, onFailure: (error: AgentError) => void): Promise<Ledger> {
    const ledger = new Ledger(journal, onFailure);
    for (const record of await journal.read()) {
      const known = LedgerRecord.safeParse(record);
      if (known.success) ledger.#apply(known.data);
      else ledger.unknownRecords += 1;
    }
    for (const grant of ledger.#grants.values()) {
      if (!grant.ended && grant.outcome !== 'unknown') ledger.#keep({ ...grant, outcome: 'interrupted' });
    }
    await journal.rewrite(() => ledger.#records());
    return ledger;
  }

  /** Why nothing can be written any more, or null. */
  get failure(): AgentError | null {
    return this.#failure;
  }

  /** The highest epoch that was obeyed. */
  get epoch(): number {
    return this.#epoch.number;
  }

  /** It, and the hub that was proven to bear it. */
  get keptEpoch(): KeptEpoch {
    return this.#epoch;
  }

  /** The newest head of the epoch that is obeyed; one of a hub before says nothing of this one's log. */
  get head(): Head | null {
    return this.#headEpoch === null || this.#headEpoch === this.#epoch.number ? this.#head : null;
  }

  /** Where the emergency release stood when it was last written down. */
  get emergency(): EmergencyState {
    return this.#emergency;
  }

  grant(id: string): GrantRecord | undefined {
    return this.#grants.get(id);
  }

  compartment(number: number): CompartmentRecord | undefined {
    return this.#compartments.get(number);
  }

  /** Whether a grant of this delivery is in flight, or its door is `unknown`. */
  deliveryInProgress(delivery: string): boolean {
    for (const id of this.#inProgress) if (this.#grants.get(id)?.delivery === delivery) return true;
    return false;
  }

  /** All that is known of a delivery's grants, oldest first. */
  grantsOf(delivery: string): GrantRecord[] {
    return [...this.#grants.values()].filter((grant) => grant.delivery === delivery);
  }

  /** Whether this agent released the delivery, and no hub has taken that over yet. */
  deliveryReleased(delivery: string): boolean {
    return this.outstanding().some((grant) => grant.delivery === delivery && grant.outcome !== 'refused');
  }

  /** What this agent released and no hub has taken over yet, oldest first. */
  outstanding(): GrantRecord[] {
    return [...this.#grants.values()].filter((grant) => isOutstanding(grant, this.#releases.takenOver));
  }

  /** The name of this agent's releases. Draws it with `newSeries` and makes it durable if there is none yet. */
  async series(newSeries: () => string): Promise<string> {
    if (this.#releases.series === null) {
      this.#releases.begin(newSeries());
      await this.#write(this.#releases.record());
    }
    return this.#releases.series ?? '';
  }

  /** A hub has them in its log. */
  noteTakenOver(series: string, number: number): void {
    if (this.#releases.take(series, number)) this.#note(this.#releases.record());
  }

  /** Writes what a person said of a door without a sensor. */
  noteAttested(grant: string, attested: NonNullable<GrantRecord['attested']>): Promise<void> {
    const before = this.#grants.get(grant);
    if (!before) return Promise.resolve();
    const after = { ...before, attested, ended: true };
    this.#keep(after);
    return this.#write({ kind: 'grant', ...after });
  }

  /** The next session's number, durable when this resolves. */
  async raiseSession(): Promise<number> {
    this.#session += 1;
    const session = this.#session;
    await this.#write({ kind: 'session', session });
    return session;
  }

  /** Obeys an epoch from now on, and no lower one ever again; or learns which hub bears the one that it obeys. */
  async raiseEpoch(epoch: KeptEpoch): Promise<void> {
    const { number, instance } = this.#epoch;
    const isNews = epoch.number > number || (epoch.number === number && instance === null && epoch.instance);
    if (!isNews) return;
    this.#epoch = epoch;
    await this.#write({ kind: 'epoch', epoch: epoch.number, instance: epoch.instance });
  }

  /** Writes down where the emergency release stands. Durable in its turn: nothing waits for it. */
  noteEmergency(state: EmergencyState): void {
    this.#emergency = state;
    this.#note({ kind: 'emergency', state });
  }

  /** Writes down that pickup lists up to this version know nothing of an emergency release. */
  noteUnwalked(list: number): void {
    if (this.#unwalked !== null && list <= this.#unwalked) return;
    this.#unwalked = list;
    this.#note({ kind: 'unwalked', list });
  }

  /**
   * Whether an emergency may have opened this door since anybody else did, and no list of this version can tell that
   * staff have looked.
   */
  isUnwalked(compartment: number, list: number): boolean {
    if (this.#unwalked === null || list > this.#unwalked) return false;
    const grant = this.#grants.get(this.#compartments.get(compartment)?.grant ?? '');
    // A sensor saw a jammed door closed throughout; a refused grant pulsed nothing.
    return grant?.purpose === 'emergency' && !['jammed', 'refused', 'burned'].includes(grant.outcome);
  }

  /** Keeps the newest head that the hub told; a lower one is no news. */
  noteHead(head: Head): void {
    const { head: kept } = this;
    if (kept && head.seq <= kept.seq) return;
    this.#head = head;
    this.#headEpoch = this.#epoch.number;
    this.#note({ kind: 'head', head, epoch: this.#headEpoch });
  }

  /**
   * Writes `begun`. It counts at once for every later question; only when this resolves may the door be pulsed.
   *
   * @throws AgentError `journal-failed`: then nothing may be pulsed.
   */
  begin({ grant, delivery, purpose, compartment, released, asked }: Beginning): Promise<void> {
    const begun: GrantRecord = {
      grant,
      delivery,
      purpose,
      compartment,
      outcome: 'begun',
      closed: false,
      ended: false,
      released: released ? { ...released, number: this.#releases.next() } : null,
      attested: null,
      asked: asked ?? null,
    };
    this.#keep(begun);
    const before = this.#compartments.get(compartment);
    const place: CompartmentRecord = {
      compartment,
      grant,
      delivery,
      openedAt: before?.openedAt ?? null,
      door: before?.door ?? 'unseen',
      forced: false,
    };
    this.#compartments.set(compartment, place);
    this.#note({ kind: 'compartment', ...place });
    return this.#write({ kind: 'grant', ...begun });
  }

  /** Makes a grant worthless: it was refused, or asked about and never seen. One that is known stays as it is. */
  burn(grant: string, outcome: 'refused' | 'burned', about?: Omit<Beginning, 'grant'>): Promise<void> {
    if (this.#grants.has(grant)) return Promise.resolve();
    const burned: GrantRecord = {
      grant,
      delivery: about?.delivery ?? null,
      purpose: about?.purpose ?? null,
      compartment: about?.compartment ?? null,
      outcome,
      closed: false,
      ended: true,
      released: null,
      attested: null,
      asked: null,
    };
    this.#keep(burned);
    return this.#write({ kind: 'grant', ...burned });
  }

  /** Writes what became of a begun grant. Durable in its turn: nothing waits for it. */
  note(grant: string, outcome: GrantOutcome, ended: boolean): void {
    this.#change(grant, { outcome, ended });
  }

  /** Writes that nothing can come of a grant any more, whatever it has come to. */
  end(grant: string): void {
    this.#change(grant, { ended: true });
  }

  /** Writes that the door which a grant had opened was closed. */
  noteClosed(grant: string): void {
    this.#change(grant, { closed: true });
  }

  /** Writes what is known of a door; `openedAt` if it has just been seen to open. */
  noteDoor(compartment: number, door: DoorState, openedAt?: number): void {
    const before = this.#compartments.get(compartment);
    const record: CompartmentRecord = {
      compartment,
      grant: before?.grant ?? null,
      delivery: before?.delivery ?? null,
      openedAt: openedAt ?? before?.openedAt ?? null,
      door,
      forced: door === 'forced' || (before?.forced ?? false),
    };
    this.#compartments.set(compartment, record);
    this.#note({ kind: 'compartment', ...record });
  }

  /** Resolves once all that was noted until now is durable, or the journal has failed: whoever tells it waits for this. */
  written(): Promise<void> {
    return this.#lastWrite;
  }

  /** Waits until all is durable, then lets go of the journal. */
  close(): Promise<void> {
    return this.#journal.close();
  }

  #change(grant: string, change: Partial<GrantRecord>): void {
    const before = this.#grants.get(grant);
    if (!before) return;
    const after = { ...before, ...change };
    this.#keep(after);
    this.#note({ kind: 'grant', ...after });
  }

  #apply(record: LedgerRecord): void {
    if (record.kind === 'session') this.#session = Math.max(this.#session, record.session);
    else if (record.kind === 'epoch') {
      const { epoch: number, instance } = record;
      if (number >= this.#epoch.number) this.#epoch = { number, instance };
    } else if (record.kind === 'head') {
      this.#head = record.head;
      this.#headEpoch = record.epoch;
    } else if (record.kind === 'emergency') this.#emergency = record.state;
    else if (record.kind === 'unwalked') this.#unwalked = Math.max(this.#unwalked ?? 0, record.list);
    else if (record.kind === 'taken-over') this.#releases.restore(record.series, record.number);
    else if (record.kind === 'compartment') {
      const { kind: _, ...place } = record;
      this.#compartments.set(place.compartment, place);
    } else {
      const { kind: _, ...grant } = record;
      this.#keep(grant);
    }
  }

  #keep(kept: GrantRecord): void {
    this.#grants.set(kept.grant, kept);
    this.#releases.saw(kept);
    if (kept.ended) this.#inProgress.delete(kept.grant);
    else this.#inProgress.add(kept.grant);
    if (this.#grants.size <= MAX_GRANTS) return;
    for (const [id, grant] of this.#grants) {
      const { ended, compartment } = grant;
      const isLast = compartment !== null && this.#compartments.get(compartment)?.grant === id;
      if (ended && !isLast && !isOutstanding(grant, this.#releases.takenOver)) {
        this.#grants.delete(id);
        return;
      }
    }
  }

  #records(): LedgerRecord[] {
    return [
      ...(this.#session > 0 ? [{ kind: 'session' as const, session: this.#session }] : []),
      { kind: 'epoch', epoch: this.#epoch.number, instance: this.#epoch.instance },
      ...(this.#head ? [{ kind: 'head' as const, head: this.#head, epoch: this.#headEpoch }] : []),
      ...(this.#emergency === 'normal' ? [] : [{ kind: 'emergency' as const, state: this.#emergency }]),
      ...(this.#unwalked === null ? [] : [{ kind: 'unwalked' as const, list: this.#unwalked }]),
      ...(this.#releases.series === null ? [] : [this.#releases.record()]),
      ...[...this.#grants.values()].map((grant) => ({ kind: 'grant' as const, ...grant })),
      ...[...this.#compartments.values()].map((place) => ({ kind: 'compartment' as const, ...place })),
    ];
  }

  /** Writes without waiting; a failure is told, and every later `begin` fails. */
  #note(record: LedgerRecord): void {
    this.#write(record).catch(() => {
      // `#write` has told it already.
    });
  }

  async #write(record: LedgerRecord): Promise<void> {
    try {
      const written = this.#journal.append(record);
      // This write fails here, below; whoever waits for the last one only waits for its end.
      this.#lastWrite = written.catch(() => {});
      if (this.#journal.sizeBytes > MAX_JOURNAL_BYTES) this.#shorten();
      await written;
    } catch (cause) {
      const error = cause as AgentError;
      if (!this.#failure) {
        this.#failure = error;
        this.#onFailure(error);
      }
      throw error;
    }
  }

  #shorten(): void {
    if (this.#rewriting) return;
    this.#rewriting = true;
    this.#journal
      .rewrite(() => this.#records())
      .then(
        () => {
          this.#rewriting = false;
        },
        (error: AgentError) => {
          this.#failure ??= error;
          this.#onFailure(error);
        },
      );
  }
}
