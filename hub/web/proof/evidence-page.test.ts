import { checkEvidence, type Evidence, evidenceIn } from '@lockerhub/protocol/log/evidence.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evidenceOfOne } from '../../../sim/testing/evidence-of-one.ts';
import { evidencePage } from './evidence-page.ts';

function pageOf(evidence: Evidence, words: string): string {
  return evidencePage({
    language: 'en',
    direction: 'ltr',
    title: words,
    facts: [[words, words]],
    lines: [{ seq: 1, when: words, who: words, what: words, hash: 'abcd' }],
    notes: [words],
    evidence,
  });
}

test('whatever names are in it, the evidence comes out of the page as it went in', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.constantFrom('</script>', '<!--<script>', '"><img src=x>', '\u2028'),
  );
  fc.assert(
    fc.property(hostile, hostile, (told, words) => {
      const honest = evidenceOfOne();
      const evidence = {
        ...honest,
        told: { ...honest.told, recipient: told.slice(0, 200), tracking: words },
      };
      const page = pageOf(evidence, words);
      expect(evidenceIn(page)).toEqual(evidence);
      expect(page.match(/<script/g)).toHaveLength(1);
      expect(page).not.toContain('<img');
    }),
  );
});

test('evidence in a page that was edited does not hold', () => {
  const page = pageOf(evidenceOfOne(), 'x');
  expect(checkEvidence(evidenceIn(page)).entries.map(({ payload }) => payload.type)).toContain(
    'delivery.deposited',
  );
  expect(() => checkEvidence(evidenceIn(page.replace('confirmed', 'attested')))).toThrow('changed');
});
