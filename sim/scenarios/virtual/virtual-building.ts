/** A whole building in one process on a virtual clock: hub, agents, PLCs, doors, wires. People and faults act on it. */
import type { Command, Effect, Reply } from '@lockerhub/hub/deliveries/command.ts';
import type { Policy } from '@lockerhub/hub/deliveries/policy.ts';
import { MemoryDisk } from '@lockerhub/hub/store/memory.ts';
import { STANDARD_POLICY } from '@lockerhub/protocol/http/policy-items.ts';
import type { VisitView } from '@lockerhub/protocol/http/visit.ts';
import { FIRST_EPOCH } from '@lockerhub/protocol/sync/epoch.ts';
import { delay } from '@lockerhub/protocol/time/clock.ts';
import { SeededRandom } from '../../clock/seeded-random.ts';
import { VirtualClock } from '../../clock/virtual-clock.ts';
import { type People, PLANS, settle } from './linden-row.ts';
import { VirtualBank } from './virtual-bank.ts';
import { VirtualHub } from './virtual-hub.ts';
import { VirtualNetwork } from './virtual-network.ts';

/** Grace time holds compartments; a short one lets more deliveries pass in a simulated hour. */
const POLICY: Policy = { ...STANDARD_POLICY, graceMs: 120_000, undoMs: 20_000 };
/** 2026-03-01 08:00 UTC. */
const START_MS = Date.UTC(2026, 2, 1, 8);
/** A screen that has no answer by then says that the hub is away. */
const HUB_ANSWERS_WITHIN_MS = 5_000;
const STAFF = '00000000-0000-7000-8000-00000000aaaa';

/** The hub is away, or died before it answered: nobody knows whether the command took effect. */
export class HubAway extends Error {}

export interface WorldListener {
  /** Told of every effect of the hub, right after its commit. */
  effect(effect: Effect): void;
  /** Told whenever a hub has come up. */
  hubStarted(hub: VirtualHub): void;
}

export class World {
  readonly clock = new VirtualClock(START_MS);
  readonly random: SeededRandom;
  /** What the hub that speaks for the building wrote; another one may begin with less. */
  disk = new MemoryDisk();
  readonly network: VirtualNetwork;
  readonly people: People;
  readonly banks = new Map<string, VirtualBank>();
  /** What residents have in their mailbox: the newest code. */
  readonly mail = new Map<string, string>();
  readonly #listeners: WorldListener[] = [];
  readonly #codeKey: Uint8Array;
  #hub: VirtualHub | undefined;
  #clockIsTrusted = true;
  #epoch = FIRST_EPOCH;

  private constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.#codeKey = this.random.bytes(32);
    this.network = new VirtualNetwork({
      clock: this.clock,
      random: this.random.fork(),
      building: 'linden-row',
    });
    this.people = settle(this.clock, this.random);
  }

  /** A building whose hub and agents run, whose couriers and residents have codes. */
  static async build(seed: number, listener: WorldListener): Promise<World> {
    const world = new World(seed);
    world.#listeners.push(listener);
    for (const plan of PLANS) {
      const link = world.network.linkOf(plan.layout.bank);
      const bank = await VirtualBank.build({ plan, clock: world.clock, random: world.random.fork(), link });
      world.banks.set(bank.id, bank);
    }
    const started = world.startHub();
    for (const bank of world.banks.values()) world.startAgent(bank);
    await world.clock.advance(5_000);
    await started;
    return world;
  }

  get hub(): VirtualHub | undefined {
    return this.#hub;
  }

  bank(id: string): VirtualBank {
    const bank = this.banks.get(id);
    if (!bank) throw new RangeError(`no bank ${id}`);
    return bank;
  }

  /** Boots a hub on what the last one left on the disk. Needs somebody to move the clock meanwhile. */
  async startHub(): Promise<void> {
    const hub = new VirtualHub({
      clock: this.clock,
      random: this.random.fork(),
      disk: this.disk,
      epoch: this.#epoch,
      network: this.network,
      roster: this.people.roster,
      policy: () => POLICY,
      codeKey: this.#codeKey,
      clockTrust: () => (this.#clockIsTrusted ? 'trusted' : 'untrusted'),
      onEffect: (effect) => {
        for (const listener of this.#listeners) listener.effect(effect);
      },
      onMail: ({ resident, code }) => this.mail.set(resident, code),
    });
    await hub.start();
    this.#hub = hub;
    for (const listener of this.#listeners) listener.hubStarted(hub);
  }

  /** kill -9 of the hub. */
  killHub(): void {
    this.#hub?.kill();
    this.#hub = undefined;
  }

  /**
   * Another hub takes the building over, with the first `seq` entries of its log: those that had reached the cloud or a
   * backup. The one before is gone. Needs somebody to move the clock meanwhile.
   */
  async replaceHub(seq: number): Promise<void> {
    this.#epoch += 1;
    await this.putBackHub(seq);
  }

  /** The hub comes up on an older copy of its log, under its old epoch: it does not know that anything is missing. */
  async putBackHub(seq: number): Promise<void> {
    this.killHub();
    const disk = new MemoryDisk();
    for (const entry of this.disk.entries.slice(0, seq)) disk.add(entry, 'all');
    this.disk = disk;
    await this.startHub();
  }

  startAgent(bank: VirtualBank): void {
    void bank.startAgent();
  }

  killAgent(bank: VirtualBank): void {
    bank.killAgent();
    this.network.agentDied(bank.id);
  }

  /** A clock that the hub has reason to doubt, or not. */
  setWall(wallMs: number, trusted: boolean): void {
    this.clock.setWall(wallMs);
    this.#clockIsTrusted = trusted;
  }

  sleep(durationMs: number): Promise<void> {
    return delay(this.clock, durationMs);
  }

  /**
   * Sends a command to the hub, as its API would.
   *
   * @throws HubAway, Refusal
   */
  async execute<C extends Command>(command: C): Promise<Reply<C>> {
    const hub = this.#hub;
    if (!hub) throw new HubAway('no hub runs');
    const away = this.sleep(HUB_ANSWERS_WITHIN_MS).then(() => {
      throw new HubAway('the hub did not answer');
    });
    return Promise.race([hub.building.execute(command), away]);
  }

  /** Gives somebody a code, as staff would. */
  async issueCode(holder: string): Promise<string> {
    const { code } = await this.execute({ type: 'issue-code', staff: STAFF, holder });
    return code;
  }

  /** The visit as a screen shows it; undefined if no hub tells. */
  visit(id: string): VisitView | undefined {
    return this.#hub?.building.visit(id);
  }
}
