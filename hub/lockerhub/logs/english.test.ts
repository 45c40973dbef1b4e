import { CaseKind } from '@lockerhub/protocol/log/payloads/cases.ts';
import { expect, it } from 'vitest';
import { createStaffWords } from '../../web/words/words.ts';
import { english } from './english.ts';

const page = createStaffWords('en').getFixedT(null, ['staff', 'doors']);

it('says what the page says', () => {
  for (const kind of CaseKind.options)
    expect(english(`case.kind.${kind}.title`)).toBe(page(`case.kind.${kind}.title`));
  for (const count of [1, 2]) {
    const values = { count, what: 'x' };
    expect(english('entry.rows.imported', values)).toBe(page('entry.rows.imported', values));
  }
  expect(english('doors:door', { number: 12 })).toBe(page('doors:door', { number: 12 }));
});
