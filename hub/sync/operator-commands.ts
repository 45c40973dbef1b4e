/**
 * Commands of operators in the cloud. Each is taken once: the log says so before anything is done, and how it ended after.
 */

import { Id } from '@lockerhub/protocol/ids.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import { MAX_DETAIL_CHARACTERS } from '@lockerhub/protocol/log/payloads/fields.ts';
import {
  CommandArgument,
  type CommandOutcome,
  type OfferedRelease,
} from '@lockerhub/protocol/sync/commands.ts';
import { EpochNumber } from '@lockerhub/protocol/sync/epoch.ts';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Building } from '../building/building.ts';
import { Refusal } from '../deliveries/refusal.ts';
import { HubError, type HubErrorCode } from '../error.ts';
import type { BuildingLog, Fact } from '../log/building-log.ts';
import type { Store } from '../store/store.ts';
import type { ShapeRow } from './cloud.ts';
import { CloudFault } from './cloud-fault.ts';

export interface OperatorCommandsOptions {
  readonly store: Store;
  readonly log: BuildingLog;
  readonly epoch: number;
  readonly execute: Building['execute'];
  /** Begins to bring the hub to another release; resolves when that is certain to be tried. @throws HubError */
  readonly update: (release: OfferedRelease, operator: string) => Promise<void>;
  /** The gateway's time; null: not heard in this process. */
  readonly gatewayMs: () => number | null;
  readonly logger: Logger;
}

/** A row of the shape. Newer gateways may know kinds that this hub does not, or say more of one: those are answered too. */
const SomeCommand = z.object({
  command: Id,
  epoch: z.coerce.number().pipe(EpochNumber),
  argument: z.looseObject({ kind: z.string().min(1).max(60) }),
  operator: Id,
  approved_by: Id.nullable(),
  expires_at: z.coerce.number().pipe(z.int()),
});
type SomeCommand = z.infer<typeof SomeCommand>;

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
      const parsed = SomeCommand.safeParse(row);
      if (!parsed.success)
        this.#options.logger.error({ id: row.command }, 'a command of the cloud is none; ignored');
      else if (!(await this.#isKnown(parsed.data.command))) await this.#carryOut(parsed.data);
    }
  }

  async #isKnown(command: string): Promise<boolean> {
    const found = await this.#options.store.query('select 1 from log where subject = $1 limit 1', [command]);
    return found.length > 0;
  }

  async #carryOut(command: SomeCommand): Promise<void> {
    const { log } = this.#options;
    const by: Actor = { kind: 'operator', id: command.operator };
    const taken: Fact = {
      type: 'command.taken',
      data: {
        command: command.command,
        kind: command.argument.kind,
        operator: command.operator,
        approvedBy: command.approved_by,
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

  #tooLate({ epoch, expires_at: expiresAtMs }: SomeCommand): Ended | null {
    const nowMs = this.#options.gatewayMs();
    if (epoch !== this.#options.epoch) return { outcome: 'other-epoch', grant: null };
    // The shape was quicker than the first heartbeat: it comes again.
    if (nowMs === null) throw new CloudFault('unreachable', 'the cloud’s clock was not heard yet');
    return nowMs >= expiresAtMs ? { outcome: 'expired', grant: null } : null;
  }

  async #execute({ argument: given, operator: staff }: SomeCommand): Promise<Ended> {
    const { execute, update } = this.#options;
    const by = 'operator';
    const parsed = CommandArgument.safeParse(given);
    if (!parsed.success) {
      const detail = `the hub’s software does not know this ${given.kind}; a newer one may`;
      return { outcome: 'refused', detail, grant: null };
    }
    const argument = parsed.data;
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
        case 'update-hub':
          await update({ version: argument.version, files: argument.files }, staff);
          return { outcome: 'done', detail: 'the hub fetches it; its log says how it ended', grant: null };
      }
    } catch (error) {
      if (error instanceof Refusal || (error instanceof HubError && REFUSES.has(error.code))) {
        return { outcome: 'refused', detail: error.message.slice(0, MAX_DETAIL_CHARACTERS), grant: null };
      }
      // Taken it was, and it comes no second time: its operator has to hear that it has ended.
      this.#options.logger.error({ err: error, kind: argument.kind }, 'a command of an operator failed');
      const detail = 'the hub could not do it; look at its program’s log';
      return { outcome: 'failed', detail, grant: null };
    }
  }
}

/** What an update is refused for. */
const REFUSES: ReadonlySet<HubErrorCode> = new Set(['update-unfit', 'update-running', 'update-no-room']);

function ended(command: string, { outcome, detail, grant }: Ended): Fact {
  return {
    type: 'command.ended',
    data: { command, outcome, ...(detail === undefined ? {} : { detail }), grant },
  };
}
