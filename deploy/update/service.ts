/**
 * What `lockerhub-update.service` does: ends what was cut short, begins what is wanted, or does what the hub asks for by
 * its inbox. An end that is no good is an end too.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import {
  type CheckedRelease,
  LastUpdate,
  STATE,
  type UpdateRequest,
  words,
} from '@lockerhub/protocol/update/files.ts';
import { z } from 'zod';
import type { Inbox } from './inbox.ts';
import { type Journal, readIfThere, replaceFile } from './journal.ts';
import { isOlder, lookAt, madeAtMs, nameOf, older, takeIn } from './release-file.ts';
import { type Machine, resume, update } from './update.ts';
import { UpdateError } from './update-error.ts';

const Wanted = z.object({
  release: z.string(),
  calmWithinMs: z.number(),
  windowMs: z.number(),
  update: z.string().nullable().default(null),
});
export type Wanted = z.infer<typeof Wanted>;

type UpdateAsked = Extract<UpdateRequest, { act: 'update' }>;

/** The machine as the service needs it. */
export interface ServedMachine extends Machine {
  /** The release whose updater runs after a restart: not one that is being tried. */
  trust(release: string): void;
}

export interface ServiceOptions {
  /** With the releases' folders. */
  readonly versions: string;
  /** The updater's own folder. */
  readonly state: string;
  readonly keyFile: string;
  readonly inbox: Inbox;
  /** How long a newer hub is watched that the hub asked for. */
  readonly windowMs: number;
  readonly clock: Clock;
  readonly machineOf: (times: Pick<Wanted, 'calmWithinMs' | 'windowMs'>) => ServedMachine;
}

export class UpdateService {
  readonly #options: ServiceOptions;
  /** For what no time of is asked. */
  readonly #machine: ServedMachine;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#machine = options.machineOf({ calmWithinMs: 0, windowMs: 0 });
  }

  /** Whether an update is under way or wanted. */
  get isBusy(): boolean {
    return this.#machine.journal() !== null || existsSync(this.#path('wanted.json'));
  }

  /** The name of the release in use. */
  get inUse(): string {
    return this.#machine.inUse();
  }

  /** How the last one ended; null: none did since `want`. */
  get last(): LastUpdate | null {
    const text = readIfThere(this.#path(STATE.last));
    return text === null ? null : LastUpdate.parse(JSON.parse(text));
  }

  /** Begun by the service's next run, also after a power cut. */
  want(wanted: Wanted): void {
    mkdirSync(this.#options.state, { recursive: true, mode: 0o711 });
    this.#machine.trust(this.inUse);
    rmSync(this.#path(STATE.last), { force: true });
    replaceFile(this.#path('wanted.json'), JSON.stringify(wanted), 'private');
  }

  /** @throws what keeps an update from being ended: the next run does */
  async run(): Promise<void> {
    if (this.#machine.journal()) return resume(this.#machine);
    const wanted = readIfThere(this.#path('wanted.json'));
    if (wanted !== null) return this.#begin(Wanted.parse(JSON.parse(wanted)));
    await this.#serve();
  }

  async #begin(wanted: Wanted): Promise<void> {
    const machine = this.#options.machineOf(wanted);
    await update(machine, wanted.release, wanted.update).catch((error: Error) => {
      // It could not be ended: the service's next run does.
      if (machine.journal()) throw error;
      machine.say(error.message);
      this.#endUnbegun(wanted, error);
    });
  }

  /** One that failed before its first step leaves no journal, and must not begin at some later start by itself. */
  #endUnbegun({ release, update }: Wanted, why: Error): void {
    if (!existsSync(this.#path('wanted.json'))) return;
    this.#write({ release, update }, why);
    rmSync(this.#path('wanted.json'), { force: true });
  }

  async #serve(): Promise<void> {
    const { inbox } = this.#options;
    try {
      const request = await inbox.request();
      if (request?.act === 'check') await this.#check(request.file);
      if (request?.act === 'update') await this.#take(request);
    } catch (error) {
      if (!(error instanceof UpdateError && error.code === 'request-unfit')) throw error;
      this.#machine.say(error.message);
    }
    await inbox.clear();
    const wanted = readIfThere(this.#path('wanted.json'));
    if (wanted !== null) await this.#begin(Wanted.parse(JSON.parse(wanted)));
  }

  /** Takes a copy of the release and says what it is. What was looked at is what will be taken. */
  async #check(file: string): Promise<void> {
    const { inbox, versions, keyFile } = this.#options;
    this.#dropCopies();
    mkdirSync(this.#path('incoming'), { mode: 0o700 });
    const source = this.#copyOf(file);
    let release: CheckedRelease['release'] = null;
    let fault: UpdateError | null = null;
    try {
      await inbox.copyRelease(source);
      release = await lookAt({ source, versions, keyFile });
      if (nameOf(release) === this.inUse) fault = new UpdateError('release-in-use', 'it runs already');
      else if (isOlder(release, await madeAtMs(join(versions, this.inUse)))) fault = older(release);
    } catch (error) {
      fault = faultOf(error);
      this.#machine.say(fault.message);
    }
    const said = fault && { code: fault.code, message: words(fault.message) };
    const checked = { file, release, fault: said } satisfies CheckedRelease;
    replaceFile(this.#path(STATE.checked), JSON.stringify(checked), 'readable');
  }

  async #take({ file, update, mayBeOlder, calmWithinMs }: UpdateAsked): Promise<void> {
    const { versions, keyFile, windowMs } = this.#options;
    const source = this.#copyOf(file);
    let release: string | null = null;
    try {
      if (!existsSync(source))
        throw new UpdateError('release-damaged', 'this release was not looked at; bring it once more');
      const inUseAtMs = await madeAtMs(join(versions, this.inUse));
      release = await takeIn({ source, versions, keyFile, inUseAtMs, mayBeOlder });
      if (release === this.inUse) throw new UpdateError('release-in-use', 'it runs already');
    } catch (error) {
      const fault = faultOf(error);
      this.#machine.say(fault.message);
      return this.#write({ release, update }, fault);
    }
    this.want({ release, calmWithinMs, windowMs, update });
  }

  /** Keeps how it ended. The journal is still there; whatever else led to it goes. */
  async onEnd({ to, update }: Journal, why: Error | null): Promise<void> {
    this.#write({ release: to, update }, why);
    await this.#options.inbox.clear();
    // One that was not kept may be tried again.
    if (why === null) this.#dropCopies();
    rmSync(this.#path('wanted.json'), { force: true });
  }

  #write(about: Pick<LastUpdate, 'release' | 'update'>, why: Error | null): void {
    const last: LastUpdate = {
      ...about,
      endedAtMs: this.#options.clock.wallMs(),
      isKept: why === null,
      why: why && words(why.message),
      code: why instanceof UpdateError ? why.code : null,
    };
    replaceFile(this.#path(STATE.last), JSON.stringify(last), 'readable');
  }

  #dropCopies(): void {
    rmSync(this.#path('incoming'), { recursive: true, force: true });
    rmSync(this.#path(STATE.checked), { force: true });
  }

  #copyOf(file: string): string {
    return join(this.#path('incoming'), `${file}.tar`);
  }

  #path(name: string): string {
    return join(this.#options.state, name);
  }
}

/** Tried again each few seconds for good, a release that fails for another reason would wear the card out, and be told to nobody. */
function faultOf(error: unknown): UpdateError {
  if (error instanceof UpdateError) return error;
  const what = `it can't be read or unpacked here: ${String(error)}; bring it once more`;
  return new UpdateError('release-damaged', what, { cause: error });
}
