import type { CommissioningView } from '@lockerhub/protocol/http/commissioning.ts';
import type { BankView } from '@lockerhub/protocol/http/staff.ts';

export type Walk = NonNullable<CommissioningView['walk']>;

/** What each step of the walk gets. */
export interface StepProps {
  readonly bank: BankView;
  readonly walk: Walk;
}
