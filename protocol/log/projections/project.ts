/**
 * The tables that people query, as a fold of the log: one set for hub and cloud.
 *
 * All columns of time are ms since 1970 (bigint) by the hub's clock as it then was; order is `seq`, never a time.
 */
import type { Entry } from '../entry.ts';
import { decodePayload, type Payload } from '../payload.ts';
import { CASES_TABLE, projectCases } from './cases.ts';
import { DELIVERIES_TABLE, projectDeliveries } from './deliveries.ts';
import { GRANTS_TABLE, projectGrants } from './grants.ts';
import { LIVING_TABLE, projectLiving } from './living.ts';
import { LOCK_DAYS_TABLE, projectLockDays } from './lock-days.ts';
import { LOG_TABLE, projectLog } from './log.ts';
import { MESSAGES_TABLE, projectMessages } from './messages.ts';
import type { Position, Statement } from './statement.ts';
import { TALLIES_TABLE } from './tallies.ts';

/** Raised with any change of these tables, of what they mean, or of the entry types: they are then folded anew. */
export const PROJECTION_VERSION = 12;

/** The log itself: never rebuilt, for nothing else remembers it. */
export const LOG_DEFINITION: readonly string[] = LOG_TABLE;

/** Everything that the log can be folded into again, in the order of its creation. */
export const PROJECTION_DEFINITIONS: readonly string[] = [
  ...LIVING_TABLE,
  ...TALLIES_TABLE,
  ...DELIVERIES_TABLE,
  ...GRANTS_TABLE,
  ...MESSAGES_TABLE,
  ...CASES_TABLE,
  ...LOCK_DAYS_TABLE,
];

/** The tables that `PROJECTION_DEFINITIONS` creates. */
export const PROJECTION_TABLES = [
  'living',
  'tallies',
  'deliveries',
  'grants',
  'messages',
  'cases',
  'lock_days',
] as const;

const PROJECTORS: readonly ((payload: Payload, position: Position) => Statement[])[] = [
  projectLiving,
  projectDeliveries,
  projectGrants,
  projectMessages,
  projectCases,
  projectLockDays,
];

/**
 * The statements that make an entry take effect, to be run in order and in the transaction that appends it. An entry
 * of a type that this software does not know is kept in `log` and changes nothing else.
 *
 * @throws ProtocolError `entry-invalid` if the payload is none, or one of a known type whose fields do not fit.
 */
export function project(entry: Entry): Statement[] {
  const payload = decodePayload(entry.payload);
  const kept = projectLog(entry, payload);
  return payload.type === 'unknown' ? kept : [...kept, ...projections(payload, entry)];
}

/** As `project`, for an entry that `log` already holds: what a rebuild of the other tables runs. */
export function reproject(entry: Entry): Statement[] {
  const payload = decodePayload(entry.payload);
  return payload.type === 'unknown' ? [] : projections(payload, entry);
}

function projections(payload: Payload, position: Position): Statement[] {
  return PROJECTORS.flatMap((projector) => projector(payload, position));
}
