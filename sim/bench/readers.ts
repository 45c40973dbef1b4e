/**
 * Staff who read without a pause, in a process of their own: what they do with the answers is no part of an open.
 * Told whom to ask and what by whoever forked it; goes round until it is ended. A refusal ends it with an error.
 */
import { z } from 'zod';
import { HubLink } from '../walk/hub-link.ts';

/** Each reader begins at another place of the list. */
export interface ReadingOrder {
  readonly address: string;
  readonly token: string;
  readonly readers: number;
  readonly paths: readonly string[];
}

process.on('message', ({ address, token, readers, paths }: ReadingOrder) => {
  const staff = new HubLink(address, token);
  for (let reader = 0; reader < readers; reader++) {
    void read(staff, paths, Math.floor((reader * paths.length) / readers));
  }
});
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
process.on('SIGTERM', () => process.exit(0));

async function read(staff: HubLink, paths: readonly string[], from: number): Promise<void> {
  for (let turn = from; ; turn++) {
    const path = paths[turn % paths.length];
    if (path !== undefined) await staff.ask('GET', path, z.unknown());
  }
}
