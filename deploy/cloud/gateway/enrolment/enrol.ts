/** A hub joins its building here: by a one-time code and a certificate of the building's key. */
import { createPublicKey } from 'node:crypto';
import type { EpochClaim } from '@lockerhub/protocol/sync/epoch.ts';
import type { Enrol, Enrolled } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { z } from 'zod';
import type { Gateway } from '../api/api.ts';
import { type Building, lockBuilding, told } from '../buildings/building.ts';
import { reporting } from '../buildings/reporting.ts';
import { newToken } from '../credentials/tokens.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';
import { requireContinuation } from '../log/same-log.ts';
import { adoptEpoch } from './adopt.ts';
import { codeUnknown, type EnrolmentCode, lockCode, markUsed } from './codes.ts';
import { keepEnvelope } from './envelope.ts';
import { clash, compareClaim, fenced, isSameKey, provenClaim } from './epoch-proof.ts';

/**
 * Enrols a hub, in one transaction with the end of its code.
 *
 * @throws GatewayError `code-unknown`, `building-mismatch`, `key-foreign`, `epoch-fenced`, `epoch-clash`, `fork`,
 *   `epoch-unproven`: the code is then as good as before
 */
export function enrol(gateway: Gateway, message: Enrol): Promise<z.infer<typeof Enrolled>> {
  const { database, clock, random, config } = gateway;
  const { token, hash } = newToken(random);
  const nowMs = Math.floor(clock.wallMs());
  let id: string | undefined;
  const work = async (client: Client) => {
    const code = await lockCode(client, message.code, nowMs);
    requireUsable(code, message);
    const { building } = await lockBuilding(client, code.building);
    id = building.id;
    requireName(building, message);
    const claim = claimOf(building, message);
    await settleEpoch(client, building, claim, message);
    await keepHub(client, building.id, { message, claim, hash, nowMs });
    if (message.envelope !== null) await keepEnvelope(client, building.id, message.envelope);
    await markUsed(client, code, { instance: message.instance, certificate: message.epoch.text, nowMs });
    const found = await lockBuilding(client, building.id);
    return {
      ...told(found, nowMs),
      building: building.id,
      name: building.name,
      token,
      gatewayKey: createPublicKey(config.signingKey).export({ type: 'spki', format: 'pem' }).toString(),
    };
  };
  return reporting(
    gateway,
    () => id,
    () => database.transaction(work),
  );
}

/** A used code serves only a repetition by the same hub with the same certificate: the answer may have been lost. */
function requireUsable(code: EnrolmentCode, message: Enrol): void {
  const isRepeated = code.usedBy === message.instance && code.usedCertificate === message.epoch.text;
  if (code.usedBy !== null && !isRepeated) throw codeUnknown();
}

function requireName(building: Building, message: Enrol): void {
  if (building.slug === null || building.slug === message.building) return;
  throw new GatewayError(
    'building-mismatch',
    `this code is for the building "${building.slug}", and the hub is of "${message.building}"`,
    { where: 'body.building' },
  );
}

/** What the certificate claims, if it is the building's, and about this hub. The first enrolment pins the key. */
function claimOf(building: Building, message: Enrol): EpochClaim {
  if (building.authority !== null && !isSameKey(building.authority, message.authority)) {
    throw new GatewayError(
      'key-foreign',
      'this hub has another key than the building: open the sealed keyring with the recovery key first',
    );
  }
  const claim = provenClaim(message.epoch, message.authority);
  if (claim.instance !== message.instance || claim.building !== message.building) {
    throw new GatewayError('request-invalid', 'body.epoch: is about another hub or building', {
      where: 'body.epoch',
    });
  }
  return claim;
}

async function settleEpoch(
  client: Client,
  building: Building,
  claim: EpochClaim,
  message: Enrol,
): Promise<void> {
  const adopted = { epoch: building.epoch, instance: building.epochInstance };
  switch (compareClaim(claim, adopted)) {
    case 'lower':
      throw fenced(building.epoch);
    case 'clash':
      throw clash(building.epoch);
    case 'higher':
      if (message.log) await requireContinuation(client, building, message.log);
      await adoptEpoch(client, building.id, claim, message.epoch);
      break;
    case 'same':
      break;
  }
  await pin(client, building, message);
}

async function pin(client: Client, building: Building, message: Enrol): Promise<void> {
  const { rowCount } = await client.query(
    `update buildings set authority = coalesce(authority, $2), slug = coalesce(slug, $3) where id = $1
     and not exists (select 1 from buildings other
       where other.organisation = $4 and other.slug = $3 and other.id <> $1)`,
    [building.id, message.authority, message.building, building.organisation],
  );
  if (rowCount === 1) return;
  throw new GatewayError(
    'building-mismatch',
    `another building of this organisation is called "${message.building}": make the code for that one`,
    { where: 'body.building' },
  );
}

async function keepHub(
  client: Client,
  building: string,
  hub: { readonly message: Enrol; readonly claim: EpochClaim; readonly hash: string; readonly nowMs: number },
): Promise<void> {
  const { message, claim, hash, nowMs } = hub;
  await client.query(
    `insert into hubs (building, instance, epoch, token_hash, enrolled_at, software, schema)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (building, instance) do update set epoch = excluded.epoch, token_hash = excluded.token_hash,
       enrolled_at = excluded.enrolled_at, revoked_at = null, software = excluded.software, schema = excluded.schema`,
    [building, message.instance, claim.number, hash, nowMs, message.software, message.schema],
  );
}
