/** What an operator has to hear of, one row a building and kind: how often, since when, what last. */
import type { Client } from '../database/database.ts';

export type IncidentKind =
  | 'fork'
  | 'chain-broken'
  | 'epoch-clash'
  /** A hub that was replaced spoke again. */
  | 'fenced-hub'
  /** Somebody enrolled or beat with a certificate that the building's key has not signed. */
  | 'key-foreign'
  /** Entries that stand in the log and take no effect: this software cannot read them. */
  | 'quarantine'
  /** A hub that was replaced handed over what never reached the log. */
  | 'orphans'
  /** The hub's clock runs ahead: its stamps were replaced. */
  | 'clock-ahead'
  /** The hub's log ends before the cloud's: it was restored without a new epoch. */
  | 'hub-behind';

/** Kinds after which nobody can be sure which hub is the building's: opening from afar is frozen. */
const FREEZING: readonly IncidentKind[] = ['fork', 'epoch-clash'];

/** Records it, and freezes opening from afar where the kind says so; a higher epoch ends the freeze. */
export async function recordIncident(
  client: Client,
  incident: {
    readonly building: string;
    readonly kind: IncidentKind;
    readonly detail: string;
    readonly atMs: number;
  },
): Promise<void> {
  const { building, kind, detail } = incident;
  const atMs = Math.floor(incident.atMs);
  await client.query(
    `insert into incidents (building, kind, first_at, last_at, times, detail) values ($1, $2, $3, $3, 1, $4)
     on conflict (building, kind) do update
     set last_at = excluded.last_at, times = incidents.times + 1, detail = excluded.detail`,
    [building, kind, atMs, detail],
  );
  if (!FREEZING.includes(kind)) return;
  await client.query('update buildings set frozen_since = coalesce(frozen_since, $2) where id = $1', [
    building,
    atMs,
  ]);
}
