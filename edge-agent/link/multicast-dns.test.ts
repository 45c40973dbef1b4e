import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { openMulticastDns } from './multicast-dns.ts';

it('says that it does not work where its port is taken, and ends nothing else by that', async () => {
  const other = createSocket('udp4');
  other.bind({ port: 0, exclusive: true });
  await once(other, 'listening');
  const troubles: Error[] = [];
  const mdns = await openMulticastDns((error) => troubles.push(error), { port: other.address().port });
  mdns.find({ type: 'lockerhub' });
  await waitFor(() => troubles.length > 0, 5_000, 'the trouble');
  expect(troubles[0]).toMatchObject({ code: 'EADDRINUSE' });
  mdns.destroy();
  other.close();
});
