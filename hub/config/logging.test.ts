import { expect, it } from 'vitest';
import { HubError } from '../error.ts';
import { createLogger } from './logging.ts';

function logged(fields: object): string {
  const lines: string[] = [];
  createLogger('info', { write: (line) => void lines.push(line) }).info(fields, 'said');
  return lines.join('');
}

it.each([
  'password',
  'token',
  'code',
  'cookie',
  'authorization',
  'codeKey',
  'passwordHash',
  'tokenHash',
  'credentialHash',
  'email',
  'tracking',
])('hides %s wherever it stands', (field) => {
  const secret = '1234 5678';
  for (const fields of [{ [field]: secret }, { a: { [field]: secret } }, { a: { b: { [field]: secret } } }]) {
    expect(logged(fields)).not.toContain(secret);
  }
});

it('keeps the codes of errors, which are words', () => {
  const text = logged({ err: new HubError('port-taken', 'port 80 is taken') });
  expect(JSON.parse(text).err).toMatchObject({ code: 'port-taken', message: 'port 80 is taken' });
});
