import { expect, it } from 'vitest';
import { readPhoneNumber } from './phone-number.ts';

it.each([
  ['555 123 4567', 'US', '+15551234567'],
  ['(555) 123-4567', 'US', '+15551234567'],
  ['1-555-123-4567', 'US', '+15551234567'],
  ['0170 1234567', 'DE', '+491701234567'],
  ['0049 170 1234567', 'DE', '+491701234567'],
  ['٠٥٠١٢٣٤٥٦٧', 'AE', '+971501234567'],
  // What names its country needs none, and keeps its own.
  ['+44 7700 900123', 'US', '+447700900123'],
  ['+1 (555) 010-0199', 'none', '+15550100199'],
] as const)('reads %s in %s', (text, country, number) => {
  expect(readPhoneNumber(text, country)).toBe(number);
});

it.each([
  ['555 123 4567', 'none'],
  ['123', 'US'],
  ['555 123 4567 ext. 12', 'US'],
  ['call 555 123 4567', 'US'],
  ['', 'US'],
  ['5551234567555123456755512345675551234567', 'US'],
] as const)('cannot read %j in %s', (text, country) => {
  expect(readPhoneNumber(text, country)).toBeUndefined();
});
