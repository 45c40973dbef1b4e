/**
 * The agent's side of its sessions with the hub: announces itself, keeps the hub's time, carries events until they
 * are acknowledged, connects again. Each session is one connection with a number of its own.
 */
import {
  type Availability,
  type BankState,
  type CompartmentReport,
  HEARTBEAT_LOST_MS,
  type Heartbeat,
  VERSION,
} from '@lockerhub/protocol/bank/messages.ts';
import type { MessageOf, TopicsFrom } from '@lockerhub/protocol/bank/topics.ts';
import type { HubStanding } from '@lockerhub/protocol/http/agent-status.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { fraction, type Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { BankLink, FromHub, LinkConnection } from './bank-link.ts';
import { type EventOutbox, RESEND_AFTER_MS } from './event-outbox.ts';
import { HubTimeEstimate } from './hub-time.ts';
import type { Happening } from './outbox-record.ts';

/**
 * The first heartbeat has to come so soon after the announcement. It bounds how far the estimate of the hub's time
 * can lag, and with it how long after its deadline an open could still pass.
 */
export const FIRST_HEARTBEAT_WITHIN_MS = 2_000;
/** Pauses before connecting again: doubling from the first to the cap, each jittered down to half. */
const FIRST_PAUSE_MS = 250;
const PAUSE_CAP_MS = 10_000;

/** What the session says of its bank when it announces it. */
export interface BankTruth {
  lines(): Availability['lines'];
  state(): Omit<BankState, 'v' | 'session'>;
  compartments(): Omit<CompartmentReport, 'v' | 'session'>[];
}

export interface HubSessionOptions {
  readonly link: BankLink;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bank: BankTruth;
  /** Keeps what happened until the hub has it. */
  readonly outbox: EventOutbox;
  /** The next session's number, durable. */
  readonly raiseSession: () => Promise<number>;
  /** A heartbeat of this session. Answers why this hub is not to be obeyed: then the session ends; else null. */
  readonly onHeartbeat: (heartbeat: Heartbeat) => string | null;
  /** This agent speaks for the bank no more: what the hub had entrusted to it is void. */
  readonly onExpelled: () => void;
  readonly onRequest: (request: Exclude<FromHub, { name: 'heartbeat' | 'ack' }>) => void;
}

interface Session {
  readonly number: number;
  readonly connection: LinkConnection;
  readonly hubTime: HubTimeEstimate;
  up: boolean;
  /** The hub has proven that it is to be obeyed: only then does its word that it has something count. */
  obeyed: boolean;
  /** Fires when heartbeats stay away for too long. */
  watch: Timer | undefined;
  resend: Timer | undefined;
}

export class HubSession {
  readonly #options: HubSessionOptions;
  #session: Session | undefined;
  #retry: Timer | undefined;
  #failures = 0;
  /** Why the last attempt failed. */
  #reason = '';
  /** The hub said that this agent speaks for the bank no more. */
  #expelled = false;
  /** Since when there is an obeyed session, or none; wall time, for people. */
  #sinceMs: number;
  #running = false;

  constructor(options: HubSessionOptions) {
    this.#options = options;
    this.#sinceMs = options.clock.wallMs();
  }

  /** How the agent stands with its hub, for people. */
  get standing(): HubStanding {
    const session = this.#session?.obeyed ? this.#session.number : null;
    const reason = session === null && this.#reason !== '' ? this.#reason : null;
    return { session, sinceMs: this.#sinceMs, reason, isExpelled: session === null && this.#expelled };
  }

  /** The number of the session that is up, or null. */
  get number(): number | null {
    return this.#session?.up ? this.#session.number : null;
  }

  /** The hub's time as this session knows it; null without a session. */
  get hubTime(): HubTimeEstimate | null {
    return this.#session?.up ? this.#session.hubTime : null;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#connect();
  }

  /** Says good-bye and ends. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#retry?.cancel();
    const session = this.#session;
    if (!session) return;
    this.#forget(session);
    await session.connection.close(this.#availability(session.number, 'offline'));
  }

  /** Tells the hub what happened, once it is `noted` and as soon as it can be told. */
  tell(happening: Happening, noted?: Promise<void>): void {
    const { outbox, clock } = this.#options;
    if (!outbox.add(happening, { nowMs: clock.monotonicMs(), wallMs: clock.wallMs() }, noted)) {
      this.#options.log.error('events are lost: the hub acknowledges none; a new session lets it ask anew');
      this.#renew('too many events wait for the hub');
      return;
    }
    if (noted) void noted.then(() => this.#sendEvents());
    else this.#sendEvents();
  }

  /** Tells the hub the truth about a compartment. */
  report(report: Omit<CompartmentReport, 'v' | 'session'>): void {
    const session = this.#session;
    if (!session?.up) return;
    this.#publish('compartment', { v: VERSION, session: session.number, ...report }, report.compartment);
  }

  /** Tells the hub the truth about the lines. */
  reportLines(): void {
    const session = this.#session;
    if (session?.up) this.#publish('availability', this.#availability(session.number, 'online'));
  }

  /** Tells the hub who the agent is and what it believes. */
  reportState(): void {
    const session = this.#session;
    if (session?.up) {
      this.#publish('state', { v: VERSION, session: session.number, ...this.#options.bank.state() });
    }
  }

  /** Says something of its own, if a session is up. */
  say<Name extends 'listHeld' | 'handOver' | 'renewal'>(name: Name, message: MessageOf<Name>): void {
    if (this.#session?.up) this.#publish(name, message);
  }

  /** Ends the session for another one. */
  reconnect(reason: string): void {
    this.#renew(reason);
  }

  /** Answers a request. */
  answer<Name extends 'openResponse' | 'outcomesResponse' | 'recordsResponse' | 'scanResponse'>(
    name: Name,
    message: MessageOf<Name>,
  ): void {
    if (this.#session?.up) this.#publish(name, message);
  }

  async #connect(): Promise<void> {
    const { raiseSession, link, log } = this.#options;
    let number: number;
    try {
      number = await raiseSession();
    } catch (error) {
      log.error({ err: error }, 'no new session: its number cannot be written');
      this.#connectLater();
      return;
    }
    if (!this.#running) return;
    const session: Session = {
      number,
      hubTime: new HubTimeEstimate(),
      up: false,
      obeyed: false,
      watch: undefined,
      resend: undefined,
      connection: link.connect(this.#availability(number, 'offline'), {
        up: () => this.#announce(session),
        message: (message) => this.#arrived(session, message),
        down: (reason, expelled) => {
          if (expelled) this.#options.onExpelled();
          this.#expelled = expelled;
          this.#down(session, reason);
        },
      }),
    };
    this.#session = session;
  }

  #announce(session: Session): void {
    if (this.#session !== session) return;
    const { bank, clock, log } = this.#options;
    session.up = true;
    log.info({ session: session.number }, 'connected to the hub');
    this.#watch(session, FIRST_HEARTBEAT_WITHIN_MS, 'the hub did not answer the announcement in time');
    this.#publish('availability', this.#availability(session.number, 'online'));
    this.reportState();
    for (const report of bank.compartments()) this.report(report);
    // What was kept may have to be named first, durably.
    void this.#options.outbox.begin(session.number).then(() => this.#sendEvents());
    const resend = () => {
      this.#sendEvents();
      session.resend = clock.after(RESEND_AFTER_MS, resend);
    };
    session.resend = clock.after(RESEND_AFTER_MS, resend);
  }

  #arrived(session: Session, arrived: FromHub): void {
    if (this.#session !== session || !session.up) return;
    if (arrived.name === 'heartbeat') this.#heartbeat(session, arrived.message);
    else if (arrived.name === 'ack') {
      if (!session.obeyed) return;
      this.#options.outbox.acknowledge(arrived.message);
      this.#sendEvents();
    } else this.#options.onRequest(arrived);
  }

  #heartbeat(session: Session, heartbeat: Heartbeat): void {
    if (heartbeat.session !== session.number) return;
    if (!session.hubTime.heartbeat(heartbeat, this.#options.clock.monotonicMs())) {
      this.#renew('the hub has started anew');
      return;
    }
    const refused = this.#options.onHeartbeat(heartbeat);
    if (refused !== null) {
      this.#renew(refused);
      return;
    }
    if (!session.obeyed) this.#sinceMs = this.#options.clock.wallMs();
    session.obeyed = true;
    this.#failures = 0;
    this.#watch(session, HEARTBEAT_LOST_MS, 'the hub’s heartbeat stopped');
  }

  #watch(session: Session, withinMs: number, reason: string): void {
    session.watch?.cancel();
    session.watch = this.#options.clock.after(withinMs, () => this.#renew(reason));
  }

  #sendEvents(): void {
    const session = this.#session;
    if (!session?.up) return;
    for (const event of this.#options.outbox.due(this.#options.clock.monotonicMs()))
      this.#publish('event', event);
  }

  #publish<Name extends TopicsFrom<'agent'>>(
    name: Name,
    message: MessageOf<Name>,
    compartment?: number,
  ): void {
    this.#session?.connection.publish(name, message, compartment).catch(() => {
      // The connection is over: `down` follows, and the next session announces everything anew.
    });
  }

  /** Ends this session for another one: its number is in the will, so that takes another connection. */
  #renew(reason: string): void {
    const session = this.#session;
    if (!session) return;
    void session.connection.close();
    this.#down(session, reason);
  }

  #down(session: Session, reason: string): void {
    if (this.#session !== session) return;
    this.#forget(session);
    // Each reason once, not at every attempt.
    if (session.up || reason !== this.#reason) this.#options.log.warn({ reason }, 'no connection to the hub');
    this.#reason = reason;
    this.#connectLater();
  }

  #forget(session: Session): void {
    session.watch?.cancel();
    session.resend?.cancel();
    if (session.obeyed) this.#sinceMs = this.#options.clock.wallMs();
    this.#options.outbox.end();
    this.#session = undefined;
  }

  #connectLater(): void {
    if (!this.#running) return;
    const { clock, random } = this.#options;
    const pauseMs = Math.min(PAUSE_CAP_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#retry = clock.after(pauseMs * (1 - fraction(random) / 2), () => void this.#connect());
  }

  #availability(session: number, agent: Availability['agent']): Availability {
    return { v: VERSION, session, agent, lines: this.#options.bank.lines() };
  }
}
