/** Which cloud this hub belongs to, and the token by which it is known there: a file of its own, never in the store. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';

const CloudAccount = z.strictObject({
  version: z.literal(1),
  /** Of the gateway, without a path. */
  url: z.url({ protocol: /^https?$/ }),
  building: Id,
  /** As the cloud calls it. */
  name: z.string().max(200),
  token: z.string().min(20).max(200),
  /** SPKI in PEM: verifies the cloud's signatures under heads of the log. */
  gatewayKey: z.string().max(4_096),
});
export type CloudAccount = z.infer<typeof CloudAccount>;

/** Reads it; null if this hub never joined. @throws HubError `cloud-account-broken` */
export function readAccount(path: string): CloudAccount | null {
  try {
    return CloudAccount.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new HubError('cloud-account-broken', `${path} cannot be used; remove it and join the cloud again`, {
      cause,
    });
  }
}

/** Writes it, readable by the hub's user only. */
export function writeAccount(path: string, account: CloudAccount): void {
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', 0o600);
  try {
    writeSync(file, JSON.stringify(account));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}

export function forgetAccount(path: string): void {
  rmSync(path, { force: true });
}
