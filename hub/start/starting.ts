import type { EpochCertificate } from '@lockerhub/protocol/sync/epoch.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Core } from '../core.ts';
import type { Reach } from '../epoch/reach.ts';
import type { Hold } from '../update/hold.ts';

/** What each side of a hub that starts is made from. */
export interface Starting {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly core: Core;
  readonly hold: Hold;
  readonly certificate: () => EpochCertificate | undefined;
  /** Whom agents may speak with: nobody before the set-up, where another hub speaks for the building, and on trial. */
  readonly spokenFor: () => string | undefined;
  /** Of the API; asked for only once it is served. */
  readonly httpPort: () => number;
  /** Lets go of what a fenced hub may not hold. */
  readonly reach: Reach;
  /** Ends what was begun; what was begun last ends first. */
  readonly closers: (() => Promise<void> | void)[];
}
