import { evidenceOfOne } from '@lockerhub/sim/testing/evidence-of-one.ts';
import { expect, test } from 'vitest';
import { checkEvidence, type Evidence, embedEvidence, evidenceIn } from './evidence.ts';

const ANOTHER = '00000000-0000-4000-8000-000000000000';

/** The evidence with one open link changed. */
function withPayload(evidence: Evidence, edit: (payload: string) => string): Evidence {
  const links = evidence.proof.links.map((link) =>
    'payload' in link ? { ...link, payload: edit(link.payload) } : link,
  );
  return { ...evidence, proof: { ...evidence.proof, links } };
}

test('honest evidence holds and tells the whole story in order', () => {
  const { entries } = checkEvidence(evidenceOfOne());
  expect(entries[0]?.payload.type).toBe('delivery.assigned');
  expect(entries.map(({ payload }) => payload.type)).toEqual(
    expect.arrayContaining(['grant.issued', 'door.reported', 'delivery.deposited']),
  );
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq).toSorted((a, b) => a - b));
});

test('a changed, missing or foreign entry is found', () => {
  const evidence = evidenceOfOne();
  expect(() => checkEvidence(withPayload(evidence, (text) => text.replace('confirmed', 'attested')))).toThrow(
    'changed',
  );
  const links = evidence.proof.links.toSpliced(1, 1);
  expect(() => checkEvidence({ ...evidence, proof: { ...evidence.proof, links } })).toThrow('missing');
  expect(() => checkEvidence({ ...evidence, delivery: ANOTHER })).toThrow('something else');
});

test('a proof that leaves out how the parcel came is none about a delivery', () => {
  const evidence = evidenceOfOne();
  const [first, ...links] = evidence.proof.links;
  const from = { seq: first?.seq ?? 0, hash: 'f'.repeat(64) };
  expect(() => checkEvidence({ ...evidence, proof: { ...evidence.proof, from, links } })).toThrow('changed');
  expect(() =>
    checkEvidence({ ...evidence, proof: { ...evidence.proof, to: evidence.proof.from, links: [] } }),
  ).toThrow('does not begin');
});

test('it is read from JSON and from a page, and from nothing else', () => {
  const evidence = evidenceOfOne();
  expect(evidenceIn(JSON.stringify(evidence))).toEqual(evidence);
  expect(evidenceIn(`<p>x</p>${embedEvidence(evidence)}<p>y</p>`)).toEqual(evidence);
  for (const other of ['', '<html></html>', '{', embedEvidence(evidence).slice(0, 200)]) {
    expect(() => evidenceIn(other)).toThrow('neither');
  }
});
