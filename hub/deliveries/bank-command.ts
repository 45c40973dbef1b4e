/** What a bank's link tells the deliveries. */
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
