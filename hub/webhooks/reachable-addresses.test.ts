import { expect, it } from 'vitest';
import { mayReach } from './reachable-addresses.ts';

it.each([
  ['93.184.215.14', true, true],
  ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', true, true],
  ['192.168.1.20', false, true],
  ['10.0.0.1', false, true],
  ['172.31.255.255', false, true],
  ['100.100.0.1', false, true],
  ['127.0.0.1', false, true],
  ['::1', false, true],
  ['fd00::1', false, true],
  ['::ffff:192.168.1.20', false, true],
  ['::ffff:127.0.0.1', false, true],
  ['169.254.169.254', false, false],
  ['::ffff:169.254.169.254', false, false],
  ['fe80::1', false, false],
  ['0.0.0.0', false, false],
  ['::', false, false],
  ['224.0.0.251', false, false],
  ['64:ff9b::7f00:1', false, false],
  ['2002:7f00:1::', false, false],
  ['localhost', false, false],
])('%s: by the internet %s, within the building %s', (address, internet, building) => {
  expect([mayReach(address, 'internet'), mayReach(address, 'building')]).toEqual([internet, building]);
});
