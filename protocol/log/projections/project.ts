/**
 * The tables that people query, as a fold of the log: one set for hub and cloud.
 *
 * All columns of time are ms since 1970 (bigint) by the hub's clock as it then was; order is `seq`, never a time.
 */
import type { Entry } from '../entry.ts';
import { decodePayload, type Payload, type UnknownPayload } from '../payload.ts';
import { CASES_CHANGES, CASES_TABLE, projectCases } from './cases.ts';
import { type Change, type Effect, one } from './change.ts';
import { COMMAND_RESULTS_TABLE, COMMANDS_CHANGES, projectCommands } from './commands.ts';
import { DELIVERIES_CHANGES, DELIVERIES_TABLE, projectDeliveries } from './deliveries.ts';
import { GRANTS_CHANGES, GRANTS_TABLE, projectGrants } from './grants.ts';
import { LIVING_CHANGES, LIVING_TABLE, projectLiving } from './living.ts';
import { LOCK_DAYS_CHANGES, LOCK_DAYS_TABLE, projectLockDays } from './lock-days.ts';
import { LOG_TABLE, projectLog } from './log.ts';
import { MESSAGES_CHANGES, MESSAGES_TABLE, projectMessages } from './messages.ts';
import type { Position, Statement } from './statement.ts';
import { hubTable, type Table } from './table.ts';
import { TALLIES_AT_ZERO, TALLIES_TABLE } from './tallies.ts';

/** Raised with any change of these tables, of what they mean, or of the entry types: they are then folded anew. */
export const PROJECTION_VERSION = 30;

/** Everything that the log can be folded into again. */
export const PROJECTIONS: readonly Table[] = [
  LIVING_TABLE,
  TALLIES_TABLE,
  DELIVERIES_TABLE,
  GRANTS_TABLE,
  MESSAGES_TABLE,
  CASES_TABLE,
  LOCK_DAYS_TABLE,
  COMMAND_RESULTS_TABLE,
];

/** Their names. */
export const PROJECTION_TABLES: readonly string[] = PROJECTIONS.map(({ name }) => name);

/** How a hub's store gets the log itself: never rebuilt, for nothing else remembers it. */
export const LOG_DEFINITION: readonly string[] = hubTable(LOG_TABLE);

/** How a hub's store gets the projections, empty. */
export const PROJECTION_DEFINITIONS: readonly string[] = [...PROJECTIONS.flatMap(hubTable), TALLIES_AT_ZERO];

/** Every change that `effects` makes → its place in the order in which those of one subject come. */
export const CHANGE_RANKS: ReadonlyMap<Change, number> = new Map(
  [
    ...LIVING_CHANGES,
    ...DELIVERIES_CHANGES,
    ...GRANTS_CHANGES,
    ...MESSAGES_CHANGES,
    ...CASES_CHANGES,
    ...LOCK_DAYS_CHANGES,
    ...COMMANDS_CHANGES,
  ].map((change, rank) => [change, rank]),
);

const PROJECTORS: readonly ((payload: Payload, position: Position) => Effect[])[] = [
  projectLiving,
  projectDeliveries,
  projectGrants,
  projectMessages,
  projectCases,
  projectLockDays,
  projectCommands,
];

/**
 * The statements that make an entry take effect, to be run in order and in the transaction that appends it. An entry
 * of a type that this software does not know is kept in `log` and changes nothing else.
 *
 * @throws ProtocolError `entry-invalid` if the payload is none, or one of a known type whose fields do not fit.
 */
export function project(entry: Entry): Statement[] {
  const payload = decodePayload(entry.payload);
  return [...projectLog(entry, payload), ...effects(payload, entry).map(one)];
}

/** As `project`, for an entry that `log` already holds: what a rebuild of the other tables runs. */
export function reproject(entry: Entry): Statement[] {
  return effects(decodePayload(entry.payload), entry).map(one);
}

/** What a payload changes in the projections: nothing, if its type is unknown. */
export function effects(payload: Payload | UnknownPayload, position: Position): Effect[] {
  if (payload.type === 'unknown') return [];
  return PROJECTORS.flatMap((projector) => projector(payload, position));
}
