/**
 * One bank as the hub hears it: its sessions, its heartbeat, its messages in order. At boot a bank is unknown: what
 * the broker heard before a crash counts for nothing.
 */
import {
  type Availability,
  type BankState,
  HEARTBEAT_MS,
  type OutcomesResponse,
  VERSION,
} from '@lockerhub/protocol/bank/messages.ts';
import type { ScanResponse } from '@lockerhub/protocol/bank/scan.ts';
import type { Arrived, MessageOf, TopicName } from '@lockerhub/protocol/bank/topics.ts';
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import type { EpochCertificate } from '@lockerhub/protocol/sync/epoch.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { BankCommand, HandOverCommand } from '../deliveries/bank-command.ts';
import type { Effect } from '../deliveries/command.ts';
import { Refusal } from '../deliveries/refusal.ts';
import { StoreError } from '../store/store-error.ts';
import { headAhead, type OwnLog } from './head-ahead.ts';
import type { OpeningHistory } from './opening-history.ts';
import { OutcomeQuestions } from './outcome-questions.ts';
import { RecordQuestions } from './record-questions.ts';

/** Messages of one bank that wait for the building; one more and the bank has to connect again and send anew. */
export const MAX_WAITING = 2_000;
/** Log heads are the bank's to keep only as far as the protocol says: `seq` 0 is no head yet. */
const NO_HEAD = 0;

export type EffectOf<Type extends Effect['type']> = Extract<Effect, { type: Type }>;
export type BankTopic =
  | 'open'
  | 'outcomes'
  | 'ack'
  | 'heartbeat'
  | 'pickups'
  | 'takenOver'
  | 'records'
  | 'scan'
  | 'scanStop';

export interface BankLinkOptions extends OwnLog {
  readonly bank: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** This boot of the hub: its monotonic time means nothing to another. */
  readonly bootId: string;
  /** Proves the epoch to agents; undefined before the building is set up. */
  readonly certificate: () => EpochCertificate | undefined;
  readonly publish: <Name extends BankTopic>(name: Name, message: MessageOf<Name>) => Promise<boolean>;
  /** What the log says of the doors that the agent tells of. */
  readonly history: OpeningHistory;
  readonly execute: (command: BankCommand | HandOverCommand) => Promise<unknown>;
  /** The agent said who it is. */
  readonly onState: (state: BankState) => void;
  /** Called after each change of what pages show of a bank. */
  readonly onChange: () => void;
  /** Ends the connection to the agent, which comes back with a new session and says all of it anew. */
  readonly disconnect: () => void;
  /** The agent said which pickup list it holds (0: none). One that takes no lists never says so. */
  readonly onListHeld: (version: number) => void;
  /** The agent said how a scan goes. */
  readonly onScan: (response: ScanResponse) => void;
}

type Message<Name extends TopicName> = Extract<Arrived, { name: Name }>['message'];

export class BankLink {
  readonly #options: BankLinkOptions;
  /** The newest session heard of; null before the first. */
  #session: number | null = null;
  #online = false;
  #sinceMs: number | null = null;
  #lines: Availability['lines'] = [];
  #state: BankState | null = null;
  /** The head that the agent keeps is one of this log. Until that is known it is told no other: it is a witness. */
  #isHeadOurs = false;
  #heartbeat: Timer | undefined;
  readonly #outcomes: OutcomeQuestions;
  readonly #records: RecordQuestions;
  /** Commands run one after the other, in the order of the wire. */
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: BankLinkOptions) {
    this.#options = options;
    const { bank, clock, random, history, publish, log } = options;
    this.#outcomes = new OutcomeQuestions({
      ...{ clock, random },
      send: (question) => void publish('outcomes', { v: VERSION, ...question }),
    });
    this.#records = new RecordQuestions({
      ...{ bank, clock, random, history },
      send: (question) => void publish('records', { v: VERSION, ...question }),
      told: (session, records) => this.#run({ type: 'records-told', bank, session, records }),
      onFault: (error) => log.warn({ err: error, bank }, 'an agent’s records could not be compared'),
    });
  }

  /** The newest entry of this hub's log that the agent has seen; null: none, or it has not said yet. */
  get seenHead(): Head | null {
    return this.#state?.epoch === this.#options.epoch ? this.#state.head : null;
  }

  get online(): boolean {
    return this.#online;
  }
  /** The session that is online now, or null. */
  get session(): number | null {
    return this.#online ? this.#session : null;
  }
  /** When it came or went; null before either. */
  get sinceMs(): number | null {
    return this.#sinceMs;
  }
  get lines(): Availability['lines'] {
    return this.#lines;
  }
  /** Who the agent says it is; null before it has. */
  get state(): BankState | null {
    return this.#state;
  }

  /** Takes a message. `false`: too many wait, it was not taken. */
  receive(arrived: Arrived): boolean {
    if (this.#waiting >= MAX_WAITING) return false;
    switch (arrived.name) {
      case 'availability':
        this.#available(arrived.message);
        break;
      case 'state':
        this.#stated(arrived.message);
        break;
      case 'compartment':
        this.#doorSeen(arrived.message);
        break;
      case 'event':
        this.#happened(arrived.message);
        break;
      case 'listHeld':
        if (this.#isCurrent(arrived.message.session)) this.#options.onListHeld(arrived.message.version);
        break;
      case 'scanResponse':
        this.#options.onScan(arrived.message);
        break;
      case 'handOver':
        this.#handedOver(arrived.message);
        break;
      case 'openResponse':
        this.#answered(arrived.message);
        break;
      case 'outcomesResponse':
        this.#grantsTold(arrived.message);
        break;
      case 'recordsResponse':
        if (this.session !== null) {
          this.#records.answered(this.session, arrived.message.id, arrived.message.records);
        }
        break;
      default:
        // The broker's rights keep agents from the hub's own topics.
        break;
    }
    return true;
  }

  /** The connection is gone, with or without a will. */
  disconnected(reason: string): void {
    if (this.#online) this.#goOffline(reason);
  }

  /** Publishes an open, unless its session is over or its deadline has passed: then nothing may open any more. */
  async open(effect: EffectOf<'open'>): Promise<void> {
    const { clock, random, bootId, epoch, publish, log } = this.#options;
    if (this.session !== effect.session || clock.monotonicMs() >= effect.deadlineMs) return;
    const sent = await publish('open', {
      v: VERSION,
      id: newId(clock, random),
      session: effect.session,
      epoch,
      grant: effect.grant,
      delivery: effect.delivery,
      purpose: effect.purpose,
      compartment: effect.compartment,
      deadline: { bootId, monotonicMs: effect.deadlineMs },
    });
    if (!sent) log.warn({ bank: this.#options.bank, grant: effect.grant }, 'an open did not reach its agent');
  }

  /** Asks what became of grants, as often as it takes. What is being asked already is not asked twice at a time. */
  askOutcomes({ session, grants }: EffectOf<'ask-outcomes'>): void {
    if (this.session === session) this.#outcomes.ask(session, grants);
  }

  /** Asks what the agent's ledger says of a door. */
  askRecord({ session, compartment }: EffectOf<'ask-records'>): void {
    if (this.session === session) this.#records.want(session, compartment);
  }

  /** Tells the agent up to which event everything is in the log. */
  async acknowledge(session: number, number: number): Promise<void> {
    if (this.#online) await this.#options.publish('ack', { v: VERSION, session, number });
  }

  /** Sends a pickup list, if its session is still up. */
  async sendList(sealed: Omit<MessageOf<'pickups'>, 'v' | 'session'>): Promise<boolean> {
    const { session } = this;
    return session !== null && (await this.#options.publish('pickups', { v: VERSION, session, ...sealed }));
  }

  /** Asks for a scan of a line. False: it did not reach the agent. */
  async scan(request: Omit<MessageOf<'scan'>, 'v'>): Promise<boolean> {
    return (
      this.session === request.session && (await this.#options.publish('scan', { v: VERSION, ...request }))
    );
  }

  /** Asks to end a scan. */
  async stopScan(id: string): Promise<void> {
    if (this.#online) await this.#options.publish('scanStop', { v: VERSION, id });
  }

  /** Tells the agent up to which of its releases everything is in the log. */
  async takenOver({ session, series, number }: EffectOf<'taken-over'>): Promise<void> {
    if (this.session === session)
      await this.#options.publish('takenOver', { v: VERSION, session, series, number });
  }

  stop(): void {
    this.#endSession();
  }

  /** Resolves when all that was received so far has been carried out. */
  settled(): Promise<void> {
    return this.#queue;
  }

  #isCurrent(session: number): boolean {
    return this.#online && session === this.#session;
  }

  #available(message: Message<'availability'>): void {
    const known = this.#session ?? 0;
    // The will of an older session comes late and tells nothing of this one.
    if (message.session < known) return;
    if (message.agent === 'offline') {
      if (message.session > known) this.#session = message.session;
      if (this.#online) this.#goOffline('the agent said good-bye or its connection broke');
      return;
    }
    this.#lines = message.lines;
    if (message.session > known || !this.#online) this.#goOnline(message.session);
    this.#options.onChange();
  }

  #goOnline(session: number): void {
    const { bank, clock } = this.#options;
    this.#endSession();
    this.#session = session;
    this.#online = true;
    this.#sinceMs = clock.wallMs();
    this.#isHeadOurs = false;
    this.#run({ type: 'bank-online', bank, session });
    this.#beat();
  }

  #goOffline(reason: string): void {
    const { bank, clock } = this.#options;
    this.#endSession();
    this.#online = false;
    this.#sinceMs = clock.wallMs();
    this.#run({ type: 'bank-offline', bank, session: this.#session, reason });
    this.#options.onChange();
  }

  #endSession(): void {
    this.#heartbeat?.cancel();
    this.#outcomes.end();
    this.#records.end();
  }

  #beat(): void {
    const { clock, bootId, epoch, head, publish, certificate: made } = this.#options;
    if (!this.#online || this.#session === null) return;
    const { seq, hash } = head();
    const certificate = made();
    void publish('heartbeat', {
      v: VERSION,
      session: this.#session,
      hub: { bootId, monotonicMs: clock.monotonicMs() },
      epoch,
      head: seq === NO_HEAD || !this.#isHeadOurs ? null : { seq, hash },
      ...(certificate ? { certificate } : {}),
    });
    this.#heartbeat = clock.after(HEARTBEAT_MS, () => this.#beat());
  }

  #stated(state: Message<'state'>): void {
    if (!this.#isCurrent(state.session)) return;
    this.#state = state;
    this.#options.onState(state);
    void this.#compareHead(state);
    const { session, emergency } = state;
    if (emergency === undefined) return;
    this.#run({ type: 'emergency-told', bank: this.#options.bank, session, state: emergency });
  }

  async #compareHead(state: BankState): Promise<void> {
    const { bank, log } = this.#options;
    const { session } = state;
    try {
      const ahead = await headAhead(state, this.#options);
      if (!this.#isCurrent(session)) return;
      this.#isHeadOurs = ahead === null;
      this.#run({ type: 'head-told', bank, session, ahead });
    } catch (error) {
      // The store is in trouble, and the process about to end; the next session compares anew.
      log.warn({ err: error, bank }, 'an agent’s head could not be compared with the log');
    }
  }

  #doorSeen(report: Message<'compartment'>): void {
    if (!this.#isCurrent(report.session)) return;
    const { session, compartment, door, sensed } = report;
    this.#run({ type: 'door-seen', bank: this.#options.bank, session, compartment, door, sensed });
  }

  /** An event keeps the session in which it happened; an agent sends it in later ones until it is acknowledged. */
  #happened(event: Message<'event'>): void {
    if (!this.#online || event.session > (this.#session ?? 0)) return;
    const { session, number, kind, compartment, grant, ageMs, latencyMs, purpose } = event;
    this.#run({
      type: 'bank-event',
      bank: this.#options.bank,
      session,
      number,
      kind,
      compartment,
      grant,
      ageMs,
      latencyMs: latencyMs ?? null,
      purpose,
    });
  }

  #answered(response: Message<'openResponse'>): void {
    if (response.result !== 'refused') return;
    const { bank } = this.#options;
    this.#run({ type: 'open-refused', bank, grant: response.grant, reason: response.reason ?? 'busy' });
  }

  #handedOver({ session, release }: Message<'handOver'>): void {
    if (!this.#isCurrent(session)) return;
    this.#run({ type: 'handed-over', bank: this.#options.bank, session, release });
  }

  #grantsTold(response: OutcomesResponse): void {
    for (const { grant, outcome, closed } of this.#outcomes.answered(response)) {
      this.#run({ type: 'grant-outcome', bank: this.#options.bank, grant, outcome, closed });
    }
  }

  #run(command: BankCommand | HandOverCommand): void {
    const { execute, log, disconnect } = this.#options;
    this.#waiting += 1;
    this.#queue = this.#queue.then(async () => {
      try {
        await execute(command);
      } catch (error) {
        log.warn(
          { err: error, command: command.type, bank: command.bank },
          'a message of a bank had no effect',
        );
        // A door that is believed closed while it stands open is worse than a bank that is away for a second.
        if (isPassing(error)) disconnect();
      } finally {
        this.#waiting -= 1;
      }
    });
  }
}

/** Whether the same message may well be taken a moment later. Anything else would fail again, session for session. */
function isPassing(error: unknown): boolean {
  return (error instanceof Refusal || error instanceof StoreError) && error.code === 'overloaded';
}
