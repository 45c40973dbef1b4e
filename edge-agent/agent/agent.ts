/** An agent: one bank, its ledger, its sessions with the hub. The same in a process of its own and in the hub's bridge. */
import {
  type DoorState,
  type Heartbeat,
  type OpenRefusal,
  type OpenRequest,
  type OutcomesRequest,
  type OutcomesResponse,
  type RecordsRequest,
  VERSION,
} from '@lockerhub/protocol/bank/messages.ts';
import type { AgentStatus } from '@lockerhub/protocol/http/agent-status.ts';
import { type Clock, delay } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { ToldUpdate } from '@lockerhub/protocol/update/files.ts';
import type { Logger } from 'pino';
import { Bank } from '../bank/bank.ts';
import type { BankWires } from '../bank/wires.ts';
import { EmergencyRelease } from '../emergency/emergency-release.ts';
import type { AgentCredentials } from '../identity/credentials.ts';
import { judgeEpoch, type Pinned } from '../identity/epoch-guard.ts';
import { doorRecords } from '../ledger/door-records.ts';
import type { Journal } from '../ledger/journal.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Line } from '../lines/line.ts';
import type { BankLink, FromHub } from '../link/bank-link.ts';
import { EventOutbox } from '../link/event-outbox.ts';
import { HubSession } from '../link/hub-session.ts';
import { type PickupSetting, Pickups } from '../pickups/pickups.ts';
import { BankScans, type ScannableLine } from '../scan/bank-scans.ts';

/** A hub asks again after 5 s without an answer (`hub/banks/outcome-questions.ts`): a mailbox has its say within that, or later. */
const DECIDED_WITHIN_MS = 4_000;
const DECIDED_PAUSE_MS = 50;

export interface AgentOptions {
  readonly wires: BankWires;
  /** One for each line of `wires`; the agent starts and stops them. */
  readonly lines: readonly Line[];
  /** The ledger's. */
  readonly journal: Journal;
  /** Of what the hub has not taken yet. */
  readonly events: Journal;
  readonly link: BankLink;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Name and version, as the hub shows it. */
  readonly software: string;
  /** Renewed when the hub asks; undefined: a password is all it shows. */
  readonly credentials?: Pick<AgentCredentials, 'offer' | 'take'> | undefined;
  /** What a hub has to prove its epoch by; undefined: an agent on the hub's own machine, which believes numbers. */
  readonly pinned?: Pinned | undefined;
  /** Whether the hub that was found is obeyed: if not, others are to be tried first. */
  readonly hubJudged?: ((isObeyed: boolean) => void) | undefined;
  /** Whether an update is about to stop it: nothing more is opened. */
  readonly isHeld?: (() => boolean) | undefined;
  /** How the last update of its machine ended; undefined: none is known. */
  readonly lastUpdate?: (() => ToldUpdate | undefined) | undefined;
  /** Where its kiosk can be served without the hub; absent: this bank has no hub-dead pickup. */
  readonly pickups?: PickupSetting;
  /** How each line can be scanned, by its id; others are refused. */
  readonly scans?: ReadonlyMap<string, ScannableLine>;
}

/** A door that somebody uses, or may. */
const IN_USE: ReadonlySet<DoorState> = new Set(['opening', 'open', 'forced', 'unknown']);

interface Running {
  readonly ledger: Ledger;
  readonly bank: Bank;
  readonly session: HubSession;
  readonly outbox: EventOutbox;
  readonly emergency: EmergencyRelease | undefined;
  readonly pickups: Pickups | null;
  readonly scans: BankScans;
}

export class Agent {
  readonly #options: AgentOptions;
  #running: Running | undefined;

  /** Does nothing until `start`. */
  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /**
   * Reads the ledger, then polls the lines and looks for the hub, again and again. Nothing is opened by that.
   *
   * @throws AgentError `journal-failed`
   */
  async start(): Promise<void> {
    const { journal, log, wires, lines, clock, link, random } = this.#options;
    const ledger = await Ledger.open(journal, (error) =>
      log.fatal({ err: error }, 'the ledger cannot be written: no door will be opened any more'),
    );
    if (ledger.unknownRecords > 0) {
      log.warn({ records: ledger.unknownRecords }, 'the ledger holds records of a newer version');
    }
    const outbox = await this.#openOutbox();
    const emergency: EmergencyRelease | undefined =
      wires.emergency &&
      new EmergencyRelease({
        wires: wires.emergency,
        clock,
        random,
        log,
        doors: () => bank,
        state: ledger.emergency,
        onState: (state) => {
          ledger.noteEmergency(state);
          if (state !== 'normal') pickups?.noteEmergency();
          session.reportState();
        },
      });
    const bank: Bank = new Bank({
      wires,
      lines,
      ledger,
      clock,
      emergency,
      listener: {
        // A kill between the two must not leave a ledger that knows less than the hub. What belongs to it is noted in
        // this very turn.
        happened: (happening) =>
          session.tell(
            happening,
            Promise.resolve().then(() => ledger.written()),
          ),
        compartmentChanged: (report) => {
          session.report(report);
          pickups?.doorChanged(report.compartment);
        },
        linesChanged: () => session.reportLines(),
      },
    });
    const session: HubSession = new HubSession({
      link,
      clock,
      random,
      log,
      outbox,
      raiseSession: () => ledger.raiseSession(),
      bank: {
        lines: () => bank.lines,
        compartments: () => bank.compartments,
        state: () => ({
          software: this.#options.software,
          epoch: ledger.epoch,
          head: ledger.head,
          compartments: wires.compartments.map(({ compartment }) => compartment),
          ...(emergency ? { emergency: emergency.state } : {}),
          update: this.#options.lastUpdate?.(),
        }),
      },
      onHeartbeat: (heartbeat) => this.#heard(heartbeat),
      onExpelled: () => pickups?.forget(),
      onRequest: (request) => {
        if (request.name === 'open') void this.#open(request.message);
        else if (request.name === 'outcomes') this.#answerOutcomes(request.message);
        else if (request.name === 'records') this.#answerRecords(request.message);
        else if (request.name === 'scan') void scans.begin(request.message);
        else if (request.name === 'scanStop') scans.end(request.message.id);
        else if (request.name === 'renew' || request.name === 'certificate') this.#renew(request, session);
        else if (request.name === 'pickups') pickups?.take(request.message);
        else pickups?.takenOver(request.message);
      },
    });
    const scans = new BankScans({
      lines: this.#options.scans ?? new Map(),
      clock,
      random,
      log,
      session: () => session.number,
      lend: (line) => bank.lend(line),
      tell: (response) => session.answer('scanResponse', response),
    });
    const pickups = this.#pickups({ ledger, bank, session, outbox, emergency });
    this.#running = { ledger, bank, session, outbox, emergency, pickups, scans };
    bank.start();
    session.start();
    pickups?.start();
  }

  /** Tells the hub once more who it is: something of that has changed. */
  reportState(): void {
    this.#running?.session.reportState();
  }

  /** Says good-bye to the hub, lets go of the lines, and leaves the ledger durable. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    running.emergency?.stop();
    running.pickups?.stop();
    await running.scans.stop();
    await running.session.stop();
    await running.bank.stop();
    await running.outbox.close();
    await running.ledger.close();
  }

  async #openOutbox(): Promise<EventOutbox> {
    const { events, clock, log } = this.#options;
    const outbox = await EventOutbox.open(
      {
        journal: events,
        onFailure: (error) => log.error({ err: error }, 'reports are kept in memory alone: check the disk'),
      },
      { nowMs: clock.monotonicMs(), wallMs: clock.wallMs() },
    );
    if (outbox.dropped > 0) log.warn({ events: outbox.dropped }, 'a power cut tore the last reports');
    return outbox;
  }

  /** Poll rounds that began, and beats that had to be skipped. */
  get polls(): { readonly rounds: number; readonly skipped: number } {
    return this.#running?.bank.polls ?? { rounds: 0, skipped: 0 };
  }

  /** No door is open, or may be, and nobody is at the kiosk that it serves without the hub. */
  get isCalm(): boolean {
    if (!this.#running) return true;
    const { bank, pickups } = this.#running;
    return !bank.compartments.some(({ door }) => IN_USE.has(door)) && pickups?.visits.underWay !== true;
  }

  /** How it stands, for whoever looks after this machine; null while it does not run. */
  get status(): Omit<AgentStatus, 'pages'> | null {
    if (!this.#running) return null;
    const { bank, ledger, session } = this.#running;
    const { software } = this.#options;
    const ledgerFault = ledger.failure?.message ?? null;
    return { software, hub: session.standing, lines: bank.lines, ledgerFault };
  }

  /** Pickups without the hub; null where there are none, or while it does not run. */
  get pickups(): Pickups | null {
    return this.#running?.pickups ?? null;
  }

  #pickups({
    ledger,
    bank,
    session,
    outbox,
    emergency,
  }: Pick<Running, 'ledger' | 'bank' | 'session' | 'outbox' | 'emergency'>): Pickups | null {
    const { pickups, clock, random, log } = this.#options;
    if (!pickups) return null;
    return new Pickups({
      ...pickups,
      clock,
      random,
      log,
      ledger,
      session: () => session.number,
      say: (name, message) => session.say(name, message),
      doors: () => bank.compartments,
      isEmergency: () => emergency?.active ?? false,
      isEmergencyUntold: () => (emergency?.active ?? false) || outbox.holdsEmergency,
      open: async (opening) =>
        this.#options.isHeld?.() ? 'busy' : bank.open({ ...opening, purpose: 'pickup' }),
    });
  }

  #renew(request: Extract<FromHub, { name: 'renew' | 'certificate' }>, session: HubSession): void {
    const { credentials, log } = this.#options;
    if (!credentials) return;
    try {
      if (request.name === 'renew') session.say('renewal', { v: VERSION, publicKey: credentials.offer() });
      else if (credentials.take(request.message.certificate)) session.reconnect('a new certificate');
    } catch (error) {
      // The present one goes on, and the hub asks again.
      log.error({ err: error }, 'the certificate could not be renewed');
    }
  }

  /** Why the hub is not obeyed; null if it is. Of one that is not nothing is kept, and another is looked for. */
  #heard(heartbeat: Heartbeat): string | null {
    const running = this.#running;
    if (!running) return null;
    const { ledger, session, pickups } = running;
    const { pinned, hubJudged } = this.#options;
    const verdict = judgeEpoch(heartbeat, ledger.keptEpoch, pinned);
    hubJudged?.('obey' in verdict);
    if ('refuse' in verdict) return `not obeying this hub: ${verdict.why}`;
    const isNew = verdict.obey.number > ledger.epoch;
    // Written before anything that is begun under it, since the journal keeps its order.
    ledger.raiseEpoch(verdict.obey).catch(() => {
      // The ledger has told its failure itself.
    });
    if (heartbeat.head) ledger.noteHead(heartbeat.head);
    if (isNew) session.reportState();
    pickups?.heard();
    return null;
  }

  async #open(request: OpenRequest): Promise<void> {
    const running = this.#running;
    if (!running) return;
    const { bank, session } = running;
    const { id, grant, delivery, purpose, compartment } = request;
    const refused = await bank.open({
      grant,
      delivery,
      purpose,
      compartment,
      refusal: () => this.#refusal(request),
      onBegun: () => session.answer('openResponse', { v: VERSION, id, grant, result: 'begun' }),
    });
    if (!refused) return;
    this.#options.log.warn({ grant, compartment, reason: refused }, 'did not open');
    session.answer('openResponse', { v: VERSION, id, grant, result: 'refused', reason: refused });
  }

  /** Why an open may not be obeyed, or not any more. */
  #refusal({ session: number, epoch, deadline, delivery }: OpenRequest): OpenRefusal | null {
    if (!this.#running || this.#options.isHeld?.()) return 'busy';
    const { ledger, session } = this.#running;
    if (epoch < ledger.epoch) return 'epoch-lower';
    if (session.number !== number) return 'session-foreign';
    const nowMs = this.#options.clock.monotonicMs();
    if (!session.hubTime?.alive(nowMs)) return 'no-heartbeat';
    // A hub proves its epoch by its heartbeat, before it asks for anything under it.
    if (epoch > ledger.epoch) return 'epoch-unproven';
    if (session.hubTime.passed(deadline, nowMs)) return 'expired';
    return delivery !== null && ledger.deliveryReleased(delivery) ? 'delivery-released' : null;
  }

  /** Resolves once the programs behind mailboxes have said what became of these grants, or it took too long. */
  async #decided(grants: readonly string[], bank: Bank): Promise<void> {
    const { clock } = this.#options;
    const untilMs = clock.monotonicMs() + DECIDED_WITHIN_MS;
    while (bank.isUndecided(grants) && clock.monotonicMs() < untilMs) await delay(clock, DECIDED_PAUSE_MS);
  }

  #answerOutcomes({ id, grants, session: number }: OutcomesRequest): void {
    const running = this.#running;
    if (!running || running.session.number !== number) return;
    void this.#decided(grants, running.bank)
      .then(() => outcomesOf(grants, running.ledger))
      .then(
        (outcomes) => running.session.answer('outcomesResponse', { v: VERSION, id, outcomes }),
        () => {
          // Unburned grants must not be answered for; the ledger has told its failure, and the hub asks again.
        },
      );
  }

  #answerRecords({ id, compartments, session: number }: RecordsRequest): void {
    const running = this.#running;
    if (!running || running.session.number !== number) return;
    const records = doorRecords(running.ledger, compartments);
    running.session.answer('recordsResponse', { v: VERSION, id, records });
  }
}

/** What became of each grant. One that was never seen is burned, durably, before it is answered for. */
async function outcomesOf(grants: readonly string[], ledger: Ledger): Promise<OutcomesResponse['outcomes']> {
  await Promise.all(grants.map((grant) => ledger.burn(grant, 'burned')));
  await ledger.written();
  return grants.map((grant) => {
    const { outcome, compartment, closed } = ledger.grant(grant) ?? {
      outcome: 'burned' as const,
      compartment: null,
      closed: false,
    };
    return { grant, outcome, compartment, closed };
  });
}
