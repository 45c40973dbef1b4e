/**
 * The hub's box is torn out, and another one takes the building over from the cloud. The old box, with all that it still
 * holds, lies in a corner; who plugs it in again sees it fenced.
 */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { restoreHub } from '@lockerhub/hub/recovery/restore.ts';
import { plannedEpoch } from '@lockerhub/hub/replace/replace-hub.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { type Program, SupervisedProcess } from '../processes/supervised.ts';
import { freePort } from '../testing/free-port.ts';
import { waitFor } from '../testing/wait-for.ts';
import type { Access } from './access.ts';
import { takeOver } from './new-box.ts';
import { NotNow } from './not-now.ts';
import { hubFolder, hubProgram } from './programs.ts';
import { sideOfHub } from './sides.ts';
import { StaffLink } from './staff-link.ts';
import type { DemoState, Side } from './state.ts';

/** A hub that comes back says its first word to the cloud within seconds; a loaded machine gets plenty. */
const FENCED_WITHIN_MS = 60_000;
/** An agent's pauses between attempts to reach its hub end at 30 s. */
const HEARD_WITHIN_MS = 60_000;

export interface HubSwapOptions {
  readonly folder: string;
  readonly host: string;
  readonly access: Access;
  readonly hub: SupervisedProcess;
  readonly clock: Clock;
  readonly random: Random;
  readonly cloud: {
    readonly url: string;
    replacementCode(): Promise<string>;
    untilMended(): Promise<void>;
    /** Entries of the log, as far as they were seen last: of the hub, and of the cloud. */
    held(): { readonly hub: number; readonly cloud: number };
  };
  /** Whether the hub hears the bank that has an agent of its own. */
  readonly isAgentHeard: () => Promise<boolean>;
  /** The hub's log may go on from before what was seen of it. */
  readonly onSwapped: () => void;
  readonly changed: () => void;
}

type Swap = NonNullable<DemoState['swap']>;

export class HubSwap {
  readonly #options: HubSwapOptions;
  #steps: Swap['steps'] = [];
  #tookMs: number | null = null;
  #isUnderWay = false;
  #old: { readonly process: SupervisedProcess; readonly staff: StaffLink; readonly port: number } | null =
    null;

  constructor(options: HubSwapOptions) {
    this.#options = options;
  }

  view(): Swap {
    return {
      isUnderWay: this.#isUnderWay,
      steps: this.#steps,
      tookMs: this.#tookMs,
      hasOldBox: existsSync(oldFolder(this.#options.folder)),
      oldPort: this.#old?.port ?? null,
    };
  }

  /** What the old box holds; null unless it was plugged in and answers. */
  async old(): Promise<Side | null> {
    const { staff } = this.#old ?? {};
    return staff ? sideOfHub('old', staff) : null;
  }

  /** @throws Error with why the new box could not take over; the old one runs again then. */
  async swap(): Promise<void> {
    const { folder, hub, clock, random, access, isAgentHeard, onSwapped } = this.#options;
    const { recoveryKey } = access;
    if (recoveryKey === null) {
      throw new NotNow('This demo was set up without a recovery key: remove its folder to set it up anew.');
    }
    if (this.#isUnderWay) throw new NotNow('a box is being swapped already');
    const beganMs = clock.monotonicMs();
    this.#begin();
    try {
      try {
        await this.#tearOut();
        await this.#fill(recoveryKey);
      } catch (error) {
        const { message } = error as Error;
        this.#step(`Failed: ${message}. The old box is put back`);
        await settleSwap(folder, { recoveryKey, clock, random });
        await hub.start();
        throw new NotNow(message);
      }
      this.#step('The new box starts');
      onSwapped();
      await hub.start();
      this.#step("The garage's agent looks for the hub");
      await waitFor(isAgentHeard, HEARD_WITHIN_MS, "the garage's agent to find the new box");
      this.#replaceStep("The garage's agent knows it by the building's key");
      this.#tookMs = clock.monotonicMs() - beganMs;
    } finally {
      this.#isUnderWay = false;
      this.#options.changed();
    }
  }

  async #tearOut(): Promise<void> {
    const { folder, hub, cloud } = this.#options;
    const { hub: here, cloud: there } = cloud.held();
    await this.stop();
    await hub.kill();
    await hub.stop();
    await rm(oldFolder(folder), { recursive: true, force: true });
    await rename(hubFolder(folder), oldFolder(folder));
    const lacking = Math.max(0, here - there);
    const only = lacking === 1 ? 'One entry had' : `${lacking} entries had`;
    this.#step(
      lacking === 0
        ? 'The box is torn out, and its disk with it. The cloud has the whole log'
        : `The box is torn out, and its disk with it. ${only} not reached the cloud: the old box has the rest`,
    );
  }

  /** Keyring, log and rows, from the cloud and the paper. */
  async #fill(recoveryKey: string): Promise<void> {
    const { folder, cloud } = this.#options;
    this.#step('An empty box waits for the internet');
    await cloud.untilMended();
    this.#replaceStep('The operator gives a one-time code; the recovery key is on paper');
    const code = await cloud.replacementCode();
    this.#step('hub replace');
    const onLine = (line: string) =>
      this.#replaceStep(`hub replace: ${line.replace(/^Recovery key: */, '')}`);
    await takeOver({ folder: nextFolder(folder), cloud: cloud.url, code, recoveryKey, onLine });
    await rename(nextFolder(folder), hubFolder(folder));
    this.#replaceStep('hub replace: keyring, log and rows are there');
  }

  /** The old box is plugged in again, at an address of its own. Resolves once the cloud has told it. */
  async oldReturns(): Promise<void> {
    const { folder, host, clock, access, changed, cloud } = this.#options;
    await cloud.untilMended();
    const port = await freePort();
    const plan = { folder, host, port, mqttPort: await freePort(), mqttsPort: await freePort() };
    const process = new SupervisedProcess(oldProgram(plan), clock, changed);
    this.#old = { process, staff: new StaffLink(`http://127.0.0.1:${port}`, access.staff), port };
    await process.start();
    const isFenced = async () => (await this.old())?.state === 'fenced';
    await waitFor(isFenced, FENCED_WITHIN_MS, 'the old box to be fenced');
  }

  /** Takes the old box away, if it runs. */
  async stop(): Promise<void> {
    const old = this.#old;
    this.#old = null;
    await old?.process.stop();
  }

  #begin(): void {
    this.#steps = [];
    this.#tookMs = null;
    this.#isUnderWay = true;
  }

  #step(words: string): void {
    this.#steps = [...this.#steps, words];
    this.#options.changed();
  }

  #replaceStep(words: string): void {
    this.#steps = [...this.#steps.slice(0, -1), words];
    this.#options.changed();
  }
}

export interface Settling {
  /** As on the paper; null: no box was ever swapped. */
  readonly recoveryKey: string | null;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Ends a swap that was cut short: a new box that had taken over stays, and so does the old one where none had. The cloud
 * may have adopted the new box's number by then, and fence the old one: so that one speaks under a higher. Between the two
 * a folder is only ever renamed.
 */
export async function settleSwap(folder: string, { recoveryKey, clock, random }: Settling): Promise<void> {
  const [hub, old, next] = [hubFolder(folder), oldFolder(folder), nextFolder(folder)];
  if (!existsSync(hub) && existsSync(join(next, 'epoch.json')) && !existsSync(join(next, 'replacing.json'))) {
    await rename(next, hub);
  }
  if (!existsSync(hub) && existsSync(old)) await rename(old, hub);
  const above = plannedEpoch(next);
  // Cut short from here on it is done again, and costs a number.
  if (above !== null && recoveryKey !== null) {
    restoreHub({ dataFolder: hub, recoveryKey, above, clock, random });
  }
  await rm(next, { recursive: true, force: true });
}

function oldFolder(folder: string): string {
  return `${hubFolder(folder)}.old`;
}

function nextFolder(folder: string): string {
  return `${hubFolder(folder)}.next`;
}

/** The same program on the folder that was torn out; it sends no mail: its cable to the mail server is not put back. */
function oldProgram(plan: Parameters<typeof hubProgram>[0]): Program {
  const { command, ...rest } = hubProgram(plan);
  const words = command.map((word) => (word === hubFolder(plan.folder) ? oldFolder(plan.folder) : word));
  return { ...rest, name: 'old-hub', command: words };
}
