/** Where the cloud stands in this hub's log: what it says, held against what it said before and against the log here. */
import { EMPTY_HEAD, type Head } from '@lockerhub/protocol/log/entry.ts';
import type { HeartbeatAnswer } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Store } from '../store/store.ts';
import { CloudFault } from './cloud-fault.ts';
import { type Acknowledged, CLOUD_MARK, keepMark, type Range, RESEND_MARK, readMark } from './sync-marks.ts';

export interface CloudHeadOptions {
  readonly store: Pick<Store, 'query'>;
  readonly log: BuildingLog;
}

/** What an answer says of it. */
type Told = Pick<HeartbeatAnswer, 'head' | 'cloud' | 'countersignature'>;

export class CloudHead {
  readonly #options: CloudHeadOptions;
  #head: Head | null = null;
  #acknowledged: Acknowledged | null = null;

  constructor(options: CloudHeadOptions) {
    this.#options = options;
  }

  /** The newest entry that the cloud holds, as it said last; null: it has not spoken yet, or not since `forget`. */
  get head(): Head | null {
    return this.#head;
  }

  /** The cloud is not where it said; its next answer tells. */
  forget(): void {
    this.#head = null;
  }

  /** How much the cloud has of this hub's log, as it said to this hub: where it stands now may be another one's doing. */
  async seq(): Promise<number> {
    return this.#head?.seq ?? (await this.#keptAcknowledged())?.seq ?? 0;
  }

  /** Compares what the cloud says with what it said before, and with the log here. */
  async heard({ head, cloud, countersignature }: Told): Promise<void> {
    await this.#compare(head);
    this.#head = head;
    const before = await this.#keptAcknowledged();
    const isSame = before?.cloud.system === cloud.system && before.cloud.timeline === cloud.timeline;
    if (before !== null && (!isSame || head.seq < before.seq)) await this.#rewound(head);
    if (!isSame || head.seq !== before.seq) {
      await this.#acknowledge({ cloud, seq: head.seq, countersignature });
    }
  }

  /** @throws CloudFault `fork` if the cloud's entry of this number is another, or one that this hub never wrote. */
  async #compare(head: Head): Promise<void> {
    const own = (await entryAt(this.#options.store, head.seq))?.hash;
    if (own === head.hash) return;
    const what = own === undefined ? 'was never written here' : 'is another one here';
    throw new CloudFault('fork', `entry ${head.seq} of the cloud ${what}`, { head });
  }

  /** The cloud is an earlier one, or another: it gets all rows again, and the log from where it stands. */
  async #rewound(head: Head): Promise<void> {
    const [newest] = await this.#options.store.query<{ version: number | null }>(
      'select max(version) as version from row_stamps',
    );
    const range: Range = { after: 0, upTo: newest?.version ?? 0 };
    await this.#options.log.record(
      { kind: 'hub' },
      [{ type: 'cloud.rewound', data: { seq: head.seq } }],
      [],
      {
        marks: [{ name: RESEND_MARK, value: JSON.stringify(range) }],
      },
    );
  }

  async #keptAcknowledged(): Promise<Acknowledged | null> {
    this.#acknowledged ??= await readMark<Acknowledged>(this.#options.store, CLOUD_MARK);
    return this.#acknowledged;
  }

  async #acknowledge(acknowledged: Acknowledged): Promise<void> {
    this.#acknowledged = acknowledged;
    await keepMark(this.#options.log, CLOUD_MARK, acknowledged);
  }
}

/** The entry of this number here; null: there is none. @throws StoreError */
export async function entryAt(store: Pick<Store, 'query'>, seq: number): Promise<Head | null> {
  if (seq === 0) return EMPTY_HEAD;
  const [found] = await store.query<Head>('select seq, hash from log where seq = $1', [seq]);
  return found ?? null;
}
