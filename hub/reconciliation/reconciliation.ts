/**
 * A walk that compares records and doors: its states, and the fold of its entries. Imports nothing of the deliveries,
 * whose model holds it.
 */
import type { ReconcileAct, ReconcileDesk } from '@lockerhub/protocol/http/reconciliation.ts';
import type { Payload, PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { Finding } from '@lockerhub/protocol/log/payloads/reconciliation.ts';

export type ReconciliationState = 'none' | 'walking';
export type ReconciliationEvent = 'started' | 'door' | 'ended';

/** The whole of it. `never`: an entry that `acts.ts` does not write. */
export const RECONCILIATION: Record<
  ReconciliationState,
  Record<ReconciliationEvent, ReconciliationState | 'never'>
> = {
  none: { started: 'walking', door: 'never', ended: 'never' },
  walking: { started: 'never', door: 'walking', ended: 'none' },
};

/** A walk that goes on; it comes back after a restart. */
export interface Reconciliation {
  readonly id: string;
  readonly bank: string;
  readonly doors: readonly number[];
  readonly found: readonly { readonly compartment: number; readonly finding: Finding }[];
}

/** How the last walk through a bank ended. */
export interface Reconciled extends PayloadOf<'bank.reconciled'> {
  /** By the wall clock. */
  readonly atMs: number;
}

/** The one row of `deskReconciled`. */
export const THE_DESK = 'desk';

/** How the desk was compared last. */
export interface DeskReconciled extends PayloadOf<'desk.reconciled'> {
  /** By the wall clock. */
  readonly atMs: number;
}

/** Who stands at a door; of this process only. */
export interface Looker {
  readonly staff: string;
  readonly bank: string;
  readonly compartment: number;
}

export interface ReconcileCommand {
  readonly type: 'reconcile';
  readonly staff: string;
  readonly bank: string;
  readonly act: ReconcileAct;
}

export interface ReconcileDeskCommand {
  readonly type: 'reconcile-desk';
  readonly staff: string;
  readonly said: ReconcileDesk;
}

export type ReconciliationPayload = Extract<Payload, { type: `reconciliation.${ReconciliationEvent}` }>;

/** The walk after an entry; undefined: it is over. `never` by the table. */
export function reconciliationAfter(
  before: Reconciliation | undefined,
  payload: ReconciliationPayload,
): Reconciliation | undefined | 'never' {
  const event = payload.type.slice('reconciliation.'.length) as ReconciliationEvent;
  const isOwn = before === undefined || before.id === payload.data.reconciliation;
  if (!isOwn || RECONCILIATION[before ? 'walking' : 'none'][event] === 'never') return 'never';
  switch (payload.type) {
    case 'reconciliation.started': {
      const { reconciliation: id, bank, doors } = payload.data;
      return { id, bank, doors, found: [] };
    }
    case 'reconciliation.door': {
      const { compartment, finding } = payload.data;
      return before && { ...before, found: [...before.found, { compartment, finding }] };
    }
    case 'reconciliation.ended':
      return undefined;
  }
}
