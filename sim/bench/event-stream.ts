/** The staff page's events as the bench hears them: with the time at which each arrived. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { StreamEvents } from '@lockerhub/protocol/http/stream.ts';
import { sharedMs } from './samples.ts';

/** An event, and when it arrived (`sharedMs`). */
export type Heard = {
  [Name in keyof StreamEvents]: {
    readonly name: Name;
    readonly data: StreamEvents[Name];
    readonly atMs: number;
  };
}[keyof StreamEvents];

/** Listens from now on. Returns how to stop. @throws Error if the hub refuses. */
export async function listenTo(
  address: string,
  token: string,
  onHeard: (heard: Heard) => void,
): Promise<() => void> {
  const asked = request(`${address}/api/v1/stream`, { headers: { authorization: `Bearer ${token}` } }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  if (answer.statusCode !== 200) throw new Error(`the hub refused its stream (${answer.statusCode})`);
  let unread = '';
  answer.setEncoding('utf8').on('data', (text: string) => {
    const atMs = sharedMs();
    const events = (unread + text).split('\n\n');
    unread = events.pop() ?? '';
    for (const event of events) {
      const name = /^event: (.+)$/m.exec(event)?.[1];
      const data = /^data: (.+)$/m.exec(event)?.[1];
      // The hub's own events, by its contract; a pulse has neither.
      if (name && data) onHeard({ name, data: JSON.parse(data), atMs } as Heard);
    }
  });
  // `destroy` below ends it with an error of its own.
  answer.on('error', () => {});
  return () => void asked.destroy();
}
