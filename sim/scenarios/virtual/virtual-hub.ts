import { Banks } from '@lockerhub/hub/banks/banks.ts';
import { Building } from '@lockerhub/hub/building/building.ts';
import type { Effect } from '@lockerhub/hub/deliveries/command.ts';
import type { Policy } from '@lockerhub/hub/deliveries/policy.ts';
import type { Roster } from '@lockerhub/hub/deliveries/roster.ts';
import { beginEpoch } from '@lockerhub/hub/epoch/begin-epoch.ts';
import { type MemoryDisk, MemoryLog } from '@lockerhub/hub/store/memory.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { pino } from 'pino';
import { MortalClock, MortalLog } from './mortal.ts';
import { memoryHistory } from './virtual-history.ts';
import type { VirtualNetwork } from './virtual-network.ts';

/** A mail server takes this long. */
const MAIL_MS = 2_000;

export interface VirtualHubOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: MemoryDisk;
  /** Which hub of this building it is. */
  readonly epoch: number;
  readonly network: VirtualNetwork;
  readonly roster: Roster;
  readonly policy: () => Policy;
  readonly codeKey: Uint8Array;
  readonly clockTrust: () => 'trusted' | 'untrusted';
  /** Told of every effect, after its commit. */
  readonly onEffect: (effect: Effect) => void;
  /** A message went out to a resident. */
  readonly onMail: (message: { readonly resident: string; readonly code: string }) => void;
}

/** One life of the hub: from its boot to its death. */
export class VirtualHub {
  readonly building: Building;
  readonly #options: VirtualHubOptions;
  readonly #clock: MortalClock;
  readonly #banks: Banks;
  readonly #log: MemoryLog;

  constructor(options: VirtualHubOptions) {
    this.#options = options;
    const { random, disk, network, roster, epoch } = options;
    this.#clock = new MortalClock(options.clock);
    const log = new MemoryLog({ epoch, random, disk });
    this.#log = log;
    this.building = new Building({
      ...options,
      clock: this.#clock,
      log: new MortalLog(this.#clock, log),
      perform: (effect) => this.#perform(effect),
      disk: () => 'ok',
      fencedBy: () => null,
      isHeld: () => false,
      language: () => 'en',
      timeZone: () => 'UTC',
      onFault: (error) => {
        throw new Error('a tick of the simulated hub failed', { cause: error });
      },
    });
    this.#banks = new Banks({
      clock: this.#clock,
      random,
      log: pino({ level: 'silent' }),
      bootId: newId(this.#clock, random),
      epoch,
      // These agents never joined: they believe numbers.
      certificate: () => undefined,
      history: memoryHistory(disk),
      hashAt: async (seq) => disk.entries[seq - 1]?.hash ?? null,
      head: () => log.head(),
      execute: (command) => this.building.execute(command),
      publish: async (bank, name, message) => network.publish(bank, name, message),
      onListHeld: () => {},
      onScan: () => {},
      exists: (bank) => roster.layouts().some((layout) => layout.bank === bank),
      onState: () => {},
      onChange: () => {},
      disconnect: (bank) => network.drop(bank),
    });
  }

  async start(): Promise<void> {
    const { epoch: number, random, disk, roster } = this.#options;
    await beginEpoch({
      log: this.#log,
      clock: this.#clock,
      began: { number, instance: newId(this.#clock, random), reason: 'replaced' },
      lastEpoch: disk.entries.at(-1)?.epoch ?? null,
      layouts: roster.layouts(),
    });
    await this.building.start();
    this.#options.network.hubUp(this.#banks);
  }

  /** kill -9. */
  kill(): void {
    this.#clock.die();
    this.#options.network.hubDown();
  }

  #perform(effect: Effect): void {
    this.#options.onEffect(effect);
    if (effect.type === 'send-message') this.#send(effect.message);
    else this.#banks.perform(effect);
  }

  #send(message: string): void {
    const queued = this.building.model.messages.get(message);
    if (!queued) return;
    this.#clock.after(MAIL_MS, () => {
      const code = this.building.codeOf(queued.resident);
      if (code) this.#options.onMail({ resident: queued.resident, code });
      void this.building.execute({ type: 'message-sent', message, channel: 'mail' });
    });
  }
}
