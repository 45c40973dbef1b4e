import { expect, it } from 'vitest';
import { Register } from '../log/register.ts';
import { NOTHING_SET } from '../people/nothing-set.ts';
import type { RosterChange } from './compare.ts';
import { TakeBack } from './take-back.ts';

const ann = { ...NOTHING_SET, id: 'ann', household: 'h1', name: 'Ann', language: 'en', email: null };
const CHANGES: readonly RosterChange[] = [
  { table: 'units', before: null, after: { id: 'u1', name: '1A' } },
  { table: 'households', before: null, after: { id: 'h1', unit: 'u1' } },
  { table: 'residents', before: null, after: ann },
];

function undone(register: Register, inUse: readonly string[] = [], changes = CHANGES) {
  const back = new TakeBack(register, (resident) => inUse.includes(resident));
  return changes.toReversed().flatMap((change) => back.reverse(change) ?? []);
}

function imported(changes = CHANGES): Register {
  const register = new Register();
  for (const { table, after } of changes) register.apply({ table, row: after } as never);
  return register;
}

it('takes away what an import made, what refers to something before that', () => {
  expect(undone(imported())).toEqual([
    { table: 'residents', remove: 'ann' },
    { table: 'households', remove: 'h1' },
    { table: 'units', remove: 'u1' },
  ]);
});

it('leaves who has a code or a parcel meanwhile, and where they live', () => {
  expect(undone(imported(), ['ann'])).toEqual([]);
});

it('leaves what somebody changed since, and where somebody moved in', () => {
  const changed = imported();
  changed.apply({ table: 'residents', row: { ...ann, email: 'ann@example.org' } });
  expect(undone(changed)).toEqual([]);
  const joined = imported();
  joined.apply({ table: 'residents', row: { ...ann, id: 'ben', name: 'Ben' } });
  expect(undone(joined)).toEqual([{ table: 'residents', remove: 'ann' }]);
});

it('gives a changed row back as it was', () => {
  const change: RosterChange = { table: 'residents', before: ann, after: { ...ann, movedOut: true } };
  expect(undone(imported([change]), [], [change])).toEqual([{ table: 'residents', row: ann }]);
});
