/** All banks of the building: each message to its link, each effect to its agent. */
import type { BankState } from '@lockerhub/protocol/bank/messages.ts';
import type { ScanResponse } from '@lockerhub/protocol/bank/scan.ts';
import type { Arrived, MessageOf } from '@lockerhub/protocol/bank/topics.ts';
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import type { Effect } from '../deliveries/command.ts';
import { BankLink, type BankLinkOptions, type BankTopic } from './bank-link.ts';

export interface BanksOptions
  extends Omit<
    BankLinkOptions,
    'bank' | 'publish' | 'onState' | 'onChange' | 'disconnect' | 'onListHeld' | 'onScan'
  > {
  readonly publish: <Name extends BankTopic>(
    bank: string,
    name: Name,
    message: MessageOf<Name>,
  ) => Promise<boolean>;
  /** Whether the building has such a bank. */
  readonly exists: (bank: string) => boolean;
  /** An agent said who it is. */
  readonly onState: (bank: string, state: BankState) => void;
  /** Called after each change of a bank's availability or lines. */
  readonly onChange: (bank: string) => void;
  /** Ends the connection to a bank's agent. */
  readonly disconnect: (bank: string) => void;
  /** An agent said which pickup list it holds. */
  readonly onListHeld: (bank: string, version: number) => void;
  /** An agent said how a scan goes. */
  readonly onScan: (bank: string, response: ScanResponse) => void;
}

export class Banks {
  readonly #options: BanksOptions;
  readonly #links = new Map<string, BankLink>();

  constructor(options: BanksOptions) {
    this.#options = options;
  }

  /** The bank's link, or undefined if the building has no such bank. */
  link(bank: string): BankLink | undefined {
    const known = this.#links.get(bank);
    if (known || !this.#options.exists(bank)) return known;
    const {
      publish,
      onState,
      onChange,
      disconnect,
      onListHeld,
      onScan,
      exists: _,
      ...shared
    } = this.#options;
    const link = new BankLink({
      ...shared,
      bank,
      publish: (name, message) => publish(bank, name, message),
      onState: (state) => onState(bank, state),
      onChange: () => onChange(bank),
      disconnect: () => disconnect(bank),
      onListHeld: (version) => onListHeld(bank, version),
      onScan: (response) => onScan(bank, response),
    });
    this.#links.set(bank, link);
    return link;
  }

  /** Takes a message of a bank's agent. `false`: too many wait, drop the connection. */
  receive(bank: string, arrived: Arrived): boolean {
    return this.link(bank)?.receive(arrived) ?? true;
  }

  disconnected(bank: string): void {
    this.#links.get(bank)?.disconnected('the connection to its agent broke');
  }

  /** Carries out an effect that concerns a bank; others are not its business. */
  perform(effect: Effect): void {
    switch (effect.type) {
      case 'open':
        void this.link(effect.bank)?.open(effect);
        break;
      case 'ask-outcomes':
        this.link(effect.bank)?.askOutcomes(effect);
        break;
      case 'ask-records':
        this.link(effect.bank)?.askRecord(effect);
        break;
      case 'taken-over':
        void this.link(effect.bank)?.takenOver(effect);
        break;
      case 'acknowledge':
        void this.link(effect.bank)?.acknowledge(effect.session, effect.number);
        break;
      default:
        break;
    }
  }

  /** What the agents have seen of this hub's log, by bank. */
  heads(): { readonly bank: string; readonly head: Head }[] {
    return [...this.#links].flatMap(([bank, { seenHead }]) => (seenHead ? [{ bank, head: seenHead }] : []));
  }

  /** Banks online now. */
  get online(): number {
    return [...this.#links.values()].filter((link) => link.online).length;
  }

  /** Ends all heartbeats and questions and waits until what was received is done. */
  async stop(): Promise<void> {
    for (const link of this.#links.values()) link.stop();
    await Promise.all([...this.#links.values()].map((link) => link.settled()));
  }
}
