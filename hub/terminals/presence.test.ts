import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../sim/clock/seeded-random.ts';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { HubError } from '../error.ts';
import { Presence, SHOWN_MS } from './presence.ts';

const TERMINALS = Array.from({ length: 40 }, (_, at) => `terminal-${at}`);

function setUp() {
  const clock = new VirtualClock(0);
  const presence = new Presence(clock, new SeededRandom(3), () => TERMINALS);
  const code = (work: () => unknown) => {
    try {
      return work();
    } catch (error) {
      return error instanceof HubError ? error.code : String(error);
    }
  };
  return {
    clock,
    presence,
    at: (proof: string, address = 'phone') => code(() => presence.terminalOf(proof, address)),
  };
}

describe('presence', () => {
  it('tells terminals apart by digits and by QR, for as long as they are shown and once more', async () => {
    const { clock, presence, at } = setUp();
    const shown = TERMINALS.map((terminal) => presence.shownAt(terminal));
    expect(new Set(shown.map((one) => one?.digits)).size).toBe(TERMINALS.length);
    expect(shown[3]?.digits).toMatch(/^\d{3}$/);
    for (const [index, terminal] of TERMINALS.entries()) {
      expect([at(shown[index]?.digits ?? ''), at(shown[index]?.token ?? '')]).toEqual([terminal, terminal]);
    }
    await clock.advance(SHOWN_MS);
    expect(at(shown[3]?.token ?? '')).toBe(TERMINALS[3]);
    await clock.advance(SHOWN_MS);
    expect(at(shown[3]?.token ?? '')).toBe('presence-wrong');
    expect(presence.shownAt('stranger')).toBeUndefined();
  });

  it('lets nobody try digits for long, from one address or from many, and everybody scan', async () => {
    const { clock, presence, at } = setUp();
    const shown = () => presence.shownAt('terminal-0');
    for (let n = 0; n < 5; n += 1) expect(at('12')).toBe('presence-wrong');
    expect(at(shown()?.digits ?? '')).toBe('presence-scan-needed');
    expect(at(shown()?.token ?? '')).toBe('terminal-0');
    for (let n = 0; n < 5; n += 1) expect(at('12')).toBe('presence-wrong');
    expect(at(shown()?.digits ?? '', 'another phone')).toBe('terminal-0');
    for (let n = 0; n < 45; n += 1) at('12', `address-${n}`);
    expect(at(shown()?.digits ?? '', 'another phone')).toBe('presence-scan-needed');
    expect(at(shown()?.token ?? '', 'another phone')).toBe('terminal-0');
    await clock.advance(5 * 60_000);
    expect(at(shown()?.digits ?? '')).toBe('terminal-0');
  });

  it('is not held up by wrong QRs, which nobody guesses', () => {
    const { presence, at } = setUp();
    for (let n = 0; n < 100; n += 1) expect(at('0'.repeat(16))).toBe('presence-wrong');
    expect(at(presence.shownAt('terminal-0')?.digits ?? '')).toBe('terminal-0');
  });
});
