/**
 * The building's recovery key as its hub keeps it: whom the keyring is sealed to, never the key itself. See SPEC.md.
 */
import { createHash } from 'node:crypto';
import { keptInFile } from '@lockerhub/edge-agent/pickups/kept-text.ts';
import type { RecoveryView } from '@lockerhub/protocol/http/recovery.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import { envelopeHeader, MAX_FORMER, seal } from './envelope.ts';
import { newRecoveryKey, readRecoveryKey, sealingKey } from './recovery-key.ts';

/** Whom an envelope is sealed to. */
const Recipient = z.strictObject({
  generation: z.int().min(1),
  madeAtMs: z.number(),
  publicKey: z.base64().max(100),
  /** Somebody has said that it is on paper. */
  confirmed: z.boolean(),
});
type Recipient = z.infer<typeof Recipient>;

const Kept = z.strictObject({
  version: z.literal(1),
  building: z.string(),
  /** Whom the keyring is sealed to. */
  current: Recipient,
  /** Made, and not confirmed: the current one stays good until it is. */
  next: Recipient.nullable(),
  former: z.array(z.string()).max(MAX_FORMER),
  /** SHA-256 of the keyring in the envelope. */
  content: z.hex().length(64),
  envelope: z.string(),
});
type Kept = z.infer<typeof Kept>;

export interface RecoveryOptions {
  /** Of `recovery.json`. */
  readonly path: string;
  /** The keyring, as a text. */
  readonly content: string;
  /** The building's short name. @throws HubError `setup-needed` */
  readonly building: () => string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<BuildingLog, 'record'>;
}

export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #turns = new Turns();
  #kept: Kept | null;

  /**
   * Reads what was kept, and seals again if the keyring has changed since.
   *
   * @throws HubError `recovery-broken`
   */
  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#kept = readKept(options.path);
    if (this.#kept && this.#kept.content !== hashOf(options.content)) this.#keep(this.#kept);
  }

  /** The sealed keyring; null before the first recovery key was made. */
  get envelope(): string | null {
    return this.#kept?.envelope ?? null;
  }

  /** All that is kept, as it stands in the file: for a backup. */
  get kept(): string | null {
    return this.#kept && JSON.stringify(this.#kept);
  }

  /** SHA-256 of the envelope, in hex: the cloud says which one it holds. */
  get envelopeHash(): string | null {
    return this.#kept && hashOf(this.#kept.envelope);
  }

  view(): RecoveryView {
    return viewOfKept(this.#kept);
  }

  /** Makes a recovery key. It is told this once; it replaces the one before when it is confirmed. */
  make(by: Actor): Promise<{ readonly generation: number; readonly key: string }> {
    return this.#turns.take(async () => {
      const { random, clock, log, building } = this.#options;
      const kept = this.#kept;
      const generation = Math.max(kept?.current.generation ?? 0, kept?.next?.generation ?? 0) + 1;
      const key = newRecoveryKey(random);
      const publicKey = sealingKey(readRecoveryKey(key));
      const made = { generation, madeAtMs: clock.wallMs(), publicKey, confirmed: false };
      const first = { building: building(), current: made, next: null, former: [] };
      this.#keep(kept ? { ...kept, next: made } : first);
      await log.record(by, [{ type: 'recovery.made', data: { generation } }]);
      return { generation, key };
    });
  }

  /**
   * A person has it on paper: from now on it opens the keyring, and the one before opens nothing that is sealed later.
   *
   * @throws HubError `recovery-key-unknown`: a newer one was made meanwhile.
   */
  confirm(by: Actor, generation: number): Promise<RecoveryView> {
    return this.#turns.take(async () => {
      const kept = this.#kept;
      if (kept?.next?.generation === generation) {
        const former = [...kept.former, kept.current.publicKey].slice(-MAX_FORMER);
        this.#keep({ ...kept, current: { ...kept.next, confirmed: true }, next: null, former });
      } else if (kept?.current.generation === generation) {
        this.#keep({ ...kept, current: { ...kept.current, confirmed: true } });
      } else {
        throw new HubError(
          'recovery-key-unknown',
          `recovery key no. ${generation} was replaced meanwhile; make a new one, and throw this one away`,
        );
      }
      await this.#options.log.record(by, [{ type: 'recovery.confirmed', data: { generation } }]);
      return this.view();
    });
  }

  #keep(kept: Omit<Kept, 'version' | 'content' | 'envelope'>): void {
    const { path, content, random } = this.#options;
    const { building, current, next, former } = kept;
    const { generation, madeAtMs, publicKey: recipient } = current;
    const known = this.#kept;
    const isSealed = known?.current.publicKey === recipient && known.content === hashOf(content);
    const envelope = isSealed
      ? known.envelope
      : seal(content, { building, generation, madeAtMs, recipient, former }, random);
    this.#kept = { version: 1, building, current, next, former, content: hashOf(content), envelope };
    write(path, this.#kept);
  }
}

/**
 * Keeps an envelope that came from elsewhere (the cloud, a backup) together with the keyring that was in it, so that
 * the recovery key on paper stays the building's.
 */
export function keepEnvelope(path: string, envelope: string, content: string): void {
  const { building, generation, madeAtMs, recipient: publicKey, former } = envelopeHeader(envelope);
  const current = { generation, madeAtMs, publicKey, confirmed: true };
  write(path, { version: 1, building, current, next: null, former, content: hashOf(content), envelope });
}

/** The envelope in what `recovery.json` says, as a backup carries it along. @throws HubError `recovery-broken` */
export function envelopeIn(text: string): string {
  try {
    return Kept.parse(JSON.parse(text)).envelope;
  } catch (cause) {
    throw new HubError('recovery-broken', 'the backup holds no sealed keyring that can be read', { cause });
  }
}

/** The envelope in a hub's folder; null if there is none. @throws HubError `recovery-broken` */
export function readEnvelope(path: string): string | null {
  return readKept(path)?.envelope ?? null;
}

/** How the recovery key in a hub's folder stands. @throws HubError `recovery-broken` */
export function readRecoveryView(path: string): RecoveryView {
  return viewOfKept(readKept(path));
}

function viewOfKept(kept: Kept | null): RecoveryView {
  const { current = null, next = null } = kept ?? {};
  return { current: current && viewOf(current), next: next && viewOf(next) };
}

function viewOf({ generation, madeAtMs, confirmed }: Recipient): NonNullable<RecoveryView['current']> {
  return { generation, madeAt: madeAtMs, confirmed };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function readKept(path: string): Kept | null {
  try {
    const text = keptInFile(path).read();
    return text === null ? null : Kept.parse(JSON.parse(text));
  } catch (cause) {
    throw broken(path, 'cannot be read', cause);
  }
}

function write(path: string, kept: Kept): void {
  try {
    keptInFile(path).write(JSON.stringify(kept));
  } catch (cause) {
    throw broken(path, 'cannot be written', cause);
  }
}

function broken(path: string, what: string, cause: unknown): HubError {
  return new HubError(
    'recovery-broken',
    `${path} ${what}; check the disk, or move the file away and make a new recovery key`,
    { cause },
  );
}
