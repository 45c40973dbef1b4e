/** The buildings of the cloud, their hubs, and the one-time codes by which a hub enrols. Times are ms since 1970. */
import { GENESIS_HASH } from '@lockerhub/protocol/log/entry.ts';
import { GATEWAY_ROLE } from './roles.ts';

export const BUILDINGS_DDL: readonly string[] = [
  'create table organisations (id uuid primary key, name text not null, made_at bigint not null)',
  // `slug` is null until a hub brings it or an operator says it. `authority`: the CA's certificate, pinned by the first
  // enrolment. `epoch` 0: no hub has ever enrolled. `head_*`: the newest entry that is in the log. `last_stamp`: the
  // latest stamp that the gateway made for this building. `frozen_since`: two hubs bore one epoch.
  `create table buildings (
    id uuid primary key,
    organisation uuid not null references organisations,
    slug text,
    name text not null,
    made_at bigint not null,
    authority text,
    epoch integer not null default 0,
    epoch_instance uuid,
    epoch_certificate jsonb,
    head_seq bigint not null default 0,
    head_hash text not null default '${GENESIS_HASH}',
    last_stamp jsonb,
    envelope text,
    envelope_hash text,
    frozen_since bigint,
    unique (organisation, slug)
  )`,
  // What the hub said last of itself; apart, because it changes twice a minute and the rest hardly ever.
  `create table heartbeats (
    building uuid primary key references buildings on delete cascade,
    instance uuid not null,
    at bigint not null,
    hub_head_seq bigint not null,
    hub_head_hash text not null,
    unsent_entries bigint not null,
    unsent_rows bigint not null,
    wall_ms bigint not null,
    clock text not null,
    disk text not null,
    software text not null,
    schema integer not null
  ) with (fillfactor = 50)`,
  `create table hubs (
    building uuid not null references buildings on delete cascade,
    instance uuid not null,
    epoch integer not null,
    token_hash text not null unique,
    enrolled_at bigint not null,
    revoked_at bigint,
    software text not null,
    schema integer not null,
    primary key (building, instance)
  )`,
  // `used_*`: by which hub and with which certificate. It may repeat its request, because the answer may have been lost.
  `create table enrolment_codes (
    hash text primary key,
    building uuid not null references buildings on delete cascade,
    kind text not null check (kind in ('first', 'replace')),
    made_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    used_by uuid,
    used_certificate text
  )`,
  'create index enrolment_codes_by_building on enrolment_codes (building)',
  // What an operator has to hear of: a fork, a clash, a hub that was fenced. One row a building and kind.
  `create table incidents (
    building uuid not null references buildings on delete cascade,
    kind text not null,
    first_at bigint not null,
    last_at bigint not null,
    times bigint not null,
    detail text not null,
    primary key (building, kind)
  )`,
  // These say who is who, before a building is known: no row level security.
  `grant select, insert, update on organisations, buildings, heartbeats, hubs, enrolment_codes, incidents
   to ${GATEWAY_ROLE}`,
  `grant delete on enrolment_codes, incidents to ${GATEWAY_ROLE}`,
];
