import type { LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import { EMPTY_HEAD, type Entry, nextEntry } from '@lockerhub/protocol/log/entry.ts';
import { encodePayload } from '@lockerhub/protocol/log/payload.ts';
import { makeProof } from '@lockerhub/protocol/log/proof.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkShown, sameJson } from './check.ts';

const BOOT = '01890000-0000-7000-8000-000000000001';

/** A log of `length` entries, and the same as a page shows it. */
function logOf(length: number): { entries: Entry[]; views: LogEntryView[] } {
  const entries: Entry[] = [];
  const views: LogEntryView[] = [];
  for (let seq = 1; seq <= length; seq += 1) {
    const stamp = { at: seq, clock: 'trusted', by: { kind: 'hub' } } as const;
    const data = { bootId: BOOT, software: `v${seq}` };
    const payload = encodePayload({ type: 'hub.started', data, ...stamp });
    const entry = nextEntry(entries.at(-1) ?? EMPTY_HEAD, 1, payload, new Uint8Array(16).fill(seq));
    entries.push(entry);
    views.push({ seq, epoch: 1, hash: entry.hash, type: 'hub.started', ...stamp, data });
  }
  return { entries, views };
}

const { entries, views } = logOf(8);
const shown = new Set([3, 4, 5]);
const before = { seq: 2, hash: entries[1]?.hash ?? '' };
const proof = makeProof('linden-court', before, entries.slice(2), shown);
const page = views.filter(({ seq }) => shown.has(seq));
const head = { seq: 8, hash: entries[7]?.hash ?? '' };

describe('checking what a page shows', () => {
  it('holds for what stands in the log', () => {
    expect(checkShown(proof, page, head)).toEqual({ holds: true, entries: 3, head });
  });

  it.each([
    ['another text', { data: { bootId: BOOT, software: 'v3, really' } }],
    ['another time', { at: 99 }],
    ['another doer', { by: { kind: 'staff' as const } }],
    ['another type', { type: 'hub.stopped' }],
    ['another hash', { hash: 'b'.repeat(64) }],
  ])('finds %s', (_what, change) => {
    const changed = page.map((view, index) => (index === 0 ? { ...view, ...change } : view));
    expect(checkShown(proof, changed, head)).toMatchObject({ holds: false });
  });

  it('finds an entry that the proof does not show', () => {
    expect(checkShown(proof, views, head)).toMatchObject({ holds: false });
  });

  it('finds a changed link, open or sealed', () => {
    const links = proof.links.map((link) =>
      link.seq === 7 ? { ...link, payloadHash: 'c'.repeat(64) } : link,
    );
    expect(checkShown({ ...proof, links }, page, head)).toMatchObject({ holds: false });
  });

  it('finds another history behind the same entries: the head that was heard of before is not in it', () => {
    expect(checkShown(proof, page, { seq: 8, hash: 'd'.repeat(64) })).toMatchObject({ holds: false });
  });
});

describe('equal as JSON', () => {
  it('whatever the order of keys', () => {
    expect(sameJson({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true);
    expect(sameJson({ a: undefined }, {})).toBe(true);
    expect(sameJson([], {})).toBe(false);
    expect(sameJson({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  });

  it('is what a trip through JSON leaves equal', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(sameJson(JSON.parse(JSON.stringify(value)), value)).toBe(true);
      }),
    );
  });
});
