import { certifyEpoch } from '@lockerhub/hub/epoch/epoch-file.ts';
import { Authority, createAuthority } from '@lockerhub/hub/keyring/authority.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { beforeAll, expect, it } from 'vitest';
import { judgeEpoch, type KeptEpoch, type Pinned } from './epoch-guard.ts';

const HUB = '01890000-0000-7000-8000-000000000001';
const OTHER = '01890000-0000-7000-8000-000000000002';
let authority: Authority;
let thief: Authority;
let pinned: Pinned;

beforeAll(async () => {
  [authority, thief] = [
    new Authority(await createAuthority(systemRandom.bytes(16))),
    new Authority(await createAuthority(systemRandom.bytes(16))),
  ];
  pinned = { ca: authority.certificate, building: 'house' };
});

const certificate = (number: number, instance = HUB, by = authority, building = 'house') =>
  certifyEpoch({ number, instance }, building, by);
const kept = (number: number, instance: string | null = null): KeptEpoch => ({ number, instance });
const lower = expect.objectContaining({ refuse: 'epoch-lower' });
const unproven = expect.objectContaining({ refuse: 'epoch-unproven' });

it('follows a higher number by its certificate, and learns which hub bears it', () => {
  const heard = { epoch: 3, certificate: certificate(3) };
  expect(judgeEpoch(heard, kept(1), pinned)).toEqual({ obey: kept(3, HUB) });
  expect(judgeEpoch({ epoch: 1, certificate: certificate(1) }, kept(1), pinned)).toEqual({
    obey: kept(1, HUB),
  });
});

it('never goes back to a lower number, however well it is certified', () => {
  expect(judgeEpoch({ epoch: 2, certificate: certificate(2) }, kept(3, HUB), pinned)).toEqual(lower);
  expect(judgeEpoch({ epoch: 2 }, kept(3), undefined)).toEqual(lower);
});

it.each([
  ['nobody', () => undefined],
  ['another CA', () => certificate(3, HUB, thief)],
  ['this CA for another building', () => certificate(3, HUB, authority, 'elsewhere')],
  ['this CA for another number', () => certificate(2)],
  ['a changed text', () => ({ ...certificate(2), text: certificate(3).text })],
  ['no text at all', () => ({ ...certificate(3), text: 'x' })],
  ['no signature', () => ({ ...certificate(3), signature: '' })],
])('does not follow a higher number that is certified by %s', (_who, made) => {
  expect(judgeEpoch({ epoch: 3, certificate: made() }, kept(1, HUB), pinned)).toEqual(unproven);
});

it('knows two hubs with one number apart, and keeps to the first', () => {
  const other = { epoch: 3, certificate: certificate(3, OTHER) };
  expect(judgeEpoch(other, kept(3, HUB), pinned)).toEqual(unproven);
  expect(judgeEpoch(other, kept(3), pinned)).toEqual({ obey: kept(3, OTHER) });
});

it('goes on with a hub of its number whose software has no certificates yet', () => {
  expect(judgeEpoch({ epoch: 3 }, kept(3, HUB), pinned)).toEqual({ obey: kept(3, HUB) });
});

it('believes numbers on the hub’s own machine', () => {
  expect(judgeEpoch({ epoch: 3 }, kept(1), undefined)).toEqual({ obey: kept(3) });
});
