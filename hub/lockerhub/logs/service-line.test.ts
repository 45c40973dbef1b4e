import { expect, it } from 'vitest';
import { serviceLine } from './service-line.ts';

const line = (fields: object) =>
  serviceLine(JSON.stringify({ level: 'info', time: '2026-11-26T22:00:00Z', msg: 'said', ...fields }));

it('keeps ids, numbers and our own words', () => {
  const grant = '018f0000-0000-7000-8000-000000000001';
  expect(line({ bank: 'hall', grant, port: 8081, trust: 'trusted' })).toBe(
    `2026-11-26T22:00:00Z  info   said  bank=hall  port=8081  grant=${grant}  trust=trusted`,
  );
  const err = { type: 'StoreError', code: 'folder-locked', message: 'process 12 works on it already' };
  expect(line({ err: { ...err, stack: 'x\n    at open (file:///opt/hub/store/open.ts:3:4)' } })).toContain(
    'StoreError folder-locked: process 12 works on it already\n      at hub/store/open.ts:3:4',
  );
});

it.each([
  { resident: 'mara' },
  { bank: 'Mara Olsen' },
  { to: 'mara@example.org' },
  { message: '+49 170 1234567' },
  { msg: 'no user <mara@example.org>, call +49 170 1234567, code 1234 5678, 1Z999AA10123456784' },
  { msg: 'the login "mara" is taken' },
  {
    err: { type: 'Error', message: '550 Mara Olsen is unknown here', stack: 'Error: Mara\n    at Mara (/x)' },
  },
  { err: { type: 'HubError', message: 'recovery key 7K3M-Q2ZV-8RWX-T4HJ for "Mara"' } },
])('shows nothing of %j', (fields) => {
  expect(line(fields)).not.toMatch(/mara|1234|1Z999|7K3M/i);
});

it('shows of a line of another kind where it came from at most', () => {
  expect(serviceLine('TypeError: Mara is not a function')).toBe('TypeError');
  expect(serviceLine('    at f (file:///opt/lockerhub/hub/main.ts:3:9)')).toBe(
    '      at lockerhub/hub/main.ts:3:9',
  );
  expect(serviceLine('hello Mara')).toBeNull();
});
