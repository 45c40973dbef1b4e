/** Who may ask, approve and stop a command, and when: pure. What is refused says why, to the operator. */
import {
  COMMAND_EXPIRES_MS,
  type CommandKind,
  FOUR_EYES,
  OPEN_EXPIRES_MS,
} from '@lockerhub/protocol/sync/commands.ts';
import { isOnline } from '../fleet/needs.ts';

/** How long a command waits for a second operator: who asked still stands at the phone with whoever needs it. */
export const APPROVE_WITHIN_MS = 10 * 60_000;

/** What the cloud knows of the building that is to obey. */
export interface Obeying {
  /** When its hub was last heard, by the gateway's clock; null: never. */
  readonly heardAtMs: number | null;
  /** Two instances bear one epoch. */
  readonly frozen: boolean;
  /** The hub's log and the cloud's differ, so that nobody knows what stands behind which door. */
  readonly forked: boolean;
  /** The instance that speaks for the building is the one that was last heard. */
  readonly speaks: boolean;
}

/** A command that waits for a second operator. */
export interface WaitingCommand {
  readonly kind: CommandKind;
  readonly state: string;
  readonly operator: string;
  readonly expiresAtMs: number;
}

export type CommandRefusal =
  | 'building-offline'
  | 'building-frozen'
  | 'own-command'
  | 'foreign-command'
  | 'command-over'
  | 'no-hub';

/** Whether two operators have to agree on it. */
export function needsApproval(kind: CommandKind): boolean {
  return FOUR_EYES.includes(kind);
}

/** How long a command is good from when the hub may hear of it. */
export function expiresAfterMs(kind: CommandKind): number {
  return kind === 'open-compartment' ? OPEN_EXPIRES_MS : COMMAND_EXPIRES_MS;
}

/**
 * Whether a building can be given this command now. Doors are opened only where the hub hears it at once and nobody
 * else claims to be it; other commands wait for a building that is away.
 */
export function refusalOfBuilding(
  kind: CommandKind,
  building: Obeying,
  nowMs: number,
): CommandRefusal | null {
  if (building.heardAtMs === null) return 'no-hub';
  if (kind !== 'open-compartment') return null;
  if (building.frozen || building.forked || !building.speaks) return 'building-frozen';
  return isOnline(building.heardAtMs, nowMs) ? null : 'building-offline';
}

/** Whether `operator` may approve or refuse a waiting command. */
export function refusalOfDecision(
  command: WaitingCommand,
  operator: string,
  nowMs: number,
): CommandRefusal | null {
  if (command.state !== 'waiting' || nowMs >= command.expiresAtMs) return 'command-over';
  return command.operator === operator ? 'own-command' : null;
}

/** Whether `operator` may withdraw a waiting command: only who asked. */
export function refusalOfWithdrawal(
  command: WaitingCommand,
  operator: string,
  nowMs: number,
): CommandRefusal | null {
  if (command.operator !== operator) return 'foreign-command';
  return command.state !== 'waiting' || nowMs >= command.expiresAtMs ? 'command-over' : null;
}
