/** The banks whose PLC the hub reaches itself: their agents run in the bridge, each with a password of this boot. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import { type Bridge, startBridge } from '../bridge/bridge.ts';
import type { Register } from '../log/register.ts';
import type { Rows } from '../store/rows.ts';
import { SOFTWARE } from '../version.ts';
import type { BankRegister } from './bank-register.ts';

export interface BridgedBanksOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly register: Register;
  readonly bankRegister: BankRegister;
  /** The building's slug; undefined before it was set up. */
  readonly building: () => string | undefined;
  readonly brokerUrl: string;
  /** Where the agents keep their ledgers. */
  readonly folder: string;
}

export class BridgedBanks {
  readonly #options: BridgedBanksOptions;
  #bridge: Bridge | undefined;

  constructor(options: BridgedBanksOptions) {
    this.#options = options;
  }

  /** Starts the agents of all banks that the hub reaches. Without any there is no worker at all. */
  start(): void {
    for (const bank of this.#options.bankRegister.reachedByHub()) this.#drive(bank);
  }

  /** A bank is new, or has another file or reach. */
  changed(bank: string): void {
    const row = this.#options.register.get('banks', bank);
    if (row?.reach === 'hub') this.#drive(row);
    else this.#bridge?.remove(bank);
  }

  /** Resolves once the bridge is seen to work; at once where there is none. */
  async progress(): Promise<void> {
    await this.#bridge?.progress();
  }

  async stop(): Promise<void> {
    await this.#bridge?.stop();
  }

  #drive({ id, file }: Rows['banks']): void {
    const { clock, random, log, bankRegister, building, brokerUrl, folder } = this.#options;
    const slug = building();
    // Without a building there is no bank; `start` runs once more after the setup, through `changed`.
    if (slug === undefined) return;
    const bank = { bank: id, file, username: id, password: bankRegister.bridgePassword(id) };
    if (this.#bridge) {
      this.#bridge.add(bank);
      return;
    }
    this.#bridge = startBridge({
      building: slug,
      brokerUrl,
      folder,
      software: SOFTWARE,
      banks: [bank],
      clock,
      random,
      log,
      onRefused: (refused, detail) => log.error({ bank: refused, detail }, 'the hub cannot drive this bank'),
    });
  }
}
