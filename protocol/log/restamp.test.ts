import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_ROW, fieldChange, isOn, mergeRows, switchOff, switchOn } from './field-merge.ts';
import { chooseRestamp, type Restamp, restampRow, stampKey, stampsOf } from './restamp.ts';
import { compareStamps, FieldStamp, nextStamp } from './stamp.ts';

/** Eight of them: the room between two is halved no more often than it can be. */
const AHEAD = fc.record({
  atMs: fc.constantFrom(1_000_000, 1_000_001),
  count: fc.nat({ max: 1 }),
  node: fc.constantFrom('h-1', 'h-2'),
});

/** As the gateway does it: a stamp that it knows is replaced by the same one again. */
class Gateway {
  readonly made: Restamp[] = [];
  readonly stamps: FieldStamp[] = [];
  last: FieldStamp | null = null;
  wallMs = 0;

  restamp(from: FieldStamp): FieldStamp {
    const known = this.made.find((pair) => stampKey(pair.from) === stampKey(from));
    if (known) return known.to;
    const sorted = this.made.toSorted((a, b) => compareStamps(a.from, b.from));
    const below = sorted.findLast((pair) => compareStamps(pair.from, from) < 0) ?? null;
    const above = sorted.find((pair) => compareStamps(pair.from, from) > 0) ?? null;
    const pair = chooseRestamp(from, this.last, { below, above }, { wallMs: this.wallMs, node: 'cloud' });
    this.made.push(pair);
    this.#keep(pair.to);
    return pair.to;
  }

  edit(): FieldStamp {
    const stamp = nextStamp(this.last, this.wallMs, 'cloud');
    this.#keep(stamp);
    return stamp;
  }

  #keep(stamp: FieldStamp): void {
    this.stamps.push(FieldStamp.parse(stamp));
    if (this.last === null || compareStamps(stamp, this.last) > 0) this.last = stamp;
  }
}

describe('stamps of a clock that runs ahead', () => {
  it('keep their order, are replaced by the same ones again, and never by one that was given', () => {
    const step = fc.oneof(AHEAD, fc.constant('edit' as const), fc.constant('tick' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const gateway = new Gateway();
        for (const what of steps) {
          if (what === 'edit') gateway.edit();
          else if (what === 'tick') gateway.wallMs += 1;
          else expect(gateway.restamp(what)).toEqual(gateway.restamp(what));
        }
        const given = gateway.stamps.map(stampKey);
        expect(new Set(given).size).toBe(given.length);
        const pairs = gateway.made.toSorted((a, b) => compareStamps(a.from, b.from));
        for (const [index, { to }] of pairs.entries()) {
          const next = pairs[index + 1];
          if (next) expect(compareStamps(to, next.to)).toBeLessThan(0);
        }
      }),
    );
  });

  it('are replaced by a later one where the room between two is used up', () => {
    const gateway = new Gateway();
    for (let count = 300; count > 0; count -= 1) gateway.restamp({ atMs: 9, count, node: 'h-1' });
    const given = gateway.stamps.map(stampKey);
    expect(new Set(given).size).toBe(300);
  });

  it('are replaced wherever they stand in a row, and the row merges and shows as before', () => {
    const at = (atMs: number, node = 'h-1') => ({ atMs, count: 0, node });
    const revoked = mergeRows(switchOn('revoked', at(90)), switchOn('revoked', at(80, 'cloud')), []);
    const row = [
      fieldChange('name', 'Ada', at(91)),
      fieldChange('email', 'a@b.c', at(3)),
      revoked,
      switchOff('revoked', switchOn('revoked', at(90))),
      { ...EMPTY_ROW, erased: at(92) },
    ].reduce((a, b) => mergeRows(a, b, ['email']));
    const place = (stamp: FieldStamp) => (stamp.node === 'h-1' ? { ...stamp, node: 'cloud' } : stamp);
    const replaced = restampRow(row, place);
    expect(stampsOf(row).map(place)).toEqual(stampsOf(replaced));
    expect(stampsOf(replaced).every(({ node }) => node === 'cloud')).toBe(true);
    // Whoever switched it off knew of the hub's "on", not of the cloud's.
    expect([isOn(row, 'revoked'), isOn(replaced, 'revoked')]).toEqual([true, true]);
    expect(restampRow({ ...EMPTY_ROW, removed: at(93) }, place).removed).toEqual(at(93, 'cloud'));
  });
});
