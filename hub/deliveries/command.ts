/**
 * Everything that can be asked of the deliveries, and what they ask of the outside: the whole surface of the core.
 * A pure function decides (`decide.ts`), the log remembers, `hub/building` carries it out.
 */

import type { Layout, Size } from '@lockerhub/protocol/bank/layout.ts';
import type {
  BankEventKind,
  DoorRecord,
  DoorState,
  EmergencyState,
  GrantOutcome,
  OpenRefusal,
  Purpose,
} from '@lockerhub/protocol/bank/messages.ts';
import type { Release } from '@lockerhub/protocol/bank/pickup-list.ts';
import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { CaseKind } from '@lockerhub/protocol/log/payload.ts';
import type { WalkCommand } from '../commissioning/walk.ts';
import type { Rows } from '../store/rows.ts';

/** From a paired terminal. Each answers with the visit as it then is. */
export type TerminalCommand =
  | { readonly type: 'start-visit'; readonly terminal: string; readonly code: string }
  | {
      readonly type: 'add-parcel';
      readonly terminal: string;
      readonly visit: string;
      readonly unit: string;
      readonly resident: string | null;
      readonly size: Size;
      readonly tracking: string | null;
    }
  | ParcelCommand<'confirm', { readonly inside: boolean }>
  | ParcelCommand<'other-door', { readonly reason: 'jammed' | 'wrong-size' | 'occupied' | 'dirty' }>
  | ParcelCommand<'undo'>
  | ParcelCommand<'open-again'>
  | ParcelCommand<'closed-by-hand'>
  | ParcelCommand<'did-not-open'>
  | ParcelCommand<'missing'>
  | { readonly type: 'next-door' | 'stay' | 'end-visit'; readonly terminal: string; readonly visit: string };

type ParcelCommand<Type extends string, More = unknown> = {
  readonly type: Type;
  readonly terminal: string;
  readonly visit: string;
  readonly delivery: string;
} & More;

/** Who asks where it is not staff here: an operator in the cloud, or the hub by a row that came from there. */
export type ByCloud = 'operator' | 'hub';

/** From signed-in staff, or (`by`) from the cloud; `staff` is then the operator's id. */
export type StaffCommand =
  | WalkCommand
  | {
      readonly type: 'staff-open';
      readonly staff: string;
      readonly by?: ByCloud;
      readonly bank: string;
      readonly compartment: number;
      readonly reason: string;
    }
  | {
      readonly type: 'retire' | 'return';
      readonly staff: string;
      readonly by?: ByCloud;
      readonly bank: string;
      readonly compartment: number;
      readonly reason: string;
    }
  | { readonly type: 'withdraw'; readonly staff: string; readonly delivery: string }
  | {
      readonly type: 'close-case';
      readonly staff: string;
      readonly by?: ByCloud;
      readonly case: string;
      readonly resolution: string;
    }
  | {
      readonly type: 'verify-door';
      readonly staff: string;
      readonly bank: string;
      readonly compartment: number;
    }
  | {
      readonly type: 'declare-key';
      readonly staff: string;
      readonly bank: string;
      /** Null: anywhere in the bank. */
      readonly compartment: number | null;
      readonly withinMs: number;
      readonly reason: string;
    }
  | {
      readonly type: 'end-emergency';
      readonly staff: string;
      readonly bank: string;
      readonly reason: string;
    }
  | {
      readonly type: 'revoke-agent';
      readonly staff: string;
      readonly agent: Rows['agents'];
      readonly reason: string;
      /** Whose codes are void with it. */
      readonly holders: readonly string[];
    }
  | { readonly type: 'issue-code'; readonly staff: string; readonly by?: ByCloud; readonly holder: string }
  | { readonly type: 'revoke-code'; readonly staff: string; readonly by?: ByCloud; readonly holder: string };

/** What an agent's ledger says of a door, beside what the log says of it. */
export interface ComparedRecord extends DoorRecord {
  /** `seq` of that grant in this hub's log; null: it is not there. */
  readonly grantSeq: number | null;
  /** `seq` of the newest grant in the log for which the door was pulsed for certain; null: none. */
  readonly newestSeq: number | null;
}

/** From a bank's link, already checked against the bank protocol. */
export type BankCommand =
  | { readonly type: 'bank-online'; readonly bank: string; readonly session: number }
  | {
      readonly type: 'bank-offline';
      readonly bank: string;
      readonly session: number | null;
      readonly reason: string;
    }
  | {
      readonly type: 'door-seen';
      readonly bank: string;
      readonly session: number;
      readonly compartment: number;
      readonly door: DoorState;
      readonly sensed: boolean;
    }
  | {
      readonly type: 'bank-event';
      readonly bank: string;
      readonly session: number;
      readonly number: number;
      readonly kind: BankEventKind;
      readonly compartment: number;
      readonly grant: string | null;
      readonly ageMs: number;
      readonly latencyMs: number | null;
      /** Of a grant that the agent itself minted. */
      readonly purpose?: Purpose | undefined;
    }
  | {
      readonly type: 'emergency-told';
      readonly bank: string;
      readonly session: number;
      readonly state: EmergencyState;
    }
  | {
      readonly type: 'head-told';
      readonly bank: string;
      readonly session: number;
      /** What the agent has seen and this hub does not have, in plain words; null: nothing. */
      readonly ahead: string | null;
    }
  | {
      readonly type: 'records-told';
      readonly bank: string;
      readonly session: number;
      readonly records: readonly ComparedRecord[];
    }
  | {
      readonly type: 'open-refused';
      readonly bank: string;
      readonly grant: string;
      readonly reason: OpenRefusal;
    }
  | {
      readonly type: 'grant-outcome';
      readonly bank: string;
      readonly grant: string;
      readonly outcome: GrantOutcome;
      readonly closed: boolean;
    };

/** From a bank's agent: what it released while it was alone. */
export type HandOverCommand = {
  readonly type: 'handed-over';
  readonly bank: string;
  readonly session: number;
  readonly release: Release;
};

/** From the notifier, when a message went out or failed. */
export type NotifierCommand =
  | { readonly type: 'message-sent'; readonly message: string; readonly channel: string }
  | {
      readonly type: 'message-failed';
      readonly message: string;
      readonly channel: string;
      readonly attempt: number;
      readonly final: boolean;
      readonly reason: string;
    };

/**
 * `lock-wearing`: the figures of a lock got worse (hub/locks). `cloud-disagrees`, `orphans-came`: what the cloud told
 * (hub/sync). `restarted`: once after the fold at boot. `tick`: some deadline of `nextDeadlineMs` has passed.
 */
export type HubCommand =
  | {
      readonly type: 'lock-wearing';
      readonly bank: string;
      readonly compartment: number;
      readonly detail: string;
    }
  | {
      readonly type: 'cloud-disagrees';
      readonly kind: 'cloud-disagrees' | 'epoch-clash';
      readonly detail: string;
    }
  | {
      readonly type: 'orphans-came';
      /** Of the hub that wrote them, and their numbers there. */
      readonly epoch: number;
      readonly from: number;
      readonly to: number;
    }
  | { readonly type: 'restarted' }
  | { readonly type: 'tick' };

export type Command =
  | TerminalCommand
  | StaffCommand
  | BankCommand
  | HandOverCommand
  | NotifierCommand
  | HubCommand;

/** What a command answers with. */
export type Reply<C extends Command> = C extends TerminalCommand
  ? VisitView
  : C extends { readonly type: 'staff-open' }
    ? { readonly grant: string }
    : C extends { readonly type: 'issue-code' }
      ? { readonly code: string }
      : null;

/** What happens outside after the commit. Losing one (a kill right after the commit) must never lose custody. */
export type Effect =
  | {
      readonly type: 'open';
      readonly bank: string;
      readonly session: number;
      readonly grant: string;
      readonly delivery: string | null;
      readonly purpose: Purpose;
      readonly compartment: number;
      /** Monotonic time of this hub after which the agent must refuse. */
      readonly deadlineMs: number;
    }
  | {
      readonly type: 'ask-outcomes';
      readonly bank: string;
      readonly session: number;
      readonly grants: readonly string[];
    }
  | {
      readonly type: 'ask-records';
      readonly bank: string;
      readonly session: number;
      readonly compartment: number;
    }
  | { readonly type: 'acknowledge'; readonly bank: string; readonly session: number; readonly number: number }
  | {
      readonly type: 'taken-over';
      readonly bank: string;
      readonly session: number;
      readonly series: string;
      readonly number: number;
    }
  | { readonly type: 'send-message'; readonly message: string }
  | { readonly type: 'visit-changed'; readonly visit: string }
  | { readonly type: 'bank-changed'; readonly bank: string }
  | { readonly type: 'door-changed'; readonly bank: string; readonly compartment: number }
  | { readonly type: 'case-opened'; readonly case: string; readonly kind: CaseKind };

/** Why a command was refused; each is an HTTP problem with this `code`. */
export type RefusalCode =
  | 'code-wrong'
  | 'code-revoked'
  | 'too-many-attempts'
  | 'terminal-unknown'
  | 'terminal-busy'
  | 'visit-unknown'
  | 'visit-ended'
  | 'delivery-unknown'
  | 'recipient-unknown'
  | 'not-now'
  | 'no-place'
  | 'bank-away'
  | 'door-in-use'
  | 'attempts-used-up'
  | 'disk-low'
  | 'overloaded'
  | 'case-unknown'
  | 'compartment-unknown'
  | 'holder-unknown'
  | 'emergency'
  | 'door-unverified'
  | 'hub-behind';

/** The people and banks as the core reads them: rows, not log. A referent may be missing (it has not come yet). */
export interface Roster {
  unit(id: string): { readonly id: string; readonly name: string } | undefined;
  /** The households of a unit, in no order. */
  householdsOf(unit: string): readonly { readonly id: string; readonly unit: string }[];
  resident(
    id: string,
  ):
    | { readonly id: string; readonly household: string; readonly unit: string; readonly language: string }
    | undefined;
  residentsOf(household: string): readonly string[];
  courier(
    id: string,
  ): { readonly id: string; readonly carrier: string; readonly carrierName: string } | undefined;
  /** A paired terminal and the bank it stands at (null: at none); undefined if unknown or revoked. */
  terminal(id: string): { readonly id: string; readonly bank: string | null } | undefined;
  layouts(): readonly Layout[];
  /** Whether the bank's agent keeps its records on another disk than the hub: only then do they prove anything. */
  keepsOwnRecords(bank: string): boolean;
  /** Which power supply feeds the door's lock, by the bank file; one of its own if that does not say. */
  supplyOf(door: { readonly bank: string; readonly compartment: number }): string;
}

/** Times and bounds that a building may change; the design's defaults in `policy.ts`. */
export interface Policy {
  /** A resident may open again for so long after the last pickup. */
  readonly graceMs: number;
  /** A courier may undo for so long after the confirmation; the message waits for it. */
  readonly undoMs: number;
  /** "Parcel inside?" without an answer counts as deposited, unconfirmed. */
  readonly confirmWithinMs: number;
  readonly openNoticeMs: number;
  readonly openAlarmMs: number;
  readonly idleMs: number;
  readonly warnMs: number;
  /** Further attempts at a jammed door. */
  readonly retries: number;
  /** A lock that jams so often in a row takes its compartment out of service. */
  readonly jamsToRetire: number;
}
