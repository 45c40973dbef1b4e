/** Scans of lines, as the hub asks agents for them: the newest of each bank, kept until the hub ends. */
import type { ScanResponse } from '@lockerhub/protocol/bank/scan.ts';
import type { NewScan, ScanView } from '@lockerhub/protocol/http/scan.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import type { BankLink } from '../banks/bank-link.ts';
import { Refusal } from '../deliveries/refusal.ts';

export interface LineScansOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Undefined: there is no such bank. */
  readonly link: (bank: string) => Pick<BankLink, 'session' | 'scan' | 'stopScan'> | undefined;
}

interface LineScan {
  readonly id: string;
  readonly session: number;
  readonly line: string;
  readonly at: number;
  state: ScanResponse['state'] | null;
}

export class LineScans {
  readonly #options: LineScansOptions;
  /** One a bank: a newer one replaces it. */
  readonly #scans = new Map<string, LineScan>();

  constructor(options: LineScansOptions) {
    this.#options = options;
  }

  /**
   * Asks the bank's agent to scan a line.
   *
   * @throws Refusal `bank-away`, or `not-now` while another scan of the bank runs
   */
  async begin(bank: string, asked: NewScan): Promise<void> {
    const { clock, random, link } = this.#options;
    const session = link(bank)?.session ?? null;
    if (session === null)
      throw new Refusal('bank-away', 'the bank’s agent does not answer; look at its power and network');
    if (this.#isRunning(bank))
      throw new Refusal('not-now', 'a line of this bank is being scanned; wait, or stop that');
    const scan = { id: newId(clock, random), session, line: asked.line, at: clock.wallMs(), state: null };
    this.#scans.set(bank, scan);
    if (await link(bank)?.scan({ id: scan.id, session, ...asked })) return;
    this.#scans.delete(bank);
    throw new Refusal('bank-away', 'the request did not reach the bank’s agent; try again');
  }

  /** Asks the agent to end it; what it found comes as of one that ended by itself. */
  async stop(bank: string): Promise<void> {
    const scan = this.#scans.get(bank);
    if (scan && this.#isRunning(bank)) await this.#options.link(bank)?.stopScan(scan.id);
  }

  /** An agent told where a scan stands. One that nobody waits for any more is passed over. */
  told(bank: string, { id, state }: ScanResponse): void {
    const scan = this.#scans.get(bank);
    if (scan?.id === id) scan.state = state;
  }

  /** The newest scan of a bank, or null. */
  view(bank: string): ScanView['scan'] {
    const scan = this.#scans.get(bank);
    if (!scan) return null;
    const { line, at, state } = scan;
    return { line, at, state: this.#isOpen(scan) && !this.#isRunning(bank) ? { is: 'lost' } : state };
  }

  #isOpen({ state }: LineScan): boolean {
    return state === null || state.is === 'running';
  }

  /** A scan whose session is over tells nothing any more. */
  #isRunning(bank: string): boolean {
    const scan = this.#scans.get(bank);
    return scan !== undefined && this.#isOpen(scan) && this.#options.link(bank)?.session === scan.session;
  }
}
