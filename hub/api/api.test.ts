/** The log, the pages and documents, and how often a sign-in may be tried. */
import { verifyProof } from '@lockerhub/protocol/log/proof.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiRig, startApiRig } from '../../sim/testing/api-rig.ts';
import type { HubRig } from '../../sim/testing/hub-rig.ts';
import { RIG_PASSWORD } from '../../sim/testing/hub-rig.ts';

let rig: HubRig;
let manager: string;
let expectProblem: ApiRig['expectProblem'];

beforeAll(async () => {
  ({ rig, manager, expectProblem } = await startApiRig());
});
afterAll(() => rig.end());

describe('the log', () => {
  it('pages without gaps, newest first, and proves what it shows', async () => {
    const seqs: number[] = [];
    for (let before: string | null = '999999'; before; ) {
      const page = await rig.ask(`/api/v1/log?limit=3&before=${before}`, { token: manager });
      seqs.push(...page.json.items.map((entry: { seq: number }) => entry.seq));
      before = page.json.before;
    }
    expect(seqs).toEqual(seqs.map((_, index) => seqs.length - index));
    const { json: proof } = await rig.ask('/api/v1/log/2/proof?through=4', { token: manager });
    expect([...verifyProof(proof).keys()]).toEqual([2, 3, 4]);
    const earlier = await rig.ask('/api/v1/log/2/proof?until=3', { token: manager });
    expect([...verifyProof(earlier.json).keys(), earlier.json.to.seq]).toEqual([2, 3]);
    await expectProblem('/api/v1/log/5/proof?until=3', { token: manager }, 400, 'request-invalid');
    await expectProblem('/api/v1/log/2/proof?until=99999', { token: manager }, 404, 'not-found');
    proof.links[1].payload = proof.links[1].payload.replace('type', 'tYpe');
    expect(() => verifyProof(proof)).toThrow('changed');
  });
});

describe('pages and documents', () => {
  it('describes every route of the API', async () => {
    const { json } = await rig.ask('/openapi.json');
    const routes = Object.values<object>(json.paths).flatMap((path) => Object.keys(path));
    expect(routes.length).toBeGreaterThan(45);
    expect(Object.keys(json.paths)).toContain('/api/v1/visits/{visit}/parcels/{delivery}/confirm');
  });

  it('serves the documentation from this machine only', async () => {
    const page = await rig.ask('/docs/');
    expect(page.text).not.toMatch(/https?:\/\//);
    expect((await rig.ask('/docs/swagger-ui-bundle.js')).status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
  });

  it('lets the kiosk’s page alone use a camera and the program that reads barcodes', async () => {
    for (const path of ['/kiosk/', '/kiosk/assets/none.js']) {
      const { headers } = await rig.ask(path);
      const policy = headers.get('content-security-policy');
      expect(policy, path).toContain("script-src 'self' 'wasm-unsafe-eval';");
      expect(policy, path).toContain("frame-ancestors 'self'");
      expect(headers.get('permissions-policy'), path).toBe('camera=(self), microphone=()');
    }
    for (const path of ['/', '/pickup/', '/docs/', '/kiosk', '/readyz', '/api/v1/kiosk']) {
      const { headers } = await rig.ask(path);
      expect(headers.get('content-security-policy'), path).not.toMatch(/eval/);
      expect(headers.get('permissions-policy'), path).toBe('camera=(), microphone=()');
    }
  });

  it('says how it is', async () => {
    expect((await rig.ask('/readyz')).json).toMatchObject({ ready: true, banks: 2, banksOnline: 0 });
    expect((await rig.ask('/version')).json.software).toMatch(/^lockerhub \d/);
    expect((await rig.ask('/metrics')).text).toContain('lockerhub_log_seq');
  });
});

describe('sign-in limits', () => {
  it('hold up guessing from one address, even with the right password at last', async () => {
    const attempt = (password: string) =>
      rig.ask('/api/v1/sign-in', { body: { login: 'manager', password } });
    const statuses: number[] = [];
    for (let guess = 0; guess < 12; guess++) statuses.push((await attempt(`guess ${guess}`)).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    const blocked = await attempt(RIG_PASSWORD);
    expect([blocked.status, blocked.json.code]).toEqual([429, 'too-many-attempts']);
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(60);
  });
});
