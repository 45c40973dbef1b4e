/** Commands as they are asked for, decided and answered: in a transaction that sees the building. */
import type { CommandView } from '@lockerhub/protocol/http/cloud-commands.ts';
import { type CommandArgument, CommandOutcome } from '@lockerhub/protocol/sync/commands.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';
import {
  APPROVE_WITHIN_MS,
  type CommandRefusal,
  expiresAfterMs,
  needsApproval,
  type Obeying,
  refusalOfBuilding,
  refusalOfDecision,
  refusalOfWithdrawal,
} from './decide.ts';

/** Commands that wait for a building at once: more is a program gone wild. */
const MAX_OPEN = 50;

const WORDS: Readonly<Record<CommandRefusal, string>> = {
  'building-offline':
    'the building is offline: nothing is opened there from afar; somebody there has to do it',
  'building-frozen': 'it is not certain which hub is the building’s: nothing is opened there from afar',
  'no-hub': 'no hub has ever spoken for this building',
  'own-command': 'another operator has to decide about your command',
  'foreign-command': 'only who asked for a command withdraws it; others refuse it',
  'command-over': 'this command no longer waits',
};

function refuse(refusal: CommandRefusal | null): void {
  if (refusal !== null) throw new GatewayError(refusal, WORDS[refusal]);
}

export interface Asked {
  readonly building: string;
  readonly command: string;
  readonly operator: string;
  readonly argument: CommandArgument;
  readonly nowMs: number;
}

/** Writes a command down; one that needs nobody else is given at once. @throws GatewayError as `decide.ts` says */
export async function askCommand(client: Client, asked: Asked): Promise<void> {
  const { building, command, operator, argument, nowMs } = asked;
  const obeying = await readObeying(client, building);
  refuse(refusalOfBuilding(argument.kind, obeying, nowMs));
  await requireRoom(client, nowMs);
  const waits = needsApproval(argument.kind);
  const expiresAtMs = nowMs + (waits ? APPROVE_WITHIN_MS : expiresAfterMs(argument.kind));
  await client.query(
    `insert into command_requests (building, command, argument, state, operator, asked_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [building, command, JSON.stringify(argument), waits ? 'waiting' : 'sent', operator, nowMs, expiresAtMs],
  );
  if (!waits) await give(client, asked, obeying.epoch, null, expiresAtMs);
}

/** Another operator says yes: the building is told, and has to act within the command's time from now. */
export async function approveCommand(
  client: Client,
  decided: {
    readonly building: string;
    readonly command: string;
    readonly operator: string;
    readonly nowMs: number;
  },
): Promise<CommandArgument> {
  const { building, command, operator, nowMs } = decided;
  const waiting = await lockRequest(client, command);
  refuse(refusalOfDecision({ ...waiting, kind: waiting.argument.kind }, operator, nowMs));
  const obeying = await readObeying(client, building);
  refuse(refusalOfBuilding(waiting.argument.kind, obeying, nowMs));
  const expiresAtMs = nowMs + expiresAfterMs(waiting.argument.kind);
  await client.query(
    `update command_requests set state = 'sent', decided_by = $2, expires_at = $3 where command = $1`,
    [command, operator, expiresAtMs],
  );
  const { argument, operator: asker } = waiting;
  await give(
    client,
    { building, command, operator: asker, argument, nowMs },
    obeying.epoch,
    operator,
    expiresAtMs,
  );
  return argument;
}

/** Another operator says no. */
export async function refuseCommand(
  client: Client,
  command: string,
  operator: string,
  nowMs: number,
): Promise<void> {
  const waiting = await lockRequest(client, command);
  refuse(refusalOfDecision({ ...waiting, kind: waiting.argument.kind }, operator, nowMs));
  await client.query(`update command_requests set state = 'refused', decided_by = $2 where command = $1`, [
    command,
    operator,
  ]);
}

/** Who asked takes it back. */
export async function withdrawCommand(
  client: Client,
  command: string,
  operator: string,
  nowMs: number,
): Promise<void> {
  const waiting = await lockRequest(client, command);
  refuse(refusalOfWithdrawal({ ...waiting, kind: waiting.argument.kind }, operator, nowMs));
  await client.query(`update command_requests set state = 'withdrawn' where command = $1`, [command]);
}

async function give(
  client: Client,
  { building, command, operator, argument, nowMs }: Asked,
  epoch: number,
  approvedBy: string | null,
  expiresAtMs: number,
): Promise<void> {
  await client.query(
    `insert into commands (building, command, epoch, argument, operator, approved_by, issued_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [building, command, epoch, JSON.stringify(argument), operator, approvedBy, nowMs, expiresAtMs],
  );
}

async function requireRoom(client: Client, nowMs: number): Promise<void> {
  const { rows } = await client.query<{ open: number }>(
    `select count(*) as open from command_requests q where state in ('waiting', 'sent') and expires_at > $1
       and not exists (select 1 from command_results r where r.command = q.command and r.outcome is not null)`,
    [nowMs],
  );
  if ((rows[0]?.open ?? 0) >= MAX_OPEN) {
    throw new GatewayError('too-many-commands', `${MAX_OPEN} commands wait for this building already`);
  }
}

async function readObeying(client: Client, building: string): Promise<Obeying & { readonly epoch: number }> {
  const { rows } = await client.query<{
    epoch: number;
    frozen: boolean;
    heard_at: number | null;
    speaks: boolean | null;
  }>(
    // The building's row is held, so that no other epoch is adopted between this look and the command.
    `select b.epoch, b.frozen_since is not null as frozen, t.at as heard_at,
       t.instance = b.epoch_instance and exists (
         select 1 from hubs h where h.building = b.id and h.instance = t.instance and h.revoked_at is null) as speaks
     from buildings b left join heartbeats t on t.building = b.id where b.id = $1 for share of b`,
    [building],
  );
  const row = rows[0];
  return {
    epoch: row?.epoch ?? 0,
    frozen: row?.frozen ?? false,
    // A fork freezes too (`buildings/incidents.ts`).
    forked: false,
    heardAtMs: row?.heard_at ?? null,
    speaks: row?.speaks ?? false,
  };
}

interface RequestRow {
  argument: CommandArgument;
  state: 'waiting' | 'sent' | 'refused' | 'withdrawn';
  operator: string;
  expires_at: number;
}

/** A request, locked: of two operators who decide at once, one is first. */
async function lockRequest(client: Client, command: string) {
  const { rows } = await client.query<RequestRow>(
    'select argument, state, operator, expires_at from command_requests where command = $1 for update',
    [command],
  );
  const [row] = rows;
  if (!row) throw new GatewayError('not-found', `no command ${command}`);
  return {
    argument: row.argument,
    state: row.state,
    operator: row.operator,
    expiresAtMs: row.expires_at,
  };
}

interface ViewRow extends RequestRow {
  command: string;
  operator_name: string;
  decider_name: string | null;
  asked_at: number;
  approved_at: number | null;
  taken_at: number | null;
  outcome: string | null;
  detail: string | null;
  ended_at: number | null;
}

/** Commands of the building, newest first. */
export async function readCommands(
  client: Client,
  page: { readonly before: string | null; readonly limit: number },
  nowMs: number,
): Promise<CommandView[]> {
  const { rows } = await client.query<ViewRow>(
    `select q.command, q.argument, q.state, q.operator, o.name as operator_name, d.name as decider_name, q.asked_at,
       case when c.approved_by is not null then c.issued_at end as approved_at, q.expires_at, r.taken_at, r.outcome, r.detail, r.ended_at
     from command_requests q join operators o on o.operator = q.operator
     left join operators d on d.operator = q.decided_by
     left join commands c on c.command = q.command
     left join command_results r on r.command = q.command
     where $1::uuid is null or q.command < $1 order by q.command desc limit $2`,
    [page.before, page.limit],
  );
  return rows.map((row) => ({
    command: row.command,
    argument: row.argument,
    state: stateOf(row, nowMs),
    operator: row.operator,
    operatorName: row.operator_name,
    deciderName: row.decider_name,
    askedAtMs: row.asked_at,
    approvedAtMs: row.approved_at,
    takenAtMs: row.taken_at,
    expiresAtMs: row.expires_at,
    outcome: CommandOutcome.safeParse(row.outcome).data ?? null,
    reason: row.detail,
    endedAtMs: row.ended_at,
  }));
}

function stateOf(row: ViewRow, nowMs: number): CommandView['state'] {
  if (row.outcome !== null) return 'ended';
  if (row.taken_at !== null) return 'taken';
  const isLate = nowMs >= row.expires_at;
  if (row.state === 'waiting') return isLate ? 'lapsed' : 'waiting';
  if (row.state === 'sent') return isLate ? 'expired' : 'sent';
  return row.state;
}
