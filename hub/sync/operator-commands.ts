/**
 * Commands of operators in the cloud. Each is taken once: the log says so before anything is done, and how it ended after.
 */

import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import { Command, type CommandOutcome } from '@lockerhub/protocol/sync/commands.ts';
import type { Logger } from 'pino';
import type { Building } from '../building/building.ts';
import { Refusal } from '../deliveries/refusal.ts';
import type { BuildingLog, Fact } from '../log/building-log.ts';
import type { Store } from '../store/store.ts';
import type { ShapeRow } from './cloud.ts';
import { CloudFault } from './cloud-fault.ts';

export interface OperatorCommandsOptions {
  readonly store: Store;
  readonly log: BuildingLog;
  readonly epoch: number;
  readonly execute: Building['execute'];
  /** The gateway's time; null: not heard in this process. */
  readonly gatewayMs: () => number | null;
  readonly logger: Logger;
}

interface Ended {
  readonly outcome: CommandOutcome;
  readonly detail?: string;
  readonly grant: string | null;
}

export class OperatorCommands {
  readonly #options: OperatorCommandsOptions;

  constructor(options: OperatorCommandsOptions) {
    this.#options = options;
  }

  /** Ends what the last process took and did not end: whether it was done, nobody can say any more. */
  async settle(): Promise<void> {
    const { store, log } = this.#options;
    const taken = await store.query<{ command: string }>(
      `select living.subject as command from living join log on log.seq = living.since
        where log.type = 'command.taken'`,
    );
    const detail = 'the hub was restarted in the middle of it; look at the log of the door';
    const facts = taken.map(({ command }) => ended(command, { outcome: 'failed', detail, grant: null }));
    if (facts.length > 0) await log.record({ kind: 'hub' }, facts);
  }

  /** Takes the commands among these rows that were not taken before, one after the other. @throws CloudFault, StoreError */
  async take(rows: readonly ShapeRow[]): Promise<void> {
    for (const row of rows) {
      const command = readCommand(row);
      if (!command)
        this.#options.logger.error({ id: row.command }, 'a command of the cloud is none; ignored');
      else if (!(await this.#isKnown(command.command))) await this.#carryOut(command);
    }
  }

  async #isKnown(command: string): Promise<boolean> {
    const found = await this.#options.store.query('select 1 from log where subject = $1 limit 1', [command]);
    return found.length > 0;
  }

  async #carryOut(command: Command): Promise<void> {
    const { log } = this.#options;
    const by: Actor = { kind: 'operator', id: command.operator };
    const taken: Fact = {
      type: 'command.taken',
      data: {
        command: command.command,
        kind: command.argument.kind,
        operator: command.operator,
        approvedBy: command.approvedBy,
      },
    };
    const late = this.#tooLate(command);
    if (late) {
      await log.record(by, [taken, ended(command.command, late)]);
      return;
    }
    await log.record(by, [taken]);
    await log.record(by, [ended(command.command, await this.#execute(command))]);
  }

  #tooLate({ epoch, expiresAtMs }: Command): Ended | null {
    const nowMs = this.#options.gatewayMs();
    if (epoch !== this.#options.epoch) return { outcome: 'other-epoch', grant: null };
    // The shape was quicker than the first heartbeat: it comes again.
    if (nowMs === null) throw new CloudFault('unreachable', 'the cloud’s clock was not heard yet');
    return nowMs >= expiresAtMs ? { outcome: 'expired', grant: null } : null;
  }

  async #execute({ argument, operator: staff }: Command): Promise<Ended> {
    const { execute } = this.#options;
    const by = 'operator';
    try {
      switch (argument.kind) {
        case 'open-compartment': {
          const { bank, compartment, reason } = argument;
          const { grant } = await execute({ type: 'staff-open', staff, by, bank, compartment, reason });
          return { outcome: 'done', grant };
        }
        case 'retire-compartment':
        case 'return-compartment': {
          const { bank, compartment, reason } = argument;
          const type = argument.kind === 'retire-compartment' ? 'retire' : 'return';
          await execute({ type, staff, by, bank, compartment, reason });
          return { outcome: 'done', grant: null };
        }
        case 'close-case':
          await execute({
            type: 'close-case',
            staff,
            by,
            case: argument.case,
            resolution: argument.resolution,
          });
          return { outcome: 'done', grant: null };
      }
    } catch (error) {
      if (error instanceof Refusal) {
        return { outcome: 'refused', detail: error.message.slice(0, DETAIL_CHARACTERS), grant: null };
      }
      // Taken it was, and it comes no second time: its operator has to hear that it has ended.
      this.#options.logger.error({ err: error, kind: argument.kind }, 'a command of an operator failed');
      const detail = 'the hub could not do it; look at its program’s log';
      return { outcome: 'failed', detail, grant: null };
    }
  }
}

/** As much of a refusal as an entry takes. */
const DETAIL_CHARACTERS = 200;

function ended(command: string, { outcome, detail, grant }: Ended): Fact {
  return {
    type: 'command.ended',
    data: { command, outcome, ...(detail === undefined ? {} : { detail }), grant },
  };
}

function readCommand(row: ShapeRow): Command | null {
  const parsed = Command.safeParse({
    command: row.command,
    epoch: Number(row.epoch),
    argument: row.argument,
    operator: row.operator,
    approvedBy: row.approved_by,
    issuedAtMs: Number(row.issued_at),
    expiresAtMs: Number(row.expires_at),
  });
  return parsed.success ? parsed.data : null;
}
