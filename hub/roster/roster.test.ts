import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { NOTHING_SET } from '../people/nothing-set.ts';
import type { Rows } from '../store/rows.ts';
import { checkRows } from './check-rows.ts';
import { columnsFor } from './columns.ts';
import { compare, type Present } from './compare.ts';
import { readCsv, separatorOf } from './read-list.ts';

const breathe = async () => {};
const bytes = (text: string) => new TextEncoder().encode(text);

async function peopleOf(text: string) {
  const list = await readCsv(bytes(text));
  return checkRows(list, columnsFor(list.headers, undefined, undefined), 'none', breathe);
}

it('reads phone numbers of the building’s own country, and says in which line one cannot be read', async () => {
  const list = await readCsv(bytes('Unit;Name;Phone\n1A;Ann;555 123 4567\n1B;Bob;12\n'));
  const columns = columnsFor(list.headers, undefined, undefined);
  const { people, faults } = await checkRows(list, columns, 'US', breathe);
  expect(people.map(({ phone }) => phone)).toEqual(['+15551234567']);
  expect(faults).toMatchObject([{ line: 3, field: 'phone' }]);
});

describe('a list as other software exports it', () => {
  const LINES = 'Unit;Name;E-Mail\r\n0304;José Ñandú;jose@example.org\r\n';
  const utf16 = (text: string, mark: boolean) => Buffer.from(`${mark ? '\uFEFF' : ''}${text}`, 'utf16le');

  it.each([
    ['UTF-8', bytes(LINES)],
    ['UTF-8 with a mark', bytes(`\uFEFF${LINES}`)],
    ['UTF-16 with a mark', utf16(LINES, true)],
    ['UTF-16 without one', utf16(LINES, false)],
    ['UTF-16, the other way round', utf16(LINES, true).swap16()],
    ['Windows-1252', Buffer.from(LINES, 'latin1')],
    ['tabs', bytes(LINES.replaceAll(';', '\t'))],
    ['commas', bytes(LINES.replaceAll(';', ','))],
  ])('is read from %s', async (_name, given) => {
    const { headers, rows, faults } = await readCsv(given);
    expect(faults).toEqual([]);
    expect(headers).toEqual(['Unit', 'Name', 'E-Mail']);
    expect(rows).toEqual([
      { line: 2, cells: { Unit: '0304', Name: 'José Ñandú', 'E-Mail': 'jose@example.org' } },
    ]);
  });

  it('takes no separator from inside quotes', () => {
    expect(separatorOf('"Name, first; second";Unit\nx,y,z')).toBe(';');
  });

  it('says the line of what cannot be read', async () => {
    const many = await readCsv(bytes('Unit,Name\n1A,Ann,too,much\n1B,"Ben\n'));
    expect(many.rows).toEqual([]);
    expect(many.faults.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('knows the columns of a Yardi export', async () => {
    const list = await readCsv(await readFile(new URL('yardi-sample.csv', import.meta.url)));
    expect(columnsFor(list.headers, undefined, undefined)).toEqual({
      externalId: 'Tenant Code',
      unit: 'Unit Code',
      household: 'Lease ID',
      firstName: 'First Name',
      lastName: 'Last Name',
      email: 'Email',
      language: 'Language',
    });
    const { people, faults } = await checkRows(
      list,
      columnsFor(list.headers, undefined, undefined),
      'none',
      breathe,
    );
    expect(faults).toEqual([]);
    expect(people[0]).toMatchObject({ externalId: 't0001042', unit: '0304', name: 'Mia Okafor' });
  });

  it('reads the columns of last time, as long as they are all there', () => {
    const last = { unit: 'Door', name: 'Who' };
    expect(columnsFor(['Who', 'Door', 'Unit'], undefined, last)).toEqual(last);
    expect(columnsFor(['Who', 'Unit', 'Name'], undefined, last)).toEqual({ unit: 'Unit', name: 'Name' });
  });

  it('finds faults by line among 30,000', async () => {
    const lines = Array.from({ length: 30_000 }, (_, n) => `${n % 900},Person ${n},p${n}@example.org,t${n}`);
    lines[99] = ',Nobody,,t99';
    lines[9_999] = '12,Ann,not an address,t9999';
    lines[19_999] = '12,Ben,,t7';
    const { people, faults } = await peopleOf(`unit,name,email,id\n${lines.join('\n')}`);
    expect(people).toHaveLength(29_997);
    expect(faults).toEqual([
      { line: 101, field: 'unit', what: 'no unit' },
      { line: 10_001, field: 'email', what: '"not an address" is no e-mail address' },
      { line: 20_001, field: null, what: 'the same person as in line 9' },
    ]);
  });
});

describe('a list beside who lives here', () => {
  const resident = (id: string, household: string, name: string, more: Partial<Rows['residents']> = {}) => ({
    ...NOTHING_SET,
    id,
    household,
    name,
    language: 'en',
    email: null,
    ...more,
  });
  const present: Present = {
    units: [
      { id: 'u1', name: '1A' },
      { id: 'u2', name: '2B' },
    ],
    households: [
      { id: 'h1', unit: 'u1' },
      { id: 'h2', unit: 'u2' },
      { id: 'h3', unit: 'u2' },
    ],
    residents: [
      resident('ann', 'h1', 'Ann Lee', { externalId: 't1' }),
      resident('ben', 'h2', 'Ben Roe'),
      resident('cat', 'h3', 'Cat Poe'),
    ],
  };
  let next = 0;
  const against = async (text: string, beside = present) => {
    const { people, faults } = await peopleOf(text);
    expect(faults).toEqual([]);
    return compare(people, {
      present: beside,
      newId: () => `new${next++}`,
      language: 'es',
      breathe,
    });
  };

  it('knows people by their external id, else by unit and name, whatever the letters’ case', async () => {
    const found = await against('id,unit,name\nt1,1A,Ann Miller\nt2,2b,BEN  ROE\nt3,2B,Cat Poe\n');
    expect(found.gone).toEqual([]);
    expect(found.added).toEqual([]);
    expect(found.changed.map(({ person, fields }) => [person.name, fields])).toEqual([
      ['Ann Miller', ['name']],
      ['BEN  ROE', ['externalId']],
      ['Cat Poe', ['externalId']],
    ]);
  });

  it('changes nothing by the same list again', async () => {
    const found = await against('unit,name\n1A,Ann Lee\n2B,Ben Roe\n2B,Cat Poe\n');
    expect(found).toMatchObject({ changes: [], same: 3 });
  });

  it('takes somebody of the same name with another id for somebody else', async () => {
    const found = await against('id,unit,name\nt9,1A,Ann Lee\n');
    expect(found.added.map(({ externalId }) => externalId)).toEqual(['t9']);
    expect(found.gone.map(({ id }) => id)).toEqual(['ann', 'ben', 'cat']);
  });

  it('keeps two of one name in one unit apart by their ids', async () => {
    const found = await against('id,unit,name\nt5,9Z,Sam Kim\nt6,9Z,Sam Kim\n');
    expect(found.added).toHaveLength(2);
  });

  it('lets room-mates be strangers and those of one lease a household', async () => {
    const found = await against('unit,name,lease\n7C,Dan,L1\n7C,Eve,L1\n7C,Flo,\n');
    const residents = found.changes.filter(({ table }) => table === 'residents').map(({ after }) => after);
    const [dan, eve, flo] = residents.map((each) => (each as Rows['residents']).household);
    expect(dan).toBe(eve);
    expect(flo).not.toBe(dan);
    expect(found.changes.map(({ table }) => table)).toEqual([
      'units',
      'households',
      'households',
      'residents',
      'residents',
      'residents',
    ]);
  });

  it('moves who lives alone with their household, for what waits for it', async () => {
    const found = await against('id,unit,name\nt1,2B,Ann Lee\n');
    expect(found.changed[0]?.fields).toEqual(['household']);
    expect(found.changes).toEqual([
      { table: 'households', before: { id: 'h1', unit: 'u1' }, after: { id: 'h1', unit: 'u2' } },
    ]);
  });

  it('moves who lives with others into a household of their own', async () => {
    const residents = [...present.residents, resident('dot', 'h1', 'Dot Lee')];
    const found = await against('id,unit,name\nt1,2B,Ann Lee\n', { ...present, residents });
    expect(found.changed[0]?.fields).toEqual(['household']);
    expect(found.changes[0]).toMatchObject({ table: 'households', before: null, after: { unit: 'u2' } });
  });

  describe('of a home with two', () => {
    const both = [...present.residents, resident('dot', 'h1', 'Dot Lee', { externalId: 't4' })];
    const moved = (text: string) => against(text, { ...present, residents: both });
    const homesOf = ({ changes }: Awaited<ReturnType<typeof moved>>) =>
      changes.flatMap(({ table, after }) => (table === 'residents' ? [after.household] : []));

    it('moves the home itself where both go, for what waits for it', async () => {
      const found = await moved('id,unit,name\nt1,2B,Ann Lee\nt4,2B,Dot Lee\n');
      expect(found.changed.map(({ fields }) => fields)).toEqual([['household'], ['household']]);
      expect(found.changes).toEqual([
        { table: 'households', before: { id: 'h1', unit: 'u1' }, after: { id: 'h1', unit: 'u2' } },
      ]);
    });

    it('leaves them together where a third one stays', async () => {
      const residents = [...both, resident('eli', 'h1', 'Eli Lee', { externalId: 't5' })];
      const text = 'id,unit,name\nt1,2B,Ann Lee\nt4,2B,Dot Lee\nt5,1A,Eli Lee\n';
      const homes = homesOf(await against(text, { ...present, residents }));
      expect(homes).toHaveLength(2);
      expect(homes[0]).toBe(homes[1]);
      expect(homes[0]).not.toBe('h1');
    });

    it('parts them where each has a lease of their own, or goes elsewhere', async () => {
      for (const text of [
        'id,unit,name,lease\nt1,2B,Ann Lee,L1\nt4,2B,Dot Lee,L2\n',
        'id,unit,name\nt1,2B,Ann Lee\nt4,9Z,Dot Lee\n',
      ]) {
        const [ann, dot] = homesOf(await moved(text));
        expect(ann).not.toBe(dot);
        expect([ann, dot]).not.toContain('h1');
      }
    });
  });

  it('brings back who had moved out', async () => {
    const residents = [resident('ann', 'h1', 'Ann Lee', { movedOut: true, movedOutAt: 5 })];
    const found = await against('unit,name\n1A,Ann Lee\n', { ...present, residents });
    expect(found.changes).toMatchObject([
      { before: { movedOut: true }, after: { movedOut: false, movedOutAt: null } },
    ]);
  });
});
