import { CaseKind } from '@lockerhub/protocol/log/payloads/cases.ts';
import { expect, it } from 'vitest';
import { mayWorkOn, rolesWith } from './rights.ts';

const worked = (role: 'manager' | 'desk' | 'auditor' | 'installer') =>
  CaseKind.options.filter((kind) => mayWorkOn(role, kind));

it('lets installers take, note and close cases of what they mend, and no others', () => {
  expect(worked('installer')).toEqual([
    'jammed',
    'left-open',
    'bank-away',
    'lock-wearing',
    'lock-power',
    'out-of-service',
    'door-reported',
  ]);
  expect(worked('manager')).toEqual(CaseKind.options);
  expect(worked('desk')).toEqual(CaseKind.options);
  expect(worked('auditor')).toEqual([]);
});

it('says who has a right', () => {
  expect(rolesWith('work-cases')).toEqual(['manager', 'desk', 'installer']);
});
