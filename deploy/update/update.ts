/** An update from its first step to its last, and what a later run makes of one that was cut short. See SPEC.md. */
import type { UpdatePhase } from '@lockerhub/protocol/update/files.ts';
import type { Journal } from './journal.ts';
import { UpdateError } from './update-error.ts';

/** What an update does to the machine. Each may be done again after it was cut short, and then has the same end. */
export interface Machine {
  journal(): Journal | null;
  note(journal: Journal): void;
  /** Keeps how it ended, and only then forgets the journal. `why`: null where the newer release runs. */
  end(journal: Journal, why: Error | null): Promise<void>;
  /** Name of the release in use. */
  inUse(): string;
  use(release: string): void;
  /** Puts in place what of that release lies outside its folder; `other` is the one that it changes places with. */
  fit(release: string, other: string): Promise<void>;
  /** Switches on and starts what of a release that stays lies outside its folder and is new. */
  switchOn(release: string, before: string): Promise<void>;
  /** Takes away what only the release that goes has there. */
  takeAway(release: string, stays: string): Promise<void>;
  hold(): void;
  letGo(): void;
  /** No visit runs, no door is open, and none begins. @throws UpdateError `not-calm` */
  untilCalm(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when it is ready; also if it was. @throws UpdateError `unhealthy` */
  start(): Promise<void>;
  /** Watches the hub for the health window. @throws UpdateError `unhealthy` */
  watch(): Promise<void>;
  /** Of the hub's folder; whole or not there. */
  copy(): Promise<void>;
  /** Puts the copy in the folder's place, if there is one. */
  putBack(): Promise<void>;
  dropCopy(): Promise<void>;
  /** Takes away all releases but these. */
  dropOthers(...kept: string[]): Promise<void>;
  say(what: string): void;
}

/**
 * Brings the hub to a release that lies unpacked beside the one in use.
 *
 * @param id by which whoever asked knows it; null: nobody asked by one
 * @throws UpdateError why it did not; the hub then runs as before
 */
export async function update(machine: Machine, to: string, id: string | null): Promise<void> {
  if (machine.journal()) throw new UpdateError('update-running', 'an update is under way; wait for its end');
  const from = machine.inUse();
  const phase = (phase: UpdatePhase) => machine.note({ phase, from, to, update: id });
  try {
    phase('holding');
    machine.say('waiting until nobody stands at a door');
    machine.hold();
    await machine.untilCalm();
    phase('copying');
    machine.say('copying the store');
    await machine.stop();
    await machine.copy();
    phase('trying');
    machine.say(`trying ${to}`);
    machine.use(to);
    await machine.fit(to, from);
    await machine.start();
    await machine.watch();
    phase('keeping');
  } catch (error) {
    await resume(machine, error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  await resume(machine);
}

/**
 * Ends what an earlier run has left.
 *
 * @param why it is ended where it is; without it an earlier run was cut short
 */
export async function resume(
  machine: Machine,
  why: Error = new UpdateError('cut-short', 'it was cut short'),
): Promise<void> {
  const journal = machine.journal();
  if (!journal) return;
  const { phase, from, to } = journal;
  await RESUME[phase](machine, journal);
  const kept = phase === 'keeping';
  await machine.end(journal, kept ? null : why);
  machine.say(kept ? `${to} runs` : `${from} runs again, as before`);
}

const RESUME: Readonly<Record<UpdatePhase, (machine: Machine, journal: Journal) => Promise<void>>> = {
  holding: giveUp,
  copying: giveUp,
  trying: revert,
  keeping: keep,
};

/** Nothing was changed yet. */
async function giveUp(machine: Machine): Promise<void> {
  machine.letGo();
  await machine.start();
  await machine.dropCopy();
}

/** Each step again is the same as once: no phase of its own tells how far it came. */
async function revert(machine: Machine, { from, to }: Journal): Promise<void> {
  machine.say('putting everything back');
  await machine.stop();
  await machine.putBack();
  machine.use(from);
  await machine.fit(from, to);
  await machine.takeAway(to, from);
  machine.letGo();
  await machine.start();
}

/** The hub was on trial until now; it speaks from its next start on. */
async function keep(machine: Machine, { from, to }: Journal): Promise<void> {
  machine.use(to);
  machine.letGo();
  await machine.stop();
  await machine.start();
  await machine.takeAway(from, to);
  await machine.switchOn(to, from);
  await machine.dropCopy();
  await machine.dropOthers(from, to);
}
