/** A hub, its updater, and staff who keep asking: the update is cut short, and what the hub said before has to hold. */
import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../testing/free-port.ts';
import { RIG_PASSWORD, smallPlan, startHubRig } from '../testing/hub-rig.ts';
import { StandInSystem } from './stand-in-system.ts';
import { type Fault, ReleaseShelf, runUpdater, standingOf } from './update-parts.ts';

/** Runs of the service after a death: one ends it; more would be a loop. */
const MOST_RUNS = 4;

export interface Cut {
  readonly fault: Fault;
  /** The updater dies at this half step, and the next one at its own. */
  readonly killAt: readonly number[];
  /** The hub dies with it. */
  readonly isPowerCut: boolean;
}

export interface Outcome {
  /** How often an updater died. */
  readonly deaths: number;
  readonly release: 'old' | 'new';
  /** What is not as it has to be; empty: all is. */
  readonly faults: readonly string[];
}

export class UpdateBuilding {
  readonly #folder: string;
  readonly #system: StandInSystem;
  readonly #shelf: ReleaseShelf;
  readonly #hubPort: number;

  private constructor(folder: string, system: StandInSystem, shelf: ReleaseShelf, hubPort: number) {
    this.#folder = folder;
    this.#system = system;
    this.#shelf = shelf;
    this.#hubPort = hubPort;
  }

  /** Everything in a folder that is made. */
  static async start(folder: string): Promise<UpdateBuilding> {
    const made = await startHubRig(smallPlan());
    await made.stop();
    await cp(made.folder, join(folder, 'hub'), { recursive: true });
    await rm(made.folder, { recursive: true });
    const [port, mqtt, mqtts] = [await freePort(), await freePort(), await freePort()];
    const shelf = await ReleaseShelf.make(folder, 'hub/main.ts', { port });
    const ports = ['--port', `${port}`, '--mqtt-port', `${mqtt}`, '--mqtts-port', `${mqtts}`];
    const system = await StandInSystem.start({
      ...{ folder, place: { port }, script: 'hub/main.ts' },
      flags: ['--data', join(folder, 'hub'), ...ports],
      environment: { LOCKERHUB_HELD_WHILE: join(folder, 'updating') },
    });
    const building = new UpdateBuilding(folder, system, shelf, port);
    await system.startProgram();
    return building;
  }

  end(): Promise<void> {
    return this.#system.end();
  }

  /** One update, cut short as told, and then ended as a machine would. */
  async update({ fault, killAt, isPowerCut }: Cut): Promise<Outcome> {
    const from = await this.#shelf.inUse();
    const to = await this.#shelf.make(fault);
    const staff = new Staff(this.#hubPort);
    staff.begin();
    let deaths = 0;
    let begin: string | null = to;
    for (let run = 0; ; run++) {
      if (run === MOST_RUNS) return { deaths, release: 'old', faults: ['the updater never ends'] };
      const isOver = await runUpdater({
        ...{ folder: this.#folder, what: 'hub', place: { port: this.#hubPort } },
        ...{ systemPort: this.#system.port, to: begin, killAt: killAt[deaths] ?? null },
      });
      if (isOver) break;
      deaths += 1;
      begin = null;
      // The unit that goes on is started before the hub.
      if (isPowerCut) await this.#system.powerCut();
    }
    await this.#system.startProgram();
    await staff.end();
    const faults = [...(await this.#faults(from, to, fault)), ...(await staff.lost())];
    return { deaths, release: this.#system.release === to ? 'new' : 'old', faults };
  }

  async #faults(from: string, to: string, fault: Fault): Promise<string[]> {
    const faults: string[] = [];
    const current = await this.#shelf.inUse();
    if (this.#system.release !== current)
      faults.push(`${this.#system.release} runs and ${current} is in use`);
    if (current !== from && current !== to) faults.push(`${current} is in use`);
    if (current === to && fault !== 'none') faults.push('a release that does not run was kept');
    const ready = await fetch(`http://127.0.0.1:${this.#hubPort}/readyz`).then((answer) => answer.json());
    if (ready.ready !== true || ready.held !== false) faults.push(`the hub says ${JSON.stringify(ready)}`);
    for (const name of [
      'updating',
      'hub.before-update',
      'hub.failed',
      'state/journal.json',
      'state/wanted.json',
      'state/rules-to-load',
    ])
      if (existsSync(join(this.#folder, name))) faults.push(`${name} was left`);
    const [is, should] = [this.#system.units.standing(), standingOf(current, 'hub')].map((each) =>
      JSON.stringify(each),
    );
    if (is !== should) faults.push(`units and rules are ${is}, and ${current} has ${should}`);
    return faults;
  }
}

const ASK_EACH_MS = 250;

/** Signs in again and again, also while the hub is away, and remembers each time that it was told it had. */
class Staff {
  readonly #url: string;
  #tokens: string[] = [];
  /** In turn: of one person the hub keeps so many sessions, and ends the oldest. */
  #given = 0;
  #isOver = false;
  #asking: Promise<void> = Promise.resolve();

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}/api/v1`;
  }

  begin(): void {
    this.#asking = this.#ask();
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#asking;
  }

  /** Sessions that the hub no longer knows. */
  async lost(): Promise<string[]> {
    const lost: string[] = [];
    for (const token of this.#tokens) {
      const { status } = await fetch(`${this.#url}/me`, { headers: { authorization: `Bearer ${token}` } });
      if (status !== 200) lost.push(`a session that was given is not known (${status})`);
    }
    return lost;
  }

  async #ask(): Promise<void> {
    while (!this.#isOver) {
      const login = ['manager', 'desk', 'auditor', 'installer'][this.#given % 4];
      const answer = await fetch(`${this.#url}/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login, password: RIG_PASSWORD }),
      }).catch(() => null);
      const token = /lockerhub_staff=([^;]+)/.exec(answer?.headers.get('set-cookie') ?? '')?.[1];
      if (answer?.ok && token !== undefined) {
        this.#given += 1;
        this.#tokens = [...this.#tokens, token].slice(-KEPT);
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_EACH_MS));
    }
  }
}
/** Of four people in turn: less than half of what the hub keeps (`hub/sign-in`: ten of each). */
const KEPT = 16;
