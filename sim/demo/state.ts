/** What the demo's page shows: sent part by part as server-sent events, each part whole. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import type {
  BuildingView,
  CourierView,
  LogEntryView,
  ResidentView,
  TerminalView,
} from '@lockerhub/protocol/http/staff.ts';
import type { SyncReport } from '@lockerhub/protocol/http/sync.ts';
import type { ProcessState } from '../processes/supervised.ts';

/** A door as it really stands, whatever the hub believes. */
export interface StandingDoor {
  readonly number: number;
  readonly open: boolean;
  readonly energised: boolean;
  readonly jammed: boolean;
  readonly sensed: boolean;
}

export interface BankOnPage {
  readonly bank: string;
  readonly layout: Layout;
  readonly plugged: boolean;
  /** A simulated person stands there. */
  readonly busy: boolean;
  /** The fire contact says: release the doors. */
  readonly isFireOpen: boolean;
  readonly doors: readonly StandingDoor[];
}

/** What one side holds of the building, by its own account. */
export interface Side {
  readonly who: 'hub' | 'cloud' | 'old';
  /** How a hub stands with the cloud; null for the cloud. */
  readonly state: SyncReport['state'] | null;
  /** Entries and rows that the cloud lacks, as far as this side knows. */
  readonly waiting: number;
  readonly entries: number;
  /** Hash of the newest entry. */
  readonly head: string;
  readonly epoch: number;
  /** Residents and couriers. */
  readonly people: number;
}

export interface MailOnPage {
  readonly number: number;
  readonly name: string;
  readonly unitName: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly atMs: number;
}

export interface TextOnPage {
  readonly number: number;
  readonly name: string;
  readonly unitName: string;
  readonly to: string;
  readonly text: string;
  readonly atMs: number;
  /** What the provider told the hub of it; `sent`: nothing yet. */
  readonly state: 'sent' | 'delivered' | 'failed';
}

/** The parts of the page's state. */
export interface DemoState {
  /** Where things are; sent once. */
  readonly places: {
    readonly building: string;
    readonly hubPort: number;
    /** Where the kiosks beside the lobby's are, as a browser that is their screen sees them. */
    readonly kioskPorts: { readonly garage: number; readonly room: number };
    readonly courierCode: string;
    readonly staff: { readonly login: string; readonly password: string };
  };
  readonly processes: {
    readonly hub: { readonly state: ProcessState; readonly starts: number };
    readonly agent: { readonly state: ProcessState; readonly starts: number };
  };
  readonly banks: readonly BankOnPage[];
  /** What the hub knows, for the names behind the log's ids; null before the hub was asked. */
  readonly knowledge: {
    readonly building: BuildingView;
    readonly residents: readonly ResidentView[];
    readonly couriers: readonly CourierView[];
    readonly terminals: readonly TerminalView[];
  } | null;
  /** Newest last. */
  readonly mails: readonly MailOnPage[];
  /** Likewise. */
  readonly texts: readonly TextOnPage[];
  /** Newest first. */
  readonly log: readonly LogEntryView[];
  /** What each side of the internet holds; null: there is no cloud, or nothing is known of it yet. */
  readonly cloud: {
    readonly isCut: boolean;
    readonly hasBackup: boolean;
    /** The hub, the cloud, and the old box if it was plugged in again. */
    readonly sides: readonly Side[];
  } | null;
  /** The hub's box is being swapped, or was; null without a cloud. */
  readonly swap: {
    readonly isUnderWay: boolean;
    /** What was done, in order; the last one is under way. */
    readonly steps: readonly string[];
    /** From the torn-out box to the agent that knows the new one; null until then. */
    readonly tookMs: number | null;
    /** A box that was torn out lies about. */
    readonly hasOldBox: boolean;
    /** Where the pages of the old box are, while it is plugged in. */
    readonly oldPort: number | null;
  } | null;
  readonly score: { readonly acknowledged: number; readonly lost: number; readonly openedTwice: number };
  /** What people do, newest first. */
  readonly doings: readonly { readonly atMs: number; readonly words: string }[];
}

export type Part = keyof DemoState;

export const PARTS: readonly Part[] = [
  'places',
  'processes',
  'banks',
  'knowledge',
  'mails',
  'texts',
  'log',
  'cloud',
  'swap',
  'score',
  'doings',
];
