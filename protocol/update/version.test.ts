import fc from 'fast-check';
import { expect, it } from 'vitest';
import { standingTo, versionOf } from './version.ts';

it.each([
  ['edge-agent 0.1.0', 'lockerhub 0.1.0', 'same'],
  ['edge-agent 0.9.0', 'lockerhub 0.10.0', 'older'],
  ['edge-agent 1.0.0', 'lockerhub 0.99.99', 'newer'],
  ['edge-agent 0.2.0-rc.1', 'lockerhub 0.2.0', 'older'],
  ['edge-agent 0.2.0', 'lockerhub 0.2.0-rc.1', 'newer'],
  ['edge-agent 0.2.0-rc.1', 'lockerhub 0.2.0-rc.2', 'older'],
  ['edge-agent 0.2.0-rc.9', 'lockerhub 0.2.0-rc.10', 'older'],
  ['edge-agent 0.2.0-rc', 'lockerhub 0.2.0-rc.1', 'older'],
  ['edge-agent 0.2.0-7', 'lockerhub 0.2.0-beta', 'older'],
  ['a build of mine', 'lockerhub 0.2.0', 'unknown'],
  ['', '', 'unknown'],
])('%s beside %s is %s', (mine, theirs, standing) => {
  expect(standingTo(mine, theirs)).toBe(standing);
});

it('whoever is older than another one, that one is newer', () => {
  const number = fc.constantFrom(0, 9, 12);
  const version = fc
    .tuple(number, number, number, fc.constantFrom('', '-rc', '-rc.1', '-rc.2', '-rc.10', '-7', '-7.a'))
    .map(([major, minor, patch, before]) => `x ${major}.${minor}.${patch}${before}`);
  const turned = { older: 'newer', newer: 'older', same: 'same', unknown: 'unknown' } as const;
  fc.assert(
    fc.property(version, version, (a, b) => {
      expect(standingTo(a, b)).toBe(turned[standingTo(b, a)]);
      expect(standingTo(a, b) === 'same').toBe(versionOf(a) === versionOf(b));
    }),
  );
});
