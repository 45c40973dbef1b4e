/** Every way in which an update can be cut short, tried one after the other on a machine that is a few variables. */
import { expect, it } from 'vitest';
import type { Journal } from './journal.ts';
import { type Machine, resume, update } from './update.ts';
import { UpdateError } from './update-error.ts';

class Killed extends Error {}

/** What goes wrong with the newer release, or before it. */
const FAULTS = ['none', 'never-calm', 'no-room', 'does-not-start', 'falls-ill'] as const;
type Fault = (typeof FAULTS)[number];

/** A machine with a hub. `killAt`: the updater dies at that half step: each act has a point before and one behind it. */
class PaperMachine implements Machine {
  killAt = Number.POSITIVE_INFINITY;
  readonly fault: Fault;
  halfSteps = 0;
  release = 'old';
  /** Which release wrote last to the hub's folder. */
  data = 'old';
  copied: string | null = null;
  held = false;
  /** Whose units and rules are in place. */
  system = 'old';
  /** A unit that only the newer release has, and one that only the older one has. */
  units = { ofNew: 'none', ofOld: 'on' };
  hub: 'off' | 'trial' | 'live' = 'live';
  #journal: Journal | null = null;
  /** What the hub told somebody outside, and whether its folder still knows it. */
  told = 0;
  known = 0;
  #copyKnows = 0;

  constructor(fault: Fault) {
    this.fault = fault;
  }

  #act(change: () => void): void {
    if (this.halfSteps++ === this.killAt) throw new Killed();
    change();
    if (this.halfSteps++ === this.killAt) throw new Killed();
  }

  /** The hub begins to run, by whoever's order. */
  boot(): void {
    if (this.hub !== 'off') return;
    if (this.release === 'old' && this.data === 'new')
      throw new Error('U1: the old release on the new folder');
    this.data = this.release;
    this.hub = this.held ? 'trial' : 'live';
    if (this.hub === 'live') this.#tell();
  }
  #tell(): void {
    this.told += 1;
    this.known += 1;
  }
  powerCut(): void {
    this.hub = 'off';
  }

  journal = () => this.#journal;
  note = (journal: Journal) => this.#act(() => (this.#journal = journal));
  /** How it ended, as it was kept last. */
  kept: { readonly release: string; readonly isKept: boolean } | null = null;
  async end({ to }: Journal, why: Error | null) {
    this.#act(() => (this.kept = { release: to, isKept: why === null }));
    this.#act(() => (this.#journal = null));
  }
  inUse = () => this.release;
  use = (release: string) => this.#act(() => (this.release = release));
  fit = async (release: string) =>
    this.#act(() => {
      this.system = release;
      if (release === 'new' && this.units.ofNew === 'none') this.units.ofNew = 'there';
    });
  switchOn = async (release: string) => this.#act(() => (this.units[unitOf(release)] = 'on'));
  takeAway = async (release: string) => this.#act(() => (this.units[unitOf(release)] = 'none'));
  hold = () => this.#act(() => (this.held = true));
  letGo = () => this.#act(() => (this.held = false));
  async untilCalm() {
    this.#act(() => {});
    // Whoever stands there finishes.
    this.#tell();
    if (this.fault === 'never-calm') throw new UpdateError('not-calm', 'door 3 is open');
  }
  stop = async () => this.#act(() => (this.hub = 'off'));
  async start() {
    this.#act(() => {
      if (this.fault === 'does-not-start' && this.release === 'new') {
        this.data = 'new';
        throw new UpdateError('unhealthy', 'it ends at once');
      }
      this.boot();
    });
  }
  async watch() {
    this.#act(() => {
      if (this.fault === 'falls-ill') throw new UpdateError('unhealthy', 'it started anew');
    });
  }
  copy = async () =>
    this.#act(() => {
      expect(this.hub).toBe('off');
      if (this.fault === 'no-room') throw new UpdateError('no-room', 'half a copy');
      this.copied = this.data;
      this.#copyKnows = this.known;
    });
  putBack = async () =>
    this.#act(() => {
      if (this.copied === null) return;
      expect(this.hub).toBe('off');
      this.data = this.copied;
      this.known = this.#copyKnows;
      this.copied = null;
    });
  dropCopy = async () => this.#act(() => (this.copied = null));
  dropOthers = async () => this.#act(() => {});
  say = () => {};
}

const unitOf = (release: string) => (release === 'new' ? 'ofNew' : 'ofOld');

async function unlessKilled(work: Promise<unknown>): Promise<'killed' | 'ended' | 'refused'> {
  try {
    await work;
    return 'ended';
  } catch (error) {
    if (error instanceof Killed) return 'killed';
    if (error instanceof UpdateError) return 'refused';
    throw error;
  }
}

function expectWhole(machine: PaperMachine): void {
  expect(machine.journal()).toBeNull();
  expect(machine).toMatchObject({ hub: 'live', held: false, copied: null, release: machine.data });
  if (machine.kept) expect(machine.kept.isKept).toBe(machine.release === 'new');
  expect(machine.system).toBe(machine.release);
  const isNew = machine.release === 'new';
  expect(machine.units).toEqual(isNew ? { ofNew: 'on', ofOld: 'none' } : { ofNew: 'none', ofOld: 'on' });
  expect(machine.known).toBe(machine.told);
}

it('brings a good release in, and nothing else', async () => {
  for (const fault of FAULTS) {
    const machine = new PaperMachine(fault);
    expect(await unlessKilled(update(machine, 'new', null))).toBe(fault === 'none' ? 'ended' : 'refused');
    expect(machine.release).toBe(fault === 'none' ? 'new' : 'old');
    expectWhole(machine);
  }
});

it('refuses a second one meanwhile', async () => {
  const machine = new PaperMachine('none');
  machine.note({ phase: 'trying', from: 'old', to: 'new', update: null });
  await expect(update(machine, 'newer', null)).rejects.toMatchObject({ code: 'update-running' });
});

for (const ends of ['the updater is killed', 'the power is cut'] as const) {
  it(`leaves a whole hub wherever ${ends}, and wherever it is again`, async () => {
    let kills = 0;
    for (const fault of FAULTS) {
      for (let first = 0; ; first++) {
        const isOver = await cutShort(fault, first, undefined, ends);
        if (isOver) break;
        for (let second = 0; !(await cutShort(fault, first, second, ends)); second++) kills += 1;
      }
    }
    // Not a number of worth, but it shows that the loops ran: each fault has some ten acts.
    expect(kills).toBeGreaterThan(300);
  });
}

/** One update with one or two deaths. @returns whether it was over before the last of them came */
async function cutShort(
  fault: Fault,
  first: number,
  second: number | undefined,
  ends: string,
): Promise<boolean> {
  const machine = new PaperMachine(fault);
  const die = () => {
    machine.killAt = Number.POSITIVE_INFINITY;
    if (ends === 'the power is cut') machine.powerCut();
  };
  machine.killAt = first;
  if ((await unlessKilled(update(machine, 'new', null))) !== 'killed') return true;
  die();
  let isOver = false;
  if (second !== undefined) {
    machine.killAt = machine.halfSteps + second;
    isOver = (await unlessKilled(resume(machine))) !== 'killed';
    die();
  }
  // `lockerhub-update.service` before the hub, and then the hub.
  await resume(machine);
  machine.boot();
  expectWhole(machine);
  return isOver;
}
