/** The people, terminals and banks as the core reads them: rows, which others keep. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import type { DropOffHours } from '@lockerhub/protocol/codes/drop-off-hours.ts';
import type { Contact } from '@lockerhub/protocol/http/messages.ts';

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
        /** They have a contact, and no channel is set up by which anything goes there. */
        readonly lacksChannel: boolean;
      }
    | undefined;
  /** Whether somebody with these contacts can be told, by the channels that are set up. */
  canTell(contacts: readonly Contact[]): boolean;
  residentsOf(household: string): readonly string[];
  /** With those who moved out. */
  everybodyOf(household: string): readonly string[];
  /** Residents who live here and have a PIN. */
  pins(): readonly Pin[];
  /** Fobs of residents who live here. */
  fobs(): readonly Fob[];
  /** Managers who can be told by mail, in no order. */
  managersTold(): readonly string[];
  /** All couriers, revoked ones too. */
  courierIds(): readonly string[];
  /** Undefined also for whoever drives for a carrier that was removed, or has not come yet: they drop off nothing. */
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
