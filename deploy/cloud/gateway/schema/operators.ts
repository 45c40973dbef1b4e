/** Operators, what they may do and did, commands, and alarms. Times are ms since 1970 by the gateway's clock. */
import { GATEWAY_ROLE } from './roles.ts';
import { boundToBuilding } from './row-security.ts';

/** What a hub may see of commands stands in `commands`; who asked and who decided in `command_requests`. */
const COMMANDS: readonly string[] = [
  `create table commands (
    building uuid not null references buildings on delete cascade,
    command uuid not null,
    epoch integer not null,
    argument jsonb not null,
    operator uuid not null,
    approved_by uuid,
    issued_at bigint not null,
    expires_at bigint not null,
    primary key (building, command)
  )`,
  ...boundToBuilding('commands'),
  // Electric needs whole rows to tell which building's a changed one was.
  'alter table commands replica identity full',
  `create table command_requests (
    building uuid not null references buildings on delete cascade,
    command uuid not null,
    argument jsonb not null,
    state text not null check (state in ('waiting', 'sent', 'refused', 'withdrawn')),
    operator uuid not null references operators,
    decided_by uuid references operators,
    asked_at bigint not null,
    expires_at bigint not null,
    primary key (building, command)
  )`,
  ...boundToBuilding('command_requests'),
  'create index command_requests_by_time on command_requests (building, asked_at, command)',
];

/** `standings`: what of each building needs a person, by the last round; the page sorts by it. */
const STANDINGS: readonly string[] = [
  `create table standings (
    building uuid primary key references buildings on delete cascade,
    organisation uuid not null references organisations,
    weight integer not null,
    needs jsonb not null,
    open_cases integer not null,
    quarantined integer not null,
    head_seq bigint not null,
    counted_at bigint not null
  ) with (fillfactor = 50)`,
  'create index standings_by_weight on standings (organisation, weight, building)',
  // Two rings of samples a building, so that they never grow: slots are used again.
  `create table health_samples (
    building uuid not null references buildings on delete cascade,
    ring text not null check (ring in ('day', 'month')),
    slot integer not null,
    at bigint not null,
    heard_at bigint,
    unsent_entries bigint not null,
    unsent_rows bigint not null,
    clock_off_ms bigint,
    open_cases integer not null,
    primary key (building, ring, slot)
  ) with (fillfactor = 70)`,
  // Work that one gateway does at a time: whoever moves `due_at` on does it.
  'create table rounds (name text primary key, due_at bigint not null)',
  `insert into rounds (name, due_at) values ('standings', 0), ('samples', 0)`,
];

const ALARMS: readonly string[] = [
  `create table alarms (
    alarm uuid primary key,
    organisation uuid not null references organisations,
    kind text not null,
    started_at bigint not null,
    last_joined_at bigint not null,
    ended_at bigint,
    now integer not null,
    total integer not null,
    acknowledged_by uuid references operators,
    acknowledged_at bigint,
    note text,
    told_event text,
    told_at bigint,
    told_total integer
  )`,
  'create index alarms_open on alarms (organisation, kind) where ended_at is null',
  'create index alarms_by_start on alarms (organisation, started_at, alarm)',
  `create table alarm_conditions (
    building uuid not null references buildings on delete cascade,
    kind text not null,
    state text not null,
    since bigint not null,
    alarm uuid references alarms,
    primary key (building, kind)
  ) with (fillfactor = 70)`,
  `create table alarm_buildings (
    alarm uuid not null references alarms on delete cascade,
    building uuid not null references buildings on delete cascade,
    joined_at bigint not null,
    ended_at bigint,
    primary key (alarm, building)
  )`,
  `create table alarm_targets (
    target uuid primary key,
    organisation uuid not null references organisations,
    channel text not null check (channel in ('mail', 'webhook')),
    address text not null,
    secret text,
    made_at bigint not null,
    removed_at bigint
  )`,
  `create table notices (
    notice uuid primary key,
    target uuid not null references alarm_targets,
    body jsonb not null,
    state text not null check (state in ('due', 'sent', 'failed')),
    made_at bigint not null,
    due_at bigint not null,
    tries integer not null,
    ended_at bigint,
    reason text
  )`,
  `create index notices_due on notices (due_at) where state = 'due'`,
  'create index notices_by_target on notices (target, made_at)',
];

const TABLES = [
  'operators',
  'operator_roles',
  'operator_sessions',
  'invitations',
  'audit',
  'commands',
  'command_requests',
  'standings',
  'health_samples',
  'rounds',
  'alarms',
  'alarm_conditions',
  'alarm_buildings',
  'alarm_targets',
  'notices',
];

export const OPERATORS_DDL: readonly string[] = [
  `alter table buildings add column time_zone text not null default 'UTC'`,
  // A login's failures and an address's, in a window that starts with the first: all gateways count together.
  `create table sign_in_failures (
    key text primary key,
    failures integer not null,
    until bigint not null
  )`,
  'create index sign_in_failures_by_end on sign_in_failures (until)',
  `create table operators (
    operator uuid primary key,
    login text not null unique,
    name text not null,
    password_hash text not null,
    made_at bigint not null,
    signed_in_at bigint
  )`,
  // `disabled_at`: in this organisation alone; who is disabled in all of theirs cannot sign in.
  `create table operator_roles (
    operator uuid not null references operators,
    organisation uuid not null references organisations,
    role text not null check (role in ('viewer', 'support', 'admin')),
    disabled_at bigint,
    primary key (operator, organisation)
  )`,
  'create index operator_roles_by_organisation on operator_roles (organisation)',
  `create table operator_sessions (
    token_hash text primary key,
    operator uuid not null references operators,
    started_at bigint not null
  )`,
  'create index operator_sessions_by_operator on operator_sessions (operator, started_at)',
  `create table invitations (
    invitation uuid primary key,
    token_hash text not null unique,
    organisation uuid not null references organisations,
    role text not null,
    name text not null,
    operator uuid references operators,
    invited_by uuid references operators,
    made_at bigint not null,
    expires_at bigint not null
  )`,
  'create index invitations_by_organisation on invitations (organisation)',
  `create table audit (
    audit uuid primary key,
    organisation uuid not null references organisations,
    at bigint not null,
    operator uuid not null references operators,
    action text not null,
    building uuid references buildings,
    subject text,
    detail jsonb not null,
    address text not null
  )`,
  'create index audit_by_organisation on audit (organisation, audit)',
  ...COMMANDS,
  ...STANDINGS,
  ...ALARMS,
  `grant select, insert, update on ${TABLES.filter((name) => name !== 'audit' && name !== 'commands').join(', ')} to ${GATEWAY_ROLE}`,
  // What operators did stays as it was written; a command that was given cannot be taken back.
  `grant select, insert on audit, commands to ${GATEWAY_ROLE}`,
  `grant delete on operator_sessions, invitations, alarm_conditions, notices to ${GATEWAY_ROLE}`,
  `grant select, insert, update, delete on sign_in_failures to ${GATEWAY_ROLE}`,
];
