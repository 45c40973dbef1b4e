/** Against an endpoint that takes, refuses and dies by chance, and a hub that is killed at any moment. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../sim/clock/seeded-random.ts';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { MAX_RESTING, MAX_TRIES, type Place } from './place.ts';
import { BATCH, type QueuedEntry, Sender } from './sender.ts';

const HOUR_MS = 3_600_000;
const IN_2026_MS = 1_780_000_000_000;

/** A building whose log grows, a program that is told of every other entry, and hubs that come and go. */
class World {
  readonly clock = new VirtualClock(IN_2026_MS);
  readonly random: SeededRandom;
  /** Calls that reached the program and were taken, as it saw them. */
  readonly received: number[] = [];
  tries = 0;
  head = 0;
  kept: Place = { seq: 0, resting: [] };
  isUp = true;
  /** Kills the hub in the middle of the next call or note. */
  dies: 'before-call' | 'after-call' | 'after-note' | null = null;
  sender: Sender<QueuedEntry>;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.sender = this.#start();
  }

  #start(): Sender<QueuedEntry> {
    // A dead hub's promises never settle, and what it still does reaches nobody.
    let isDead = false;
    const die = () => {
      isDead = true;
      this.dies = null;
      return new Promise<never>(() => {});
    };
    const range = (from: number) =>
      Array.from({ length: Math.min(BATCH, this.head - from) }, (_, at) => ({
        seq: from + at + 1,
        type: 'e',
      }));
    const sender = new Sender<QueuedEntry>(
      {
        clock: this.clock,
        random: this.random,
        after: async (seq) => (isDead ? [] : range(seq)),
        at: async (seq) => ({ seq, type: 'e' }),
        isWanted: isTold,
        call: async ({ seq }) => {
          if (isDead || this.dies === 'before-call') return die();
          this.tries += 1;
          if (!this.isUp) return 'down';
          this.received.push(seq);
          return this.dies === 'after-call' ? die() : null;
        },
        keep: async (place) => {
          if (isDead) return die();
          this.kept = place;
          if (this.dies === 'after-note') return die();
        },
        onFault: (error) => {
          throw error;
        },
      },
      this.kept,
    );
    sender.wake();
    return sender;
  }

  /** Another process on what the last one kept. */
  restart(): void {
    void this.sender.stop();
    this.dies = null;
    this.sender = this.#start();
  }

  append(entries: number): void {
    this.head += entries;
    this.sender.wake();
  }
}

const isTold = ({ seq }: QueuedEntry) => seq % 2 === 0;
/** Each once, as first heard. */
const firsts = (seqs: readonly number[]) => [...new Set(seqs)];
const toldUpTo = (head: number) => Array.from({ length: Math.floor(head / 2) }, (_, at) => (at + 1) * 2);

const Act = fc.oneof(
  fc.record({ type: fc.constant('append' as const), entries: fc.integer({ min: 1, max: 150 }) }),
  fc.record({ type: fc.constant('endpoint' as const), isUp: fc.boolean() }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 12 * HOUR_MS }) }),
  fc.record({
    type: fc.constant('kill' as const),
    when: fc.constantFrom('before-call' as const, 'after-call' as const, 'after-note' as const),
  }),
  fc.record({ type: fc.constantFrom('restart' as const, 'send-again' as const) }),
);
type Act = typeof Act extends fc.Arbitrary<infer One> ? One : never;

async function carryOut(world: World, act: Act): Promise<void> {
  if (act.type === 'append') world.append(act.entries);
  else if (act.type === 'endpoint') world.isUp = act.isUp;
  else if (act.type === 'kill') world.dies = act.when;
  else if (act.type === 'restart') world.restart();
  else if (act.type === 'send-again') world.sender.sendAgain();
  await world.clock.advance(act.type === 'wait' ? act.ms : 1);
}

describe('what a program is told', () => {
  it('is all of it, in order, whatever is killed: each is taken or rests, and none is left out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(Act, { maxLength: 40 }), async (seed, acts) => {
        const world = new World(seed);
        for (const act of acts) await carryOut(world, act);
        world.isUp = true;
        world.restart();
        await world.clock.advance(2 * HOUR_MS);
        const rests = new Set(world.kept.resting.map(({ seq }) => seq));
        expect(firsts(world.received).length + rests.size).toBeGreaterThanOrEqual(
          toldUpTo(world.head).length,
        );
        for (const seq of toldUpTo(world.head))
          expect(world.received.includes(seq) || rests.has(seq)).toBe(true);
        // Then staff send what rests, and everything was taken.
        world.sender.sendAgain();
        await world.clock.advance(1);
        expect(world.kept.resting).toEqual([]);
        expect(firsts(world.received).toSorted((a, b) => a - b)).toEqual(toldUpTo(world.head));
      }),
      { numRuns: 150 },
    );
  });

  it('comes in order, where nothing rests', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(fc.constantFrom('kill', 'append'), { maxLength: 30 }),
        async (seed, acts) => {
          const world = new World(seed);
          for (const act of acts) {
            if (act === 'append') world.append(7);
            else world.dies = 'after-call';
            await world.clock.advance(1);
            if (act === 'kill') world.restart();
            await world.clock.advance(1);
          }
          world.restart();
          await world.clock.advance(1);
          expect(firsts(world.received)).toEqual(toldUpTo(world.head));
        },
      ),
    );
  });

  it('is told again after a kill between the call and its note', async () => {
    const world = new World(1);
    world.dies = 'after-call';
    world.append(2);
    await world.clock.advance(1);
    expect([world.received, world.kept.seq]).toEqual([[2], 0]);
    world.restart();
    await world.clock.advance(1);
    expect([world.received, world.kept.seq]).toEqual([[2, 2], 2]);
  });
});

describe('a program that is down', () => {
  it('is asked ever less often, and then each entry once', async () => {
    const world = new World(1);
    world.isUp = false;
    world.append(6);
    await world.clock.advance(60_000);
    expect([world.tries, world.kept.resting]).toEqual([
      expect.toSatisfy((tries) => tries >= 3 && tries <= 4),
      [],
    ]);
    await world.clock.advance(6 * HOUR_MS);
    expect(world.kept.resting[0]).toEqual({ seq: 2, type: 'e', reason: 'down' });
    expect(world.tries).toBeGreaterThanOrEqual(MAX_TRIES);
    const before = world.tries;
    await world.clock.advance(6 * HOUR_MS);
    expect(world.tries - before).toBeLessThanOrEqual(12);
    expect(world.kept.resting.map(({ seq }) => seq)).toEqual([2, 4, 6]);
  });

  it('lets no more rest than staff can look through; the log keeps what is behind', async () => {
    const world = new World(1);
    world.isUp = false;
    world.append(1_000);
    for (let day = 0; day < 30; day += 1) await world.clock.advance(24 * HOUR_MS);
    expect(world.kept.resting).toHaveLength(MAX_RESTING);
    const before = world.tries;
    await world.clock.advance(24 * HOUR_MS);
    expect(world.tries).toBe(before);
    world.isUp = true;
    await world.sender.forget();
    await world.clock.advance(1);
    expect(world.received).toEqual(toldUpTo(world.head).slice(MAX_RESTING));
  });

  it('keeps what rests when it is still down, and gets it once when it is up', async () => {
    const world = new World(1);
    world.isUp = false;
    world.append(4);
    await world.clock.advance(24 * HOUR_MS);
    world.sender.sendAgain();
    await world.clock.advance(1);
    expect(world.kept.resting.map(({ seq }) => seq)).toEqual([2, 4]);
    world.isUp = true;
    world.sender.sendAgain();
    await world.clock.advance(1);
    expect([world.received, world.kept.resting]).toEqual([[2, 4], []]);
  });
});
