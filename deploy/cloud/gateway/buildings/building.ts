/** A building as the gateway knows it: which hub speaks for it, up to where its log is here. */
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import type { CloudIdentity } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';

export interface Building {
  readonly id: string;
  readonly organisation: string;
  /** Null until a hub or an operator says it. */
  readonly slug: string | null;
  readonly name: string;
  /** The CA's certificate in PEM; null until the first hub enrols. */
  readonly authority: string | null;
  /** 0 until the first hub enrols. */
  readonly epoch: number;
  /** The hub that bears this epoch. */
  readonly epochInstance: string | null;
  readonly head: Head;
  readonly envelopeHash: string | null;
  /** Since when opening from afar is frozen; null: it is not. */
  readonly frozenSinceMs: number | null;
}

/** A building, and which database says so. */
export interface Found {
  readonly building: Building;
  readonly cloud: CloudIdentity;
}

interface BuildingRow {
  id: string;
  organisation: string;
  slug: string | null;
  name: string;
  authority: string | null;
  epoch: number;
  epoch_instance: string | null;
  head_seq: number;
  head_hash: string;
  envelope_hash: string | null;
  frozen_since: number | null;
  system: string;
  timeline: number;
}

/**
 * The timeline comes from the position that is written now: the control file knows a new one only after the next
 * checkpoint. The database's number tells a dump that was restored beside the old database.
 */
const COLUMNS = `id, organisation, slug, name, authority, epoch, epoch_instance, head_seq, head_hash, envelope_hash,
  frozen_since,
  (select system_identifier from pg_control_system()) || '/' ||
    (select oid from pg_database where datname = current_database()) as system,
  ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as timeline`;

/** A building as it now stands. @throws GatewayError `not-found` */
export function readBuilding(client: Client, id: string): Promise<Found> {
  return select(client, id, '');
}

/**
 * A building, locked until the transaction ends: whoever changes its log, its rows or its epoch holds this lock, so that
 * there is one order. (`no key`: rows that refer to it may be written meanwhile.)
 *
 * @throws GatewayError `not-found`
 */
export function lockBuilding(client: Client, id: string): Promise<Found> {
  return select(client, id, 'for no key update');
}

async function select(client: Client, id: string, lock: string): Promise<Found> {
  const { rows } = await client.query<BuildingRow>(`select ${COLUMNS} from buildings where id = $1 ${lock}`, [
    id,
  ]);
  const [row] = rows;
  if (!row) throw new GatewayError('not-found', `no building ${id}`);
  return {
    building: {
      id: row.id,
      organisation: row.organisation,
      slug: row.slug,
      name: row.name,
      authority: row.authority,
      epoch: row.epoch,
      epochInstance: row.epoch_instance,
      head: { seq: row.head_seq, hash: row.head_hash },
      envelopeHash: row.envelope_hash,
      frozenSinceMs: row.frozen_since,
    },
    cloud: { system: row.system, timeline: row.timeline },
  };
}

/** What every answer to a hub carries (`protocol/sync/hub-messages.ts`). */
export function told({ building, cloud }: Found, gatewayMs: number) {
  return { gatewayMs: Math.floor(gatewayMs), cloud, head: building.head, epoch: building.epoch };
}
