import { Setup } from '@lockerhub/protocol/http/staff.ts';
import { Slug } from '@lockerhub/protocol/ids.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultsOf, type SetupDraft, setupOf, slugOf } from './setup-draft.ts';

const good: SetupDraft = {
  name: 'Linden Court',
  building: 'linden-court',
  timeZone: 'Europe/Berlin',
  language: 'en',
  login: 'ana',
  password: 'four random words do',
  repeat: 'four random words do',
  email: '',
};

describe('the first visit', () => {
  it('has nothing to say to a good draft, and the hub takes it', () => {
    expect(faultsOf(good)).toEqual({});
    expect(Setup.safeParse(setupOf(good)).data).not.toHaveProperty('email');
    const told = Setup.safeParse(setupOf({ ...good, email: ' ana@example.org ' }));
    expect(told.data).toMatchObject({ name: 'Linden Court', email: 'ana@example.org' });
  });

  it.each([
    [{ name: '  ' }, { name: 'required' }],
    [{ building: 'Linden Court' }, { building: 'slug' }],
    [{ timeZone: 'Moon/Tycho' }, { timeZone: 'timeZone' }],
    [{ login: '' }, { login: 'required' }],
    [{ password: 'short', repeat: 'short' }, { password: 'password' }],
    [{ repeat: 'something else' }, { repeat: 'repeat' }],
    [{ email: 'ana' }, { email: 'email' }],
  ] as const)('finds %o', (change, faults) => {
    expect(faultsOf({ ...good, ...change })).toEqual(faults);
  });

  it('never lets through what the hub would refuse', () => {
    const text = fc.string({ maxLength: 100 });
    const drafts = fc.record({ name: text, building: text, login: text, password: text, email: text });
    fc.assert(
      fc.property(drafts, (part) => {
        const draft = { ...good, ...part, repeat: part.password };
        if (Object.keys(faultsOf(draft)).length === 0)
          expect(Setup.safeParse(setupOf(draft)).success).toBe(true);
      }),
    );
  });
});

describe('a short name from a long one', () => {
  it.each([
    ['Linden Court', 'linden-court'],
    ['  Résidence Élysée n° 4 ', 'residence-elysee-n-4'],
    ['مبنى', ''],
  ])('%s → %s', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it('is a good one or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (name) => {
        const slug = slugOf(name);
        expect(slug === '' || Slug.safeParse(slug).success).toBe(true);
      }),
    );
  });
});
