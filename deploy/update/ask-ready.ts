/** How a hub or an agent on this machine is, by its own words. */
import { get } from 'node:http';
import { Ready } from '@lockerhub/protocol/http/agent-status.ts';

const ANSWER_WITHIN_MS = 5_000;
/** A hub's answer is some 200 bytes. */
const MAX_ANSWER_BYTES = 10_000;
const NOT_READY: Ready = { ready: false, held: false, calm: false };

/** Where it says so (`/readyz`): at a port of this machine, or at a socket in its folder. */
export type Place = { readonly port: number } | { readonly socketPath: string };

/** Null: nothing answers. What answers otherwise than a program that is ready is not ready. */
export function askReady(place: Place): Promise<Ready | null> {
  return new Promise((resolve) => {
    const where = { ...place, host: '127.0.0.1', path: '/readyz', timeout: ANSWER_WITHIN_MS };
    const asked = get(where, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.length > MAX_ANSWER_BYTES) response.destroy();
      });
      response.on('close', () => resolve(response.statusCode === 200 ? readyIn(text) : NOT_READY));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(null));
  });
}

function readyIn(text: string): Ready {
  try {
    return Ready.parse(JSON.parse(text));
  } catch {
    // Cut short, or of somebody else: whoever it is, it is not what is waited for.
    return NOT_READY;
  }
}
