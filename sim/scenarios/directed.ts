/** A building in which one thing is done after another, while the witness looks on. For tests that tell a story. */

import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import type { CaseKind } from '@lockerhub/protocol/log/payloads/cases.ts';
import type { VirtualBank } from './virtual/virtual-bank.ts';
import { World } from './virtual/virtual-building.ts';
import { Witness } from './witness.ts';

const STAFF = '00000000-0000-7000-8000-00000000cccc';
/** Time moves in steps that no timeout of the building is shorter than. */
const STEP_MS = 100;
/** A bank of 24 doors is released in some 20 s; a door in doubt is waited for, 120 s, and then tried for 30 s. */
const WITHIN_MS = 240_000;
/** A grant that jams is over by then, and the lock is cool again. */
const SETTLED_AFTER_MS = 20_000;

export class Directed {
  readonly world: World;
  readonly witness: Witness;

  private constructor(world: World, witness: Witness) {
    this.world = world;
    this.witness = witness;
  }

  static async build(seed: number): Promise<Directed> {
    const built: { world?: World } = {};
    const witness = new Witness(() => {
      if (!built.world) throw new Error('the building is not built yet');
      return built.world;
    });
    const world = await World.build(seed, {
      effect: (effect) => witness.effect(effect),
      hubStarted: () => {},
    });
    built.world = world;
    for (const bank of world.banks.values()) witness.watch(bank);
    return new Directed(world, witness);
  }

  /** Moves the clock until `work` is done. @throws Error if it is not in time. */
  async drive<Result>(work: Promise<Result>): Promise<Result> {
    const state = { isOver: false };
    const over = work.finally(() => {
      state.isOver = true;
    });
    // `work` itself is returned, and fails there.
    over.catch(() => {});
    await this.until(() => state.isOver, 'what was asked for');
    return work;
  }

  /** Moves the clock until something holds. @throws Error if it does not in time. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const { clock } = this.world;
    const deadlineMs = clock.monotonicMs() + WITHIN_MS;
    while (!holds()) {
      if (clock.monotonicMs() > deadlineMs) throw new Error(`still waiting for ${what}`);
      await clock.advance(STEP_MS);
    }
  }

  /** Staff ask for a door, and wait until it is known what came of it; an open door is shut again. */
  async openAsStaff({ id, plc }: VirtualBank, compartment: number): Promise<void> {
    const command = { type: 'staff-open', staff: STAFF, bank: id, compartment, reason: 'a look' } as const;
    await this.drive(this.world.execute(command));
    await this.world.clock.advance(SETTLED_AFTER_MS);
    if (plc.door(compartment).open) plc.hand.close(compartment);
    await this.world.clock.advance(SETTLED_AFTER_MS);
  }

  async restartHub(): Promise<void> {
    this.world.killHub();
    await this.drive(this.world.startHub());
    // Banks are heard of again.
    await this.world.clock.advance(SETTLED_AFTER_MS);
  }

  /** The cases that are open. */
  get cases(): readonly CaseKind[] {
    return [...(this.world.hub?.building.model.cases.values() ?? [])].map(({ kind }) => kind).sort();
  }

  /** The compartments of a bank that are out of service. */
  retired(bank: string): readonly number[] {
    const doors = this.world.hub?.building.doors(bank) ?? [];
    return doors.filter(({ inService }) => !inService).map(({ number }) => number);
  }

  /** What the log says of this type. */
  logged<Type extends Payload['type']>(type: Type): readonly Extract<Payload, { type: Type }>[] {
    return this.world.disk.entries
      .map(({ payload }) => decodePayload(payload))
      .filter((payload): payload is Extract<Payload, { type: Type }> => payload.type === type);
  }

  /** Staff act for a bank or door. */
  async act(
    command:
      | { type: 'return'; bank: string; compartment: number; reason: string }
      | { type: 'end-emergency'; bank: string; reason: string },
  ): Promise<void> {
    await this.drive(this.world.execute({ ...command, staff: STAFF }));
  }
}
