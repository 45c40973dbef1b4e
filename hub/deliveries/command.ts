/**
 * Everything that can be asked of the deliveries, and what they ask of the outside: the whole surface of the core.
 * A pure function decides (`decide.ts`), the log remembers, `hub/building` carries it out.
 */

import type { Size } from '@lockerhub/protocol/bank/layout.ts';
import type { Purpose } from '@lockerhub/protocol/bank/messages.ts';
import type { BackupReason } from '@lockerhub/protocol/http/backup.ts';
import type { Contact } from '@lockerhub/protocol/http/messages.ts';
import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Actor, PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { CaseKind } from '@lockerhub/protocol/log/payloads/cases.ts';
import type { MessageKind } from '@lockerhub/protocol/log/payloads/messages.ts';
import type { Verified } from '@lockerhub/protocol/log/payloads/slips.ts';
import type { WalkCommand } from '../commissioning/walk.ts';
import type { ReconcileCommand, ReconcileDeskCommand } from '../reconciliation/reconciliation.ts';
import type { Rows } from '../store/rows.ts';
import type { BankCommand, HandOverCommand } from './bank-command.ts';

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
 * (hub/log/check). `backup-failed`, `backup-made`: hub/backup. `reset-access`: somebody at the console (hub/sign-in).
 * `update-ended`: hub/update. `cloud-disagrees`, `orphans-came`: what the cloud told (hub/sync). `restarted`: once after the fold at boot. `tick`: some deadline of `nextDeadlineMs` has passed.
 */
export type HubCommand =
  | {
      readonly type: 'lock-wearing';
      readonly bank: string;
      readonly compartment: number;
      readonly detail: string;
    }
  | { readonly type: 'log-changed'; readonly detail: string }
  | { readonly type: 'backup-failed'; readonly reason: BackupReason }
  | { readonly type: 'backup-made' }
  | {
      readonly type: 'reset-access';
      /** As it is afterwards. */
      readonly account: Rows['staff'];
      /** Theirs, which end. */
      readonly sessions: readonly string[];
    }
  | { readonly type: 'update-ended'; readonly by: Actor; readonly ended: PayloadOf<'update.ended'> }
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
