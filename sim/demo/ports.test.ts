import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { choosePort, PortTaken } from './ports.ts';

describe('choosePort', () => {
  const servers: Server[] = [];

  async function taken(): Promise<number> {
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const nothingSpoken = new Set<number>();

  it('gives way to the next free port when a default is taken', async () => {
    const port = await taken();
    const chosen = await choosePort(
      { what: 'the pages', port, askedBy: undefined },
      '127.0.0.1',
      nothingSpoken,
    );
    expect(chosen).toBeGreaterThan(port);
  });

  it('does not hand out a port that is promised already', async () => {
    const port = await taken();
    const first = await choosePort({ what: 'a', port, askedBy: undefined }, '127.0.0.1', nothingSpoken);
    const second = await choosePort({ what: 'b', port, askedBy: undefined }, '127.0.0.1', new Set([first]));
    expect(second).not.toBe(first);
  });

  it('fails by name when the port was asked for', async () => {
    const port = await taken();
    await expect(
      choosePort({ what: "the hub's pages", port, askedBy: '--port' }, '127.0.0.1', nothingSpoken),
    ).rejects.toThrow(
      new PortTaken(`port ${port} (--port) for the hub's pages is taken; free it or ask for another`),
    );
  });
});
