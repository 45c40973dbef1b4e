/** Whether this building belongs to a cloud: joining by a one-time code, leaving, and the sync that runs in between. */
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import { MAX_DETAIL_CHARACTERS } from '@lockerhub/protocol/log/payloads/fields.ts';
import type { Enrol, Heartbeat } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import type { Logger } from 'pino';
import type { Building } from '../building/building.ts';
import type { HubCommand } from '../deliveries/command.ts';
import type { Fence } from '../epoch/fence.ts';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { SyncFigures } from '../metrics/sync-metrics.ts';
import type { CloudAddress } from '../recovery/cloud-standing.ts';
import type { Store } from '../store/store.ts';
import { type CloudAccount, forgetAccount, readAccount, writeAccount } from './cloud-account.ts';
import { CloudFault } from './cloud-fault.ts';
import { entryAt } from './cloud-head.ts';
import { type ConsequencesOptions, followRows } from './consequences.ts';
import { countersignedHead } from './countersigned.ts';
import { ElectricShapes } from './electric-shapes.ts';
import { GatewayClient } from './gateway-client.ts';
import { OperatorCommands, type OperatorCommandsOptions } from './operator-commands.ts';
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
  readonly accounts: ConsequencesOptions['accounts'];
  readonly instance: string;
  readonly epoch: number;
  readonly fence: Fence;
  /** What the hub says of itself when it joins. @throws HubError `setup-needed` */
  readonly introduction: () => Omit<Enrol, 'code' | 'instance'>;
  readonly condition: () => Promise<
    Omit<Heartbeat, 'instance' | 'epoch' | 'head' | 'unsentEntries' | 'unsentRows'>
  >;
  /** The sealed keyring and its SHA-256, both null before there is one. */
  readonly envelope: UplinkOptions['envelope'];
  readonly certificate: UplinkOptions['certificate'];
  readonly update: OperatorCommandsOptions['update'];
  readonly heartbeatEveryMs: number;
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

  /** Where the building is found there, for a hub that is put back; null: it belongs to no cloud. */
  get address(): CloudAddress | null {
    return this.#account && { url: this.#account.url, building: this.#account.building };
  }

  /** For `/metrics`; null: it belongs to no cloud. @throws StoreError */
  async figures(): Promise<SyncFigures | null> {
    return (await this.#sync?.figures()) ?? null;
  }

  /** The newest entry of the log that the cloud has signed for; null: none. @throws StoreError */
  async countersigned(): Promise<Head | null> {
    return this.#account && countersignedHead(this.#options.store, this.#account);
  }

  /** A piece of a release that the cloud offers. @throws CloudFault */
  release(sha256: string, at: number, most: number): Promise<Uint8Array> {
    if (!this.#account) throw new CloudFault('unreachable', 'the building belongs to no cloud any more');
    const { url, token } = this.#account;
    return new GatewayClient(url, token).release(sha256, at, most);
  }

  async view(): Promise<SyncView> {
    const view = this.#sync ? await this.#sync.view() : ALONE;
    return this.#options.fence.by === null ? view : { ...view, state: 'fenced' };
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
      if (this.#options.fence.by !== null) throw new HubError('cloud-refused', REPLACED);
      const { instance, introduction, log, path } = this.#options;
      const client = new GatewayClient(url, null);
      const enrolled = await this.#enrol(client, { ...introduction(), code, instance }).catch(refused);
      const { building, name, token, gatewayKey } = enrolled;
      const account = { version: 1, url, building, name, token, gatewayKey } as const;
      writeAccount(path, account);
      await log.record(by, [{ type: 'cloud.joined', data: { building } }]);
      this.#account = account;
      this.#begin(account);
    });
  }

  /** A cloud that has a log of this building takes only a hub that goes on with it: it says up to where, and asks. */
  async #enrol(client: GatewayClient, asked: Enrol): Promise<Awaited<ReturnType<GatewayClient['enrol']>>> {
    const { log, store } = this.#options;
    const own = { head: log.head() };
    try {
      return await client.enrol({ ...asked, log: own });
    } catch (error) {
      if (!(error instanceof CloudFault) || error.code !== 'epoch-unproven' || !error.head) throw error;
      const holds = await entryAt(store, error.head.seq);
      return client.enrol({ ...asked, log: { ...own, holds } });
    }
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
      isFenced: this.#options.fence.by !== null,
      push: new GatewayClient(url, token),
      shapes: new ElectricShapes({ url, token, onFailedAttempt: () => {} }),
      onArrived: () => void this.#follow(),
      onState: (state, fault) => this.#callSomebody(state, fault),
      onRefused: (what, { code, message }) => {
        logger.error({ what, code, why: message }, 'sync: the cloud does not take it');
        // Without the cloud's words: nobody knows what of a row they repeat, and the log holds ids only.
        this.#openCase('cloud-refuses', `${what}: ${code}`);
      },
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

  /** A state in which hub and cloud cannot both be right needs a person; one that is fenced has nothing more to say. */
  #callSomebody(state: SyncState, fault: CloudFault | null): void {
    if (state === 'fenced') this.#fence(fault?.epoch);
    const kind = CASE_OF[state];
    if (kind && fault) this.#openCase(kind, fault.message);
  }

  #openCase(kind: CloudCase, message: string): void {
    const { building, logger } = this.#options;
    const detail = message.slice(0, MAX_DETAIL_CHARACTERS);
    building.execute({ type: 'cloud-disagrees', kind, detail }).catch((error: unknown) => {
      // The page says so as well, for as long as it is so.
      logger.error({ err: error, kind }, 'sync: no case could be opened');
    });
  }

  #fence(by: number | undefined): void {
    const { fence, epoch, logger } = this.#options;
    try {
      fence.raise(by ?? epoch + 1);
    } catch (error) {
      // It holds for this process; the next one hears it from the cloud again.
      logger.error({ err: error }, 'sync: that another hub speaks could not be kept');
    }
  }

  #commands(gatewayMs: () => number | null): OperatorCommands {
    const { store, log, epoch, building, update, logger } = this.#options;
    const execute: Building['execute'] = (command) => building.execute(command);
    return new OperatorCommands({ store, log, epoch, execute, update, gatewayMs, logger });
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

const REPLACED =
  'another hub speaks for this building: restore this one with the recovery key first (hub restore), or end it';

type CloudCase = Extract<HubCommand, { type: 'cloud-disagrees' }>['kind'];

const CASE_OF: Partial<Record<SyncState, CloudCase>> = {
  forked: 'cloud-disagrees',
  clashed: 'epoch-clash',
};

function refused(error: unknown): never {
  if (!(error instanceof CloudFault)) throw error;
  const whatToDo = WHAT_TO_DO[error.code] ?? error.message;
  throw new HubError('cloud-refused', whatToDo, { cause: error, where: FIELD[error.code] ?? 'body' });
}

/** The field that is wrong, where it is one. */
const FIELD: Readonly<Record<string, string>> = { unreachable: 'body.url', 'code-unknown': 'body.code' };

/** What a person does about it. */
const WHAT_TO_DO: Readonly<Record<string, string>> = {
  unreachable: 'the cloud does not answer at this address; check the address and the connection',
  'code-unknown':
    'the cloud does not know this code: it was mistyped, used, or has expired; ask its operator for another one',
  'building-mismatch': 'this code is for another building; ask the cloud’s operator for the right one',
  'key-foreign':
    'the cloud knows this building by another key: replace the hub with the recovery key instead',
  'epoch-fenced':
    'another hub speaks for this building in the cloud; replace it with the recovery key instead',
  fork: 'the cloud has another log of this building, or more of it than this hub: replace the hub with the recovery key instead (hub replace)',
  'epoch-clash': 'another hub bears this hub’s number in the cloud; replace it with the recovery key instead',
  'too-many-attempts': 'too many codes were tried from here; wait some minutes',
};
