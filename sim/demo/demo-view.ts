/** Gathers what the demo's page shows: from the processes, the PLCs, the mailbox, and the hub as staff may ask it. */
import {
  BuildingView,
  CourierView,
  type LogEntryView,
  ResidentView,
  TerminalView,
} from '@lockerhub/protocol/http/staff.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { z } from 'zod';
import type { SupervisedProcess } from '../processes/supervised.ts';
import { HubRefusal } from '../walk/hub-link.ts';
import type { Access } from './access.ts';
import { Broadcast } from './broadcast.ts';
import { BUILDING, NEIGHBOURS } from './linden-court.ts';
import type { Mail } from './mailbox.ts';
import type { Text } from './phones.ts';
import type { StandingBank } from './plcs.ts';
import type { Score } from './score.ts';
import type { StaffLink } from './staff-link.ts';
import type { BankOnPage, DemoState, MailOnPage, Part, TextOnPage } from './state.ts';

/** What the page is sent of each list. */
const LOG_SHOWN = 80;
const MAILS_SHOWN = 20;
const TEXTS_SHOWN = 60;
const DOINGS_SHOWN = 6;
/** How long after news from the log the hub is asked what it knows: a rush is one question. */
const ASK_AFTER_MS = 250;

export interface DemoViewOptions {
  readonly clock: Clock;
  readonly access: Access;
  readonly banks: readonly StandingBank[];
  readonly processes: { readonly hub: SupervisedProcess; readonly agent: SupervisedProcess };
  readonly score: Score;
  readonly staff: StaffLink;
  readonly mails: () => readonly Mail[];
  readonly texts: () => readonly Text[];
  /** The banks at which a simulated person stands. */
  readonly busy: () => readonly string[];
  /** Whether the fire contact of a bank is open. */
  readonly isFireOpen: (bank: string) => boolean;
  readonly cloud: () => DemoState['cloud'];
  readonly swap: () => DemoState['swap'];
  /** See `KioskWindowOptions`. */
  readonly kioskPorts: DemoState['places']['kioskPorts'];
}

export class DemoView {
  readonly broadcast: Broadcast;
  readonly #options: DemoViewOptions;
  readonly #unplugged = new Set<string>();
  #log: readonly LogEntryView[] = [];
  #doings: DemoState['doings'] = [];
  #knowledge: DemoState['knowledge'] = null;
  #asking: Timer | undefined;

  constructor(options: DemoViewOptions) {
    this.#options = options;
    this.broadcast = new Broadcast(options.clock, (part) => this.read(part));
  }

  /** A part as it is now. */
  read<P extends Part>(part: P): DemoState[P] {
    const parts: { readonly [Each in Part]: () => DemoState[Each] } = {
      places: () => this.#places(),
      processes: () => this.#processes(),
      banks: () => this.#banks(),
      knowledge: () => this.#knowledge,
      mails: () => this.#options.mails().slice(-MAILS_SHOWN).map(mailOnPage),
      texts: () => this.#options.texts().slice(-TEXTS_SHOWN).map(textOnPage),
      log: () => this.#log,
      cloud: () => this.#options.cloud(),
      swap: () => this.#options.swap(),
      score: () => this.#options.score.totals,
      doings: () => this.#doings,
    };
    return parts[part]();
  }

  /** Somebody does something. */
  say(words: string): void {
    this.#doings = [{ atMs: this.#options.clock.wallMs(), words }, ...this.#doings].slice(0, DOINGS_SHOWN);
    this.broadcast.changed('doings');
  }

  /** A bank's network cable was pulled or put back. */
  plugged(bank: string, plugged: boolean): void {
    if (plugged) this.#unplugged.delete(bank);
    else this.#unplugged.add(bank);
    this.broadcast.changed('banks');
  }

  /** Another hub's log begins: what was shown of the one before may be another story. */
  forgetLog(): void {
    this.#log = [];
  }

  /** New entries, oldest first. */
  tell(entries: readonly LogEntryView[]): void {
    this.#log = [...entries.toReversed(), ...this.#log].slice(0, LOG_SHOWN);
    this.broadcast.changed('log');
    this.#asking ??= this.#options.clock.after(ASK_AFTER_MS, () => {
      this.#asking = undefined;
      void this.#ask();
    });
  }

  close(): void {
    this.#asking?.cancel();
    this.broadcast.close();
  }

  /** What the hub knows of people and doors; while it is away, what it knew last. */
  async #ask(): Promise<void> {
    const { staff } = this.#options;
    try {
      const [building, residents, couriers, terminals] = await Promise.all([
        staff.ask('GET', '/api/v1/building', BuildingView),
        staff.ask('GET', '/api/v1/residents', z.array(ResidentView)),
        staff.ask('GET', '/api/v1/couriers', z.array(CourierView)),
        staff.ask('GET', '/api/v1/terminals', z.array(TerminalView)),
      ]);
      this.#knowledge = { building, residents, couriers, terminals };
      this.broadcast.changed('knowledge');
    } catch (error) {
      if (!(error instanceof HubRefusal)) throw error;
    }
  }

  #places(): DemoState['places'] {
    const { access } = this.#options;
    return {
      building: BUILDING.name,
      hubPort: Number(new URL(access.hub).port),
      kioskPorts: this.#options.kioskPorts,
      courierCode: access.couriers[0]?.code ?? '',
      staff: access.staff,
    };
  }

  #processes(): DemoState['processes'] {
    const { hub, agent } = this.#options.processes;
    return {
      hub: { state: hub.state, starts: hub.starts },
      agent: { state: agent.state, starts: agent.starts },
    };
  }

  #banks(): readonly BankOnPage[] {
    const busy = this.#options.busy();
    return this.#options.banks.map(({ bank, layout, plc, unsensed }) => ({
      bank,
      layout,
      plugged: !this.#unplugged.has(bank),
      busy: busy.includes(bank),
      isFireOpen: this.#options.isFireOpen(bank),
      doors: plc.doors.map(({ door, open, energised, jammed }) => ({
        number: door,
        open,
        energised,
        jammed,
        sensed: !unsensed.has(door),
      })),
    }));
  }
}

function mailOnPage({ number, to, subject, text, html, atMs }: Mail): MailOnPage {
  const neighbour = NEIGHBOURS.find(({ email }) => to.includes(email));
  return {
    number,
    name: neighbour?.name ?? to.join(', '),
    unitName: neighbour?.unitName ?? '',
    subject,
    text,
    html,
    atMs,
  };
}

function textOnPage({ number, to, text, atMs, state }: Text): TextOnPage {
  const neighbour = NEIGHBOURS.find(({ phone }) => phone === to);
  const { name = to, unitName = '' } = neighbour ?? {};
  return { number, name, unitName, to, text, atMs, state };
}
