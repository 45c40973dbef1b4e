import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  editDistance,
  indexUnits,
  MAX_RECIPIENTS,
  maskName,
  type SearchedUnit,
  searchRecipients,
} from './search.ts';

const unit = (unitName: string, ...names: string[]): SearchedUnit => ({
  unit: `unit ${unitName}`,
  unitName,
  residents: names.map((name) => ({ resident: `resident ${name}`, name })),
});

const HOUSE = [
  unit('1A', 'Mara Olsen'),
  unit('1B', 'Jonas Weber', 'Lucía Fernández'),
  unit('10', 'Thomas Müller'),
  unit('11', 'Thomas Miller', 'Toma Muller', 'Tom Mullen'),
];
const labels = (query: string) => searchRecipients(query, indexUnits(HOUSE)).map((found) => found.label);

describe('the search of a courier', () => {
  it('finds a unit by its name or its beginning, the exact one first', () => {
    expect(labels('1a')).toEqual(['1A', 'M. O…']);
    expect(labels('1')).toEqual(['1A', '1B', '10', '11']);
  });

  it.each([
    ['olsen', 'Mara Olsen'],
    ['mara ols', 'Mara Olsen'],
    ['olsen mara', 'Mara Olsen'],
    ['olsne', 'Mara Olsen'],
    ['fernandez', 'Lucía Fernández'],
    ['fernadnes', 'Lucía Fernández'],
    ['WEBER', 'Jonas Weber'],
  ])('finds by %j', (query, label) => {
    expect(labels(query)).toEqual([label]);
  });

  it('finds names in any script, and tells two of one name apart by their units', () => {
    const house = indexUnits([
      unit('2A', 'نور الهاشمي'),
      unit('2B', '李小龍', 'Ольга Петрова'),
      unit('2C', 'Ana Pérez'),
      unit('2D', 'Ana Pérez', 'Ευαγγελία Παππά'),
    ]);
    const found = (query: string) => searchRecipients(query, house).map(({ unitName }) => unitName);
    expect([found('نور'), found('李小'), found('ольга'), found('παππα')]).toEqual([
      ['2A'],
      ['2B'],
      ['2B'],
      ['2D'],
    ]);
    expect(searchRecipients('ana perez', house).map(({ unitName, label }) => [unitName, label])).toEqual([
      ['2C', 'Ana Pérez'],
      ['2D', 'Ana Pérez'],
    ]);
  });

  it('masks names while several people fit, or few letters were typed', () => {
    expect(labels('mul')).toEqual(['Thomas Müller', 'Toma Muller', 'Tom Mullen']);
    expect(labels('to').every((label) => /^\w\. \w…$/.test(label))).toBe(true);
    expect(labels('tom')).not.toContain('Thomas Müller');
    expect(labels('muller').length).toBeGreaterThan(3);
    expect(labels('muller').every((label) => label.includes('…'))).toBe(true);
  });

  it('finds nobody by nothing, by a letter, or by a stranger', () => {
    for (const query of ['', '  ', '-', 'm', 'x y z', 'zimmermann']) expect(labels(query)).toEqual([]);
  });

  it('never shows more than fits, nor a full name for less than three letters, whatever is typed', () => {
    const anyUnit = fc
      .tuple(fc.string({ maxLength: 5 }), fc.array(fc.string({ maxLength: 20 }), { maxLength: 4 }))
      .map(([name, people]) => unit(name, ...people));
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.array(anyUnit, { maxLength: 12 }), (query, units) => {
        const found = searchRecipients(query, indexUnits(units));
        expect(found.length).toBeLessThanOrEqual(MAX_RECIPIENTS);
        if (query.trim().length >= 3) return;
        for (const { label, resident } of found) if (resident) expect(label).toMatch(/…$/);
      }),
    );
  });
});

describe('the parts', () => {
  it.each([
    ['Mara Olsen', 'M. O…'],
    ['Lucía', 'L…'],
    ['Ana María de la Cruz', 'A. M. d. l. C…'],
  ])('%s is shown as %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });

  it('edit distance is symmetric, zero only for the same, and one for a swap', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
    expect(editDistance('olsen', 'olsne')).toBe(1);
  });
});
