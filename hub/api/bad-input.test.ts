/** What the API says to requests that do not fit. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiRig, NOBODY, startApiRig } from '../../sim/testing/api-rig.ts';
import type { HubRig } from '../../sim/testing/hub-rig.ts';

let rig: HubRig;
let manager: string;
let expectProblem: ApiRig['expectProblem'];

beforeAll(async () => {
  ({ rig, manager, expectProblem } = await startApiRig());
});
afterAll(() => rig.end());

describe('bad input', () => {
  const signIn = '/api/v1/sign-in';
  it.each([
    ['no JSON', signIn, { body: '{bad' }, 400, 'request-invalid'],
    ['no body', signIn, { method: 'POST' }, 400, 'request-invalid'],
    [
      'a body of another kind',
      signIn,
      { body: 'a=b', headers: { 'content-type': 'text/plain' } },
      415,
      'request-invalid',
    ],
    ['JSON that is no object', signIn, { body: '[]' }, 400, 'request-invalid'],
    ['a field that is missing', signIn, { body: { login: 'x' } }, 400, 'request-invalid'],
    ['a field of another type', signIn, { body: { login: 7, password: 'x' } }, 400, 'request-invalid'],
    [
      'a body above the limit',
      signIn,
      { body: { login: 'x', password: 'y'.repeat(600_000) } },
      413,
      'body-too-large',
    ],
    ['a path that is not there', '/api/v1/nothing', {}, 404, 'not-found'],
    ['another method', '/api/v1/building', { method: 'DELETE' }, 404, 'not-found'],
    [
      'a foreign origin',
      signIn,
      { body: {}, headers: { origin: 'http://evil.example' } },
      403,
      'origin-foreign',
    ],
    ['an origin that is none', signIn, { body: {}, headers: { origin: 'null' } }, 403, 'origin-foreign'],
  ] as const)('%s', async (_, path, options, status, code) => {
    await expectProblem(path, options, status, code);
  });

  it.each([
    ['an id that is none', '/api/v1/deliveries/7', 400, 'request-invalid'],
    ['an id of nothing', `/api/v1/deliveries/${NOBODY}`, 404, 'not-found'],
    ['a proof of nothing', `/api/v1/deliveries/${NOBODY}/proof`, 404, 'not-found'],
    ['a page without end', '/api/v1/log?limit=1000000', 400, 'request-invalid'],
    ['a page before nothing', '/api/v1/log?before=x', 400, 'request-invalid'],
    ['a proof beyond the log', '/api/v1/log/999999/proof', 404, 'not-found'],
    ['a state that is none', '/api/v1/deliveries?state=lost', 400, 'request-invalid'],
    ['a demo that is none', '/demo', 404, 'not-found'],
  ])('of staff: %s', async (_, path, status, code) => {
    await expectProblem(path, { token: manager }, status, code);
  });

  it('names the field', async () => {
    const body = { unitName: '1A', name: '', language: 'en' };
    const problem = await expectProblem(
      '/api/v1/residents',
      { token: manager, body },
      400,
      'request-invalid',
    );
    expect(problem.where).toBe('body.name');
  });

  it('says line and key of a bad bank file', async () => {
    const body = { file: 'layout:\n  bank: 7\n', reach: 'agent' };
    const problem = await expectProblem('/api/v1/banks', { token: manager, body }, 400, 'bank-file-invalid');
    expect(problem.detail).toMatch(/line \d/);
  });

  it('finds nothing harmful in words that are SQL or wildcards', async () => {
    for (const q of ["'; drop table log; --", '%', '_', '\\', '\u0000']) {
      const { status, json } = await rig.ask(`/api/v1/deliveries?q=${encodeURIComponent(q)}`, {
        token: manager,
      });
      expect([status, json?.items]).toEqual([200, []]);
    }
  });
});
