/** The building's keyring, sealed to its recovery key: kept for the hub that will replace this one. */
import { createHash } from 'node:crypto';
import type { AskEnvelope, Envelope } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { z } from 'zod';
import type { Gateway } from '../api/api.ts';
import { lockBuilding } from '../buildings/building.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';
import { codeUnknown, lockCode } from './codes.ts';

/** Keeps it, and the hash by which the hub knows which one the cloud holds. */
export async function keepEnvelope(client: Client, building: string, envelope: string): Promise<void> {
  const hash = createHash('sha256').update(Buffer.from(envelope, 'base64')).digest('hex');
  await client.query('update buildings set envelope = $2, envelope_hash = $3 where id = $1', [
    building,
    envelope,
    hash,
  ]);
}

/**
 * Hands it to whoever has the code of a replacement, which is not used up by that: without the recovery key nobody can
 * open it.
 *
 * @throws GatewayError `code-unknown`, `envelope-none`
 */
export function giveEnvelope(
  { database, clock }: Gateway,
  { code: typed }: z.infer<typeof AskEnvelope>,
): Promise<z.infer<typeof Envelope>> {
  return database.transaction(async (client) => {
    const code = await lockCode(client, typed, clock.wallMs());
    if (code.kind !== 'replace' || code.usedBy !== null) throw codeUnknown();
    const { building } = await lockBuilding(client, code.building);
    const { rows } = await client.query<{ envelope: string | null }>(
      'select envelope from buildings where id = $1',
      [building.id],
    );
    const envelope = rows[0]?.envelope;
    if (!envelope || building.slug === null || building.epoch === 0) {
      throw new GatewayError(
        'envelope-none',
        'the cloud holds no sealed keyring of this building: take it from a backup, or issue all codes anew',
      );
    }
    return { envelope, building: building.slug, epoch: building.epoch };
  });
}
