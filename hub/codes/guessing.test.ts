import {
  AGENT_HITS_PER_DAY,
  AWAY_HITS_PER_DAY,
  type Guess,
  GuessLimit,
  HUB_HITS_PER_DAY,
  NOTHING_GUESSED,
  WRONG_CODES,
} from '@lockerhub/protocol/codes/guess-limit.ts';
import { ownerName } from '@lockerhub/protocol/codes/owner-name.ts';
import { CODE_SPACE } from '@lockerhub/protocol/codes/read-code.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';

const HOUR_MS = 3_600_000;
/** A full house (the sum is made for it): 500 compartments, each for another resident, and 100 couriers of ten carriers. */
const FULL = 600;
const at = (screen: string, living = 10): Guess => ({ screen, living, owner: null });
const unit = (screen: string, name: string, own = 2, living = FULL): Guess => ({
  screen,
  living,
  owner: { name, living: own, isCarrier: false },
});

function limitOf(pauses = WRONG_CODES) {
  const clock = new VirtualClock(0);
  return { clock, limit: new GuessLimit(clock, HUB_HITS_PER_DAY, NOTHING_GUESSED, () => pauses) };
}

describe('a screen', () => {
  it('pauses after five wrong codes, and no other one', async () => {
    const { clock, limit } = limitOf();
    for (let n = 0; n < WRONG_CODES.wrongCodes; n += 1) {
      expect(limit.check(at('lobby'))).toEqual({ is: 'go' });
      limit.wrong(at('lobby'));
    }
    expect(limit.check(at('lobby'))).toEqual({ is: 'wait', ms: WRONG_CODES.wrongPauseMs });
    expect(limit.check(unit('lobby', '304'))).toEqual({ is: 'wait', ms: WRONG_CODES.wrongPauseMs });
    expect(limit.check(at('garage'))).toEqual({ is: 'go' });
    clock.setWall(0);
    await clock.advance(WRONG_CODES.wrongPauseMs);
    expect(limit.check(at('lobby'))).toEqual({ is: 'go' });
  });

  it('pauses as the building chooses', () => {
    const { limit } = limitOf({ wrongCodes: 3, wrongWithinMs: 60_000, wrongPauseMs: 90_000 });
    for (let n = 0; n < 2; n += 1) limit.wrong(at('lobby'));
    expect(limit.check(at('lobby'))).toEqual({ is: 'go' });
    limit.wrong(at('lobby'));
    expect(limit.check(at('lobby'))).toEqual({ is: 'wait', ms: 90_000 });
  });

  it('forgets old wrong codes', async () => {
    const { clock, limit } = limitOf();
    for (let n = 0; n < 20; n += 1) {
      limit.wrong(at('lobby'));
      expect(limit.check(at('lobby'))).toEqual({ is: 'go' });
      await clock.advance(2 * 60_000);
    }
  });
});

/** Guesses at all screens, as fast as they let, for so many hours. @returns the sum of chances to hit */
async function guessFor(
  hours: number,
  { clock, limit }: ReturnType<typeof limitOf>,
  screens: readonly string[],
  next: (screen: string) => readonly Guess[],
): Promise<number> {
  let hits = 0;
  for (let passed = 0; passed < hours * 60; passed += 5) {
    if (passed > 0) await clock.advance(5 * 60_000);
    for (const screen of screens) {
      for (let guess: Guess | undefined; ; ) {
        guess = next(screen).find((one) => limit.check(one).is === 'go');
        if (!guess) break;
        limit.wrong(guess);
        hits += (guess.owner?.living ?? guess.living) / CODE_SPACE;
      }
    }
  }
  return hits;
}
const screensOf = (count: number) => Array.from({ length: count }, (_, number) => `screen ${number}`);

describe('guessers', () => {
  it('hit with 0.1 % a day at most, whatever they say and however many they are', async () => {
    expect(HUB_HITS_PER_DAY + AWAY_HITS_PER_DAY + 10 * AGENT_HITS_PER_DAY).toBeLessThanOrEqual(0.001);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          owners: fc.array(
            fc.record({
              living: fc.integer({ min: 1, max: 120 }),
              pins: fc.integer({ min: 0, max: 120 }),
              fobs: fc.integer({ min: 0, max: 120 }),
              isCarrier: fc.boolean(),
            }),
            { minLength: 1, maxLength: 30 },
          ),
          others: fc.integer({ min: 0, max: 20_000 }),
          screens: fc.integer({ min: 1, max: 60 }),
          preferAlone: fc.boolean(),
        }),
        async ({ owners, others, screens, preferAlone }) => {
          const codes = others + owners.reduce((sum, owner) => sum + owner.living, 0);
          const fobs = owners.reduce((sum, owner) => sum + (owner.isCarrier ? 0 : owner.fobs), 0);
          const pins = owners.reduce((sum, owner) => sum + (owner.isCarrier ? 0 : owner.pins), 0);
          const living = codes + pins + fobs;
          // What is said of an owner is a code, or of a unit a PIN or a fob: each has its own number to hit.
          const named = owners
            .flatMap(({ pins, fobs, ...owner }, number) => {
              const name = `${number}`;
              const others = [pins, fobs].map((living) => ({ name, living, isCarrier: false }));
              return [
                { name, ...owner },
                ...(owner.isCarrier ? [] : others.filter(({ living }) => living > 0)),
              ];
            })
            .toSorted((a, b) => b.living - a.living);
          const rig = limitOf();
          const hits = await guessFor(24, rig, screensOf(screens), (screen) => {
            const alone: Guess = { screen, living: Math.max(codes, fobs), owner: null };
            const said = named.map((owner) => ({ screen, living, owner }));
            return preferAlone ? [alone, ...said] : [...said, alone];
          });
          expect(hits).toBeLessThanOrEqual(HUB_HITS_PER_DAY);
          expect(hits).toBeGreaterThan(0);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('at one terminal, day and night, keep nobody out: a neighbour says the unit, and so does the one they are after', async () => {
    const rig = limitOf();
    const { limit } = rig;
    await guessFor(72, rig, ['lobby', 'phones at lobby'], (screen) => [
      at(screen, FULL),
      unit(screen, '304', 3),
    ]);
    expect(limit.check(at('garage', FULL))).toEqual({ is: 'owner-needed' });
    expect(limit.check(unit('garage', '512'))).toEqual({ is: 'go' });
    expect(limit.check(unit('garage', '304', 3))).toEqual({ is: 'go' });
    const carrier = { name: 'swift', living: 10, isCarrier: true };
    expect(limit.check({ screen: 'garage', living: FULL, owner: carrier })).toEqual({ is: 'go' });
  });

  it('at many terminals and phones keep out at most whom they name all day', async () => {
    const rig = limitOf();
    const { limit } = rig;
    await guessFor(24, rig, screensOf(40), (screen) => [at(screen, FULL), unit(screen, '304', 6)]);
    expect(limit.check(unit('garage', '304', 6))).toMatchObject({ is: 'wait' });
    expect(limit.check(unit('garage', '512'))).toEqual({ is: 'go' });
    // Its slips are its own: some are forgiven before it has to wait too.
    for (let n = 0; n < 8; n += 1) {
      expect(limit.check(unit(`garage ${n}`, '512'))).toEqual({ is: 'go' });
      limit.wrong(unit(`garage ${n}`, '512'));
    }
    await rig.clock.advance(4 * HOUR_MS);
    expect(limit.check(unit('garage', '304', 1))).toEqual({ is: 'go' });
  });

  it('of one carrier keep no unit out', async () => {
    const rig = limitOf();
    const carrier = { name: 'swift', living: 100, isCarrier: true };
    await guessFor(24, rig, screensOf(40), (screen) => [{ screen, living: FULL, owner: carrier }]);
    expect(rig.limit.check(unit('garage', '304'))).toEqual({ is: 'go' });
    expect(rig.limit.check(at('garage', FULL))).toEqual({ is: 'go' });
  });

  it('fill no memory with names of nobody', async () => {
    const { limit } = limitOf();
    for (let n = 0; n < 100; n += 1) limit.wrong(unit(`screen ${n}`, `nobody ${n}`, 0));
    expect(limit.used).toEqual(NOTHING_GUESSED);
  });

  it('gain nothing by a restart', async () => {
    const rig = limitOf();
    await guessFor(1, rig, screensOf(300), (screen) => [at(screen, FULL), unit(screen, '304', 40)]);
    const { used } = rig.limit;
    expect([used.alone > 0.9, used.units > 0.9, (used.reserves['304'] ?? 0) > 0.8]).toEqual([
      true,
      true,
      true,
    ]);
    const again = new GuessLimit(rig.clock, HUB_HITS_PER_DAY, used);
    expect(again.used).toEqual(used);
    expect(again.check(at('garage', FULL)).is).toBe('owner-needed');
  });
});

it('compares owners as people write them, in any script', () => {
  expect(ownerName(' 12-B ')).toBe(ownerName('12b'));
  expect(ownerName('Unité 4')).toBe('unite4');
  expect(ownerName('شقة ٣٠٤')).toBe(ownerName('شقة 304'));
  expect(ownerName('０３０４')).toBe('0304');
});
