/** Whether this building belongs to a cloud: joining by a one-time code, leaving, and the sync that runs in between. */
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Enrol, Heartbeat } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import type { Logger } from 'pino';
import type { Building } from '../building/building.ts';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { Store } from '../store/store.ts';
import { type CloudAccount, forgetAccount, readAccount, writeAccount } from './cloud-account.ts';
import { CloudFault } from './cloud-fault.ts';
import { followRows } from './consequences.ts';
import { ElectricShapes } from './electric-shapes.ts';
import { GatewayClient } from './gateway-client.ts';
import { OperatorCommands } from './operator-commands.ts';
import { takeOrphans } from './orphans.ts';
import { Sync, type SyncView } from './sync.ts';
import type { SyncState } from './sync-state.ts';
import type { UplinkOptions } from './uplink.ts';

export interface CloudMembershipOptions {
  /** Of `cloud.json`. */
  readonly path: string;
  readonly store: Store;
  readonly log: BuildingLog;
  readonly register: Register;
  readonly building: Building;
  readonly instance: string;
  readonly epoch: number;
  /** What the hub says of itself when it joins. @throws HubError `setup-needed` */
  readonly introduction: () => Omit<Enrol, 'code' | 'instance'>;
  readonly condition: () => Promise<
    Omit<Heartbeat, 'instance' | 'epoch' | 'head' | 'unsentEntries' | 'unsentRows'>
  >;
  /** The sealed keyring and its SHA-256, both null before there is one. */
  readonly envelope: UplinkOptions['envelope'];
  readonly certificate: UplinkOptions['certificate'];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** How a building without a cloud stands with it. */
const ALONE: SyncView = {
  state: 'alone',
  entries: 0,
  rows: 0,
  heardAgoMs: null,
  lastFault: null,
  isFrozen: false,
};

export class CloudMembership {
  readonly #options: CloudMembershipOptions;
  /** Joining and leaving, one after the other. */
  readonly #turns = new Turns();
  #account: CloudAccount | null = null;
  #sync: Sync | null = null;

  constructor(options: CloudMembershipOptions) {
    this.#options = options;
  }

  /** Settles what the last process left, and goes on with the cloud that the building belongs to. @throws HubError */
  async start(): Promise<void> {
    await this.#commands(() => null).settle();
    this.#account = readAccount(this.#options.path);
    if (this.#account) this.#begin(this.#account);
  }

  async stop(): Promise<void> {
    await this.#turns.ended();
    await this.#sync?.stop();
  }

  /** Which cloud it is; null: none. */
  get cloud(): { readonly url: string; readonly name: string } | null {
    return this.#account && { url: this.#account.url, name: this.#account.name };
  }

  async view(): Promise<SyncView> {
    return this.#sync ? this.#sync.view() : ALONE;
  }

  /**
   * Joins by a one-time code of the cloud's operator. From then on all that is and was here goes there.
   *
   * @throws HubError `cloud-joined`, `cloud-refused` with what to do
   */
  join(by: Actor, url: string, code: string): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#account)
        throw new HubError('cloud-joined', 'this building belongs to a cloud already; leave it first');
      const { instance, introduction, log, path } = this.#options;
      const client = new GatewayClient(url, null);
      const enrolled = await client.enrol({ ...introduction(), code, instance }).catch(refused);
      const { building, name, token, gatewayKey } = enrolled;
      const account = { version: 1, url, building, name, token, gatewayKey } as const;
      writeAccount(path, account);
      await log.record(by, [{ type: 'cloud.joined', data: { building } }]);
      this.#account = account;
      this.#begin(account);
    });
  }

  /** Leaves it: nothing more is sent or taken. What is there stays there until its operator removes it. */
  leave(by: Actor, reason: string): Promise<void> {
    return this.#turns.take(async () => {
      const account = this.#account;
      if (!account) return;
      forgetAccount(this.#options.path);
      await this.#sync?.stop();
      this.#sync = null;
      this.#account = null;
      await this.#options.log.record(by, [
        { type: 'cloud.left', data: { building: account.building, reason } },
      ]);
    });
  }

  #begin({ url, token }: CloudAccount): void {
    const { logger } = this.#options;
    const sync = new Sync({
      ...this.#options,
      push: new GatewayClient(url, token),
      shapes: new ElectricShapes({ url, token, onFailedAttempt: () => {} }),
      onArrived: () => void this.#follow(),
      onState: (state, fault) => this.#callSomebody(state, fault),
      onOther: async (shape, rows) => {
        if (shape === 'commands') await commands.take(rows);
        else if (shape === 'orphans') await takeOrphans(this.#options.building, rows);
      },
    });
    const commands = this.#commands(() => sync.gatewayMs());
    this.#sync = sync;
    sync.start();
    void this.#follow();
    logger.info({ url }, 'sync: belongs to a cloud');
  }

  /** A state in which hub and cloud cannot both be right needs a person. */
  #callSomebody(state: SyncState, fault: CloudFault | null): void {
    const { building, logger } = this.#options;
    const kind = CASE_OF[state];
    if (!kind || !fault) return;
    const detail = fault.message.slice(0, DETAIL_CHARACTERS);
    building.execute({ type: 'cloud-disagrees', kind, detail }).catch((error: unknown) => {
      // The page says so as well, for as long as it is so.
      logger.error({ err: error, state }, 'sync: no case could be opened');
    });
  }

  #commands(gatewayMs: () => number | null): OperatorCommands {
    const { store, log, epoch, building, logger } = this.#options;
    const execute: Building['execute'] = (command) => building.execute(command);
    return new OperatorCommands({ store, log, epoch, execute, gatewayMs, logger });
  }

  async #follow(): Promise<void> {
    await followRows(this.#options).catch((error: unknown) => {
      // The rows are there; the next arrival or start looks again.
      this.#options.logger.error(
        { err: error },
        'sync: what follows from rows of the cloud could not be done',
      );
    });
  }
}

const CASE_OF: Partial<Record<SyncState, 'cloud-disagrees' | 'epoch-clash'>> = {
  forked: 'cloud-disagrees',
  clashed: 'epoch-clash',
};
/** As much of a fault as a case takes. */
const DETAIL_CHARACTERS = 200;

function refused(error: unknown): never {
  if (!(error instanceof CloudFault)) throw error;
  const whatToDo = WHAT_TO_DO[error.code] ?? error.message;
  throw new HubError('cloud-refused', whatToDo, { cause: error, where: 'body' });
}

/** What a person does about it. */
const WHAT_TO_DO: Readonly<Record<string, string>> = {
  unreachable: 'the cloud does not answer at this address; check the address and the connection',
  'code-unknown': 'the cloud does not know this code, or it was used; ask its operator for another one',
  'building-mismatch': 'this code is for another building; ask the cloud’s operator for the right one',
  'key-foreign':
    'the cloud knows this building by another key: replace the hub with the recovery key instead',
  'epoch-fenced':
    'another hub speaks for this building in the cloud; replace it with the recovery key instead',
  'epoch-clash': 'another hub bears this hub’s number in the cloud; replace it with the recovery key instead',
  'too-many-attempts': 'too many codes were tried from here; wait some minutes',
};
