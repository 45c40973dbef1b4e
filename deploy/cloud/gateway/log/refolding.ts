/** Looks for buildings whose projections lag, from the gateway's start on, and folds them one after the other. */
import type { Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Gateway } from '../api/api.ts';
import { laggingBuildings, refoldStep } from './refold.ts';

/** Between two looks: lagging begins with an upgrade, not by itself. */
const LOOK_EVERY_MS = 60_000;
/** Buildings of one look; the next comes at once if there were so many. */
const BUILDINGS_A_LOOK = 100;

/** Gateways that fold the same building at once take turns by its lock, and each goes on where the other stopped. */
export class Refolding {
  readonly #gateway: Pick<Gateway, 'database' | 'clock' | 'log'>;
  #timer: Timer | undefined;
  #working: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(gateway: Pick<Gateway, 'database' | 'clock' | 'log'>) {
    this.#gateway = gateway;
  }

  start(): void {
    this.#lookIn(0);
  }

  /** Ends after the step that is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#working;
  }

  #lookIn(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = this.#gateway.clock.after(delayMs, () => {
      this.#working = this.#look().then((more) => this.#lookIn(more ? 0 : LOOK_EVERY_MS));
    });
  }

  /** True if there may be more to do at once. */
  async #look(): Promise<boolean> {
    const { database, log } = this.#gateway;
    try {
      const lagging = await database.transaction((client) => laggingBuildings(client, BUILDINGS_A_LOOK));
      let folded = 0;
      for (const building of lagging) folded += (await this.#fold(building)) ? 1 : 0;
      return lagging.length === BUILDINGS_A_LOOK && folded > 0;
    } catch (error) {
      log.warn({ err: error }, 'buildings to fold anew could not be looked for');
      return false;
    }
  }

  /** False if it failed: the next look tries again, and the others are not held up. */
  async #fold(building: string): Promise<boolean> {
    const { database, clock, log } = this.#gateway;
    try {
      for (let isWhole = false; !isWhole && !this.#isStopped; ) {
        isWhole = await database.asBuilding(building, (client) =>
          refoldStep(client, building, clock.wallMs()),
        );
      }
      return true;
    } catch (error) {
      log.error({ err: error, building }, 'a building could not be folded anew');
      return false;
    }
  }
}
