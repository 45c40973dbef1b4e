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
import type { DropOffHours } from '@lockerhub/protocol/codes/drop-off-hours.ts';
import type { WrongCodes } from '@lockerhub/protocol/codes/guess-limit.ts';
import type { Contact } from '@lockerhub/protocol/http/messages.ts';
import type { PhoneCountry } from '@lockerhub/protocol/http/phone-number.ts';
import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { CaseKind } from '@lockerhub/protocol/log/payloads/cases.ts';
import type { MessageKind } from '@lockerhub/protocol/log/payloads/messages.ts';
import type { Verified } from '@lockerhub/protocol/log/payloads/slips.ts';
import type { WalkCommand } from '../commissioning/walk.ts';
import type { ReconcileCommand, ReconcileDeskCommand } from '../reconciliation/reconciliation.ts';
import type { Rows } from '../store/rows.ts';

/** From a paired terminal. Each answers with the visit as it then is. */
export type TerminalCommand =
  | {
      readonly type: 'start-visit';
      readonly terminal: string;
      readonly code: string;
      /** A phone that proved to be at the terminal: residents alone come by it. */
      readonly byPhone?: boolean;
      /** Whose code it is said to be, as typed: a unit's name, or a carrier's. A code of another owner is wrong then. */
      readonly owner?: string | undefined;
      /** `code` is the PIN of a resident of the unit that `owner` names. */
      readonly pin?: boolean | undefined;
    }
  | {
      readonly type: 'add-parcel';
      readonly terminal: string;
      readonly visit: string;
      /** Null: nobody knows. */
      readonly unit: string | null;
      readonly resident: string | null;
      /** The name on the label is nobody's in the unit. */
      readonly unknown?: boolean;
      /** It fits into no compartment. */
      readonly oversize?: boolean;
      readonly size: Size;
      readonly tracking: string | null;
    }
  | {
      readonly type: 'take-back';
      readonly terminal: string;
      readonly visit: string;
      readonly unit: string | null;
      readonly size: Size;
      readonly tracking: string | null;
      readonly reason: 'no-place' | 'oversize' | 'refused';
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

/** Who asks where it is not staff here: an operator in the cloud, the hub by a row that came from there, a program. */
export type ByOther = 'operator' | 'hub' | 'api-key';

/** From signed-in staff, or (`by`) from the cloud or a program; `staff` is then the operator's or the key's id. */
export type StaffCommand =
  | WalkCommand
  | ReconcileCommand
  | ReconcileDeskCommand
  | {
      readonly type: 'staff-open';
      readonly staff: string;
      readonly by?: ByOther;
      readonly bank: string;
      readonly compartment: number;
      readonly reason: string;
    }
  | {
      readonly type: 'retire' | 'return';
      readonly staff: string;
      readonly by?: ByOther;
      readonly bank: string;
      readonly compartment: number;
      readonly reason: string;
    }
  | {
      readonly type: 'withdraw';
      readonly staff: string;
      readonly by?: ByOther;
      readonly delivery: string;
    }
  /** The desk has the parcel; the desk gave it to whom it is for. */
  | {
      readonly type: 'desk-received' | 'handed-out';
      readonly staff: string;
      readonly by?: ByOther;
      readonly delivery: string;
    }
  | {
      readonly type: 'match';
      readonly staff: string;
      readonly by?: ByOther;
      readonly delivery: string;
      readonly unit: string;
      readonly resident: string | null;
    }
  /** Nobody of its unit can be told of this parcel: paper for the letter box. */
  | {
      readonly type: 'issue-slip';
      readonly staff: string;
      readonly by?: ByOther;
      readonly delivery: string;
    }
  /** Somebody came to the desk for it, and staff know how they know that this one lives there. */
  | {
      readonly type: 'claim';
      readonly staff: string;
      readonly by?: ByOther;
      readonly delivery: string;
      readonly claimant: Claimant;
      readonly how: Verified;
    }
  | {
      readonly type: 'take-case';
      readonly staff: string;
      readonly case: string;
      /** Who sees to it as far as the asker knows; null: nobody. */
      readonly from: string | null;
    }
  | { readonly type: 'release-case'; readonly staff: string; readonly case: string }
  | { readonly type: 'note-case'; readonly staff: string; readonly case: string; readonly note: string }
  | {
      readonly type: 'close-case';
      readonly staff: string;
      readonly by?: ByOther;
      readonly case: string;
      readonly resolution: string;
    }
  | {
      readonly type: 'parcel-gone';
      readonly staff: string;
      readonly by?: ByOther;
      /** It may be long over; its last place. */
      readonly delivery: string;
      readonly door: { readonly bank: string; readonly compartment: number } | null;
    }
  | {
      readonly type: 'report-door';
      readonly staff: string;
      readonly bank: string;
      readonly compartment: number;
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
  | { readonly type: 'issue-code'; readonly staff: string; readonly by?: ByOther; readonly holder: string }
  | { readonly type: 'revoke-code'; readonly staff: string; readonly by?: ByOther; readonly holder: string }
  /** Somebody knows it who should not: another one holds at once; a resident with something waiting is told. */
  | { readonly type: 'replace-code'; readonly staff: string; readonly holder: string };

/** Who claims: a resident who is known already, or somebody new. */
export type Claimant =
  | {
      readonly resident: string;
      /** Theirs with a way to be told that they have just said; null: nothing of it changes. */
      readonly row: Rows['residents'] | null;
    }
  | { readonly name: string; readonly language: string; readonly contacts: readonly Contact[] };

/** Whose code was shown, and which of their codes it was. */
export interface CodeProof {
  readonly resident: string;
  readonly generation: number;
}

/** By a resident, or staff in their stead. */
export type DelegateCommand =
  /** What a resident may do ends, before what is personal about them is erased. */
  | { readonly type: 'forget-resident'; readonly by: Actor; readonly resident: string }
  | {
      readonly type: 'name-delegate';
      readonly by: Actor;
      readonly resident: string;
      readonly delivery: string | null;
      /** By the wall clock. */
      readonly fromMs: number;
      readonly untilMs: number;
      /** From the resident's phone: what `prove-code` answered. It is looked at again. */
      readonly proof?: CodeProof;
    }
  /** A resident shows their code from anywhere: it opens nothing, and says who they are. */
  | {
      readonly type: 'prove-code';
      readonly code: string;
      readonly owner?: string | undefined;
      /** Where the request comes from: wrong codes are counted by it. */
      readonly address: string;
    }
  | {
      readonly type: 'end-delegate';
      readonly by: Actor;
      readonly resident: string;
      readonly delegate: string;
    };

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
  | { readonly type: 'message-void'; readonly message: string }
  | {
      /** What a provider said became of a message that it had taken; `again`: it can be said by another way. */
      readonly type: 'message-receipt';
      readonly message: string;
      readonly channel: string;
      readonly state: 'delivered' | 'failed';
      readonly reason: string;
      readonly kind: MessageKind;
      readonly resident: string;
      readonly deliveries: readonly string[];
      readonly without: readonly string[];
      readonly again: boolean;
    }
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
 * `lock-wearing`: the figures of a lock got worse (hub/locks). `log-changed`: an entry is not as it was written
 * (hub/log/check). `backup-failed`, `backup-made`: hub/backup. `reset-access`: somebody at the console (hub/sign-in). `cloud-disagrees`, `orphans-came`: what the cloud told
 * (hub/sync). `restarted`: once after the fold at boot. `tick`: some deadline of `nextDeadlineMs` has passed.
 */
export type HubCommand =
  | {
      readonly type: 'lock-wearing';
      readonly bank: string;
      readonly compartment: number;
      readonly detail: string;
    }
  | { readonly type: 'log-changed'; readonly detail: string }
  | { readonly type: 'backup-failed' }
  | { readonly type: 'backup-made' }
  | {
      readonly type: 'reset-access';
      /** As it is afterwards. */
      readonly account: Rows['staff'];
      /** Theirs, which end. */
      readonly sessions: readonly string[];
    }
  | {
      readonly type: 'cloud-disagrees';
      readonly kind: 'cloud-disagrees' | 'epoch-clash' | 'cloud-refuses';
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
  | DelegateCommand
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
      : C extends { readonly type: 'name-delegate' }
        ? { readonly delegate: string; readonly code: string }
        : C extends { readonly type: 'prove-code' }
          ? CodeProof
          : C extends { readonly type: 'issue-slip' }
            ? { readonly slip: string; readonly code: string | null; readonly untilMs: number }
            : C extends { readonly type: 'claim' }
              ? { readonly resident: string; readonly code: string }
              : C extends { readonly type: 'parcel-gone' | 'report-door' }
                ? { readonly case: string }
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
  | 'code-owner-needed'
  | 'code-of-delegate'
  | 'outside-hours'
  | 'too-many-attempts'
  | 'terminal-unknown'
  | 'terminal-busy'
  | 'visit-unknown'
  | 'visit-ended'
  | 'delivery-unknown'
  | 'delegate-unknown'
  | 'too-many-delegates'
  | 'already-told'
  | 'door-shared'
  | 'recipient-unknown'
  | 'not-now'
  | 'no-place'
  | 'bank-away'
  | 'door-in-use'
  | 'attempts-used-up'
  | 'disk-low'
  | 'overloaded'
  | 'case-unknown'
  | 'case-taken'
  | 'too-many-notes'
  | 'compartment-unknown'
  | 'holder-unknown'
  | 'emergency'
  | 'door-unverified'
  | 'hub-behind'
  | 'hub-held'
  | 'hub-fenced';

/** A resident's PIN, as far as anybody but they can know it. */
export interface Pin {
  readonly resident: string;
  readonly unitName: string;
  readonly hash: string;
}

/** A resident's fob, as far as anybody without it can know it. */
export interface Fob extends Pin {
  readonly fob: string;
}

/** The people and banks as the core reads them: rows, not log. A referent may be missing (it has not come yet). */
export interface Roster {
  unit(id: string): { readonly id: string; readonly name: string } | undefined;
  /** The households of a unit, in no order. */
  householdsOf(unit: string): readonly { readonly id: string; readonly unit: string }[];
  resident(id: string):
    | {
        readonly id: string;
        readonly household: string;
        readonly unit: string;
        readonly language: string;
        /** Days of the building's calendar (`2026-08-01`), both included; null: not away. */
        readonly away: { readonly from: string; readonly until: string } | null;
        readonly accessible: boolean;
        readonly onlyMe: boolean;
        /** They have a way to be told, or collect by PIN or fob without being told. */
        readonly reachable: boolean;
      }
    | undefined;
  residentsOf(household: string): readonly string[];
  /** With those who moved out. */
  everybodyOf(household: string): readonly string[];
  /** Residents who live here and have a PIN. */
  pins(): readonly Pin[];
  /** Fobs of residents who live here. */
  fobs(): readonly Fob[];
  /** All couriers, revoked ones too. */
  courierIds(): readonly string[];
  courier(id: string):
    | {
        readonly id: string;
        readonly carrier: string;
        readonly carrierName: string;
        /** Null: the building's own. */
        readonly hours: DropOffHours | null;
      }
    | undefined;
  /** A paired terminal and the bank it stands at (null: at none); undefined if unknown or revoked. */
  terminal(id: string): { readonly id: string; readonly bank: string | null } | undefined;
  layouts(): readonly Layout[];
  /** Whether the bank's agent keeps its records on another disk than the hub: only then do they prove anything. */
  keepsOwnRecords(bank: string): boolean;
  /** Which power supply feeds the door's lock, by the bank file; one of its own if that does not say. */
  supplyOf(door: { readonly bank: string; readonly compartment: number }): string;
}

/** Times and bounds that a building may change; the design's defaults in `policy.ts`. */
export interface Policy extends WrongCodes {
  /** What waits for somebody who moved out can be collected for so long after that. */
  readonly formerMs: number;
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
  /** Photos and words of labels go so long after they were taken. */
  readonly photosMs: number;
  /** Names and contacts of who moved out go so long after the last delivery, and tracking numbers after theirs. */
  readonly contactsMs: number;
  /** Residents are reminded of a parcel that waits for so long, */
  readonly firstReminderMs: number;
  /** and once more. */
  readonly secondReminderMs: number;
  /** Reminders go out from this hour of the building's day, 0 to 23, */
  readonly remindFromHour: number;
  /** to before this one, 1 to 24. The first message never waits for an hour. */
  readonly remindUntilHour: number;
  /** A parcel that waits for so long becomes a case; its code stays good. */
  readonly overdueMs: number;
  /** A courier's code begins a visit from this hour of the building's day, 0 to 23, */
  readonly dropOffFromHour: number;
  /** to before this one, 0 to 24, in the next morning if it is earlier; for couriers without hours of their own. */
  readonly dropOffUntilHour: number;
  /** Whether there is a desk that takes what fits into no compartment. */
  readonly desk: boolean;
  /** What becomes of a parcel for a unit in which nobody lives. */
  readonly vacated: 'take-back' | 'desk';
  /** Whose phone numbers those are that name no country, in lists of residents and on the page. */
  readonly phoneCountry: PhoneCountry;
  /** How often a backup is made, */
  readonly backupEvery: 'six-hours' | 'day' | 'week';
  /** and at which hour of the building's day, 0 to 23 (every six hours: from it on). */
  readonly backupHour: number;
  /** The newest backup of so many days is kept, */
  readonly backupDays: number;
  /** of so many weeks before them, */
  readonly backupWeeks: number;
  /** and of so many months before those. */
  readonly backupMonths: number;
}
