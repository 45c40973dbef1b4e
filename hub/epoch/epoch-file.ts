/**
 * Which hub this is: its instance and the number under which it speaks for the building, in a file of the data folder. A
 * copy of the folder bears the same number; what tells two such copies apart is the cloud, and the agents' ledgers.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Id, type Slug } from '@lockerhub/protocol/ids.ts';
import {
  type EpochCertificate,
  type EpochClaim,
  EpochNumber,
  epochBytes,
  FIRST_EPOCH,
} from '@lockerhub/protocol/sync/epoch.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import type { Authority } from '../keyring/authority.ts';

const EpochReason = z.enum(['first', 'replaced', 'restored']);
const EpochFile = z.strictObject({
  version: z.literal(1),
  number: EpochNumber,
  instance: Id,
  reason: EpochReason.default('first'),
  fencedBy: EpochNumber.optional(),
});

export interface Epoch {
  readonly number: number;
  readonly instance: Id;
  /** Why this hub began to speak for the building. */
  readonly reason: z.infer<typeof EpochReason>;
  /** The number of the hub that speaks since; undefined: this one does. */
  readonly fencedBy?: number | undefined;
}

/**
 * Reads it; at a hub's first start makes it, with the first number.
 *
 * @throws HubError `epoch-broken` if the file is there and holds something else: it is never replaced, because under
 *   another instance this would be another hub.
 */
export function openEpoch(path: string, clock: Clock, random: Random): Epoch {
  const known = readEpoch(path);
  if (known) return known;
  const epoch: Epoch = { number: FIRST_EPOCH, instance: newId(clock, random), reason: 'first' };
  writeEpoch(path, epoch);
  return epoch;
}

/** Undefined: no hub has ever started here. @throws HubError `epoch-broken` */
export function readEpoch(path: string): Epoch | undefined {
  const text = readIfThere(path);
  return text === undefined ? undefined : parse(path, text);
}

/** Notes under which number this hub speaks from its next start on, or who speaks in its place. @throws HubError `epoch-broken`. */
export function writeEpoch(path: string, { number, instance, reason, fencedBy }: Epoch): void {
  const beside = `${path}.new`;
  try {
    const file = openSync(beside, 'w', 0o600);
    try {
      writeSync(file, JSON.stringify({ version: 1, number, instance, reason, fencedBy }));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
    syncFolder(dirname(path));
  } catch (cause) {
    throw broken(path, 'it cannot be written', cause);
  }
}

/**
 * The certificate of an epoch, by the building's key. It says the same however often it is made: by that the cloud knows
 * a hub that repeats its enrolment, also after a restart. The time in it is the instance's own, by its id (UUID v7).
 */
export function certifyEpoch(
  { number, instance }: Pick<Epoch, 'number' | 'instance'>,
  building: Slug,
  authority: Authority,
): EpochCertificate {
  const atMs = Number.parseInt(instance.replaceAll('-', '').slice(0, 12), 16);
  const claim: EpochClaim = { building, number, instance, atMs };
  const text = JSON.stringify(claim);
  return { text, signature: Buffer.from(authority.sign(epochBytes(text))).toString('base64') };
}

function parse(path: string, text: string): Epoch {
  try {
    const { number, instance, reason, fencedBy } = EpochFile.parse(JSON.parse(text));
    return { number, instance, reason, ...(fencedBy === undefined ? {} : { fencedBy }) };
  } catch (cause) {
    throw broken(path, 'its content is not an epoch', cause);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw broken(path, 'it cannot be read', error);
  }
}

/** A rename is on the disk once its folder is. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function broken(path: string, what: string, cause: unknown): HubError {
  return new HubError('epoch-broken', `${path}: ${what}; put it back from a backup, or replace this hub`, {
    cause,
  });
}
