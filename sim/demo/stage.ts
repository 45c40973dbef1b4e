/** What can be set off in the demo, and what it is played on. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { SupervisedProcess } from '../processes/supervised.ts';
import type { Access } from './access.ts';
import type { DemoCloud } from './demo-cloud.ts';
import type { Fire } from './fire.ts';
import type { HubSwap } from './hub-swap.ts';
import type { Mailbox } from './mailbox.ts';
import type { Phones } from './phones.ts';
import type { StandingBank } from './plcs.ts';
import type { Score } from './score.ts';
import type { StaffLink } from './staff-link.ts';

export const ACTS = [
  'parcel',
  'rush',
  'pickup',
  'jam',
  'free-jams',
  'force',
  'unplug',
  'replug',
  'fire',
  'fire-over',
  'walk-doors',
  'kill-hub',
  'hub-off',
  'hub-on',
  'swap-hub',
  'old-hub-returns',
  'look-at-doors',
  'cut-internet',
  'mend-internet',
  'back-up-cloud',
  'rewind-cloud',
] as const;
export type Act = (typeof ACTS)[number];

/** What the acts stand on. */
export interface Stage {
  readonly access: Access;
  readonly clock: Clock;
  readonly random: Random;
  readonly banks: readonly StandingBank[];
  readonly mailbox: Mailbox;
  readonly phones: Phones;
  readonly score: Score;
  readonly hub: SupervisedProcess;
  readonly staff: StaffLink;
  readonly fire: Fire;
  /** Null without a cloud. */
  readonly cloud: () => DemoCloud | null;
  readonly swap: () => HubSwap | null;
  /** Says on the page what is going on. */
  readonly say: (words: string) => void;
  /** Doors or people moved. */
  readonly changed: () => void;
  /** A PLC's network cable was pulled or put back. */
  readonly plugged: (bank: string, plugged: boolean) => void;
}
