import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AlarmNotice } from '@lockerhub/protocol/http/alarms.ts';
import { signatureOf } from '@lockerhub/protocol/webhooks/signature.ts';
import { expect, it } from 'vitest';
import { callWebhook, isPrivate, requireAllowed } from './webhook.ts';

const NOTICE: AlarmNotice = {
  event: 'test',
  alarm: null,
  organisation: 'Linden Homes',
  kind: null,
  startedAtMs: 0,
  endedAtMs: null,
  now: 0,
  total: 0,
  buildings: [],
};
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const call = (address: string, allowPrivate: boolean) =>
  callWebhook({ address, secret: SECRET }, { id: 'id', body: NOTICE, nowMs: 0 }, { allowPrivate });

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '::1',
  '::',
  'fd00::1',
  'fe80::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  'localhost',
])('%s is on nobody’s internet', (address) => {
  expect(isPrivate(address)).toBe(true);
});

it.each(['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '172.32.0.1'])('%s is', (address) => {
  expect(isPrivate(address)).toBe(false);
});

it.each([
  'http://example.org/',
  'https://user:secret@example.org/',
  'https://127.0.0.1/',
  'https://[::1]/',
  'https://2130706433/',
  'https://0x7f.1/',
])('refuses %s', (address) => {
  expect(() => requireAllowed(address, { allowPrivate: false })).toThrow(/webhook's address/);
});

it('refuses a name that leads to this machine, when it connects', async () => {
  await expect(call('https://localhost:1/', false)).rejects.toThrow('private network');
});

it('follows no redirect', async () => {
  let asked = 0;
  const server = createServer((_asked, answer) => {
    asked += 1;
    answer.writeHead(302, { location: '/again' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await expect(call(`http://127.0.0.1:${port}/`, true)).rejects.toThrow('302');
  expect(asked).toBe(1);
  server.close();
});

it('signs as Standard Webhooks says', () => {
  // The example of the specification (standard-webhooks/spec, "Verifying signatures").
  expect(signatureOf(SECRET, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}')).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});
