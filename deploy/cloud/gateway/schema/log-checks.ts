/** Whether buildings' logs were found whole, and when. Times are ms since 1970 by the gateway's clock. */
import { GATEWAY_ROLE } from './roles.ts';

/**
 * `claimed_until`: a gateway checks it until then. `asked_at`: an operator wants to know. `head_seq`: the newest entry that
 * the last check came to; `damaged_seq`: the first that was not as it was chained, null if all were. No row level security:
 * the one that is due is looked for among all buildings.
 */
export const LOG_CHECKS_DDL: readonly string[] = [
  `create table log_checks (
    building uuid primary key references buildings on delete cascade,
    claimed_until bigint not null default 0,
    asked_at bigint,
    checked_at bigint,
    head_seq bigint,
    damaged_seq bigint,
    detail text
  )`,
  `grant select, insert, update on log_checks to ${GATEWAY_ROLE}`,
];
