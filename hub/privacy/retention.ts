/**
 * What goes by itself when its time is over. While the wall clock is not trusted nothing does, and the time of what came then
 * begins with the first look that trusts it.
 */
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Logger } from 'pino';
import { Refusal } from '../deliveries/refusal.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { LabelPhotos } from '../photos/label-photos.ts';
import type { Store } from '../store/store.ts';
import type { Erasure } from './erasure.ts';
import { lastDeliveryMs } from './last-delivery.ts';

/** Days are what is promised; an hour is exact enough. */
const LOOK_EACH_MS = 3_600_000;
/** Tracking numbers of one statement: few milliseconds beside the doors. */
const PAGE = 500;
/** All that was delivered is gone through once in so many looks. */
const PARCELS_EACH_LOOKS = 24;

export interface RetentionOptions {
  readonly store: Pick<Store, 'query'>;
  readonly log: BuildingLog;
  readonly register: Register;
  readonly erasure: Erasure;
  readonly clock: Clock;
  readonly clockTrust: () => 'trusted' | 'untrusted';
  /** For so long after the last delivery, or the move-out if that is later. */
  readonly contactsMs: () => number;
  readonly photos: Pick<LabelPhotos, 'look'>;
  /** Writes since when they have been gone, where nobody knew the time as they went. */
  readonly goneSince: (resident: string, atMs: number) => Promise<unknown>;
  readonly logger: Logger;
}

export class Retention {
  readonly #options: RetentionOptions;
  #timer: Timer | undefined;
  #looks = 0;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, logger } = this.#options;
    this.#timer = clock.after(LOOK_EACH_MS, () => {
      this.start();
      this.look().catch((error: unknown) =>
        logger.warn({ err: error }, 'what is to be erased; trying again later'),
      );
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Erases whose time is over. */
  async look(): Promise<void> {
    const { clockTrust, clock, contactsMs, photos } = this.#options;
    if (clockTrust() === 'untrusted') return;
    const before = clock.wallMs() - contactsMs();
    await photos.look();
    await this.#residents(before);
    if (this.#looks % PARCELS_EACH_LOOKS === 0) await this.#parcels(before);
    this.#looks += 1;
  }

  async #residents(before: number): Promise<void> {
    const { register, erasure, goneSince, clock } = this.#options;
    for (const { id, household, movedOut, movedOutAt } of register.all('residents')) {
      if (!movedOut) continue;
      if (movedOutAt === null) await goneSince(id, clock.wallMs());
      if (movedOutAt === null || movedOutAt >= before) continue;
      const last = await this.#lastDeliveryMs(household);
      if (last === null || last >= before) continue;
      try {
        await erasure.resident({ kind: 'hub' }, id);
      } catch (error) {
        // Something waits for them still: they are looked at again.
        if (!(error instanceof Refusal)) throw error;
      }
    }
  }

  async #lastDeliveryMs(household: string): Promise<number | null> {
    const { register, store } = this.#options;
    const unit = register.get('households', household)?.unit;
    return unit === undefined ? 0 : lastDeliveryMs(store, { unit, household });
  }

  /** Tracking numbers of deliveries that are over for so long. */
  async #parcels(before: number): Promise<void> {
    const { store, erasure, log } = this.#options;
    for (let after = 0; ; ) {
      const page = await store.query<{ seq: number; delivery: string; goes: boolean }>(
        `select d.seq, d.delivery, p.tracking is not null and coalesce(d.over_since, $2::bigint) < $2::bigint as goes
          from deliveries d left join parcels p on p.id = d.delivery
          where d.seq > $1::bigint order by d.seq limit ${PAGE}`,
        [after, Math.trunc(before)],
      );
      const ids = page.filter(({ goes }) => goes).map(({ delivery }) => delivery);
      await erasure.rows('parcels', ids, (merged) => log.append({ payloads: [], merged }));
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.seq;
    }
  }
}
