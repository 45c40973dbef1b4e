/** Which banks the building has: their files, and the passwords with which their agents sign in. */
import { type Layout, placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import type { BankCredentials } from '@lockerhub/protocol/http/staff.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { z } from 'zod';
import { HubError } from '../error.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import { newToken, tokenHash } from '../sign-in/token.ts';
import type { Rows } from '../store/rows.ts';

export interface BankRegisterOptions {
  readonly register: Register;
  readonly log: BuildingLog;
  readonly random: Random;
  /** Reads a bank file; its error's message says line and key. */
  readonly parseBankFile: (text: string) => { readonly layout: Layout };
  /** Compartments of a bank that hold a delivery. */
  readonly occupied: (bank: string) => readonly number[];
  /** A bank was added, or has a new file and password. */
  readonly onChanged: (bank: string) => void;
}

export class BankRegister {
  readonly #options: BankRegisterOptions;
  /** Passwords of this boot for the agents that run inside the hub: never stored, new at each start. */
  readonly #bridged = new Map<string, string>();

  constructor(options: BankRegisterOptions) {
    this.#options = options;
  }

  exists(bank: string): boolean {
    return this.#options.register.get('banks', bank) !== undefined;
  }

  /** Banks whose PLC the hub itself reaches. */
  reachedByHub(): readonly Rows['banks'][] {
    return this.#options.register.all('banks').filter((bank) => bank.reach === 'hub');
  }

  /** SHA-256 hex digests of the passwords that open this bank's topics. */
  credentialHashes(bank: string): readonly string[] {
    const row = this.#options.register.get('banks', bank);
    if (!row) return [];
    const bridged = this.#bridged.get(bank);
    if (row.reach === 'hub') return bridged === undefined ? [] : [bridged];
    return [row.credentialHash];
  }

  /** A password for the bank's agent inside the hub, good until the next call or the end of the process. */
  bridgePassword(bank: string): string {
    const password = newToken(this.#options.random);
    this.#bridged.set(bank, tokenHash(password));
    return password;
  }

  /**
   * Adds the bank that the file describes, or replaces the file and password of a known one.
   *
   * @throws HubError `bank-file-invalid`, naming line and key; `layout-drops-parcel`.
   */
  async put(by: Actor, file: string, reach: 'hub' | 'agent'): Promise<z.infer<typeof BankCredentials>> {
    const password = newToken(this.#options.random);
    const layout = this.#layoutOf(file);
    const id = layout.bank;
    this.#mustKeepParcels(layout);
    await this.#options.log.record(
      by,
      [
        {
          type: 'row.changed',
          data: { table: 'banks', row: id, fields: ['layout', 'file', 'reach', 'credentialHash'] },
        },
      ],
      [{ table: 'banks', row: { id, layout, file, reach, credentialHash: tokenHash(password) } }],
    );
    this.#options.onChanged(id);
    return { bank: id, username: id, password };
  }

  /**
   * Gives a known bank another file: its password stays, and an agent that the hub runs starts anew with it.
   *
   * @throws HubError `bank-file-invalid`, `layout-drops-parcel`, `not-found`.
   */
  async rewire(by: Actor, bank: string, file: string): Promise<void> {
    const row = this.#options.register.get('banks', bank);
    if (!row) throw new HubError('not-found', `no bank "${bank}" in this building`);
    const layout = this.#layoutOf(file);
    if (layout.bank !== bank) {
      throw new HubError(
        'bank-file-invalid',
        `bank file: it describes the bank "${layout.bank}", not "${bank}"`,
        {
          where: 'body.file',
        },
      );
    }
    this.#mustKeepParcels(layout);
    await this.#options.log.record(
      by,
      [{ type: 'row.changed', data: { table: 'banks', row: bank, fields: ['layout', 'file'] } }],
      [{ table: 'banks', row: { ...row, layout, file } }],
    );
    if (row.reach === 'hub') this.#options.onChanged(bank);
  }

  /** Which bank a file describes. @throws HubError `bank-file-invalid`. */
  bankOf(file: string): string {
    return this.#layoutOf(file).bank;
  }

  /** A parcel behind a door that no layout has could never be collected. */
  #mustKeepParcels(layout: Layout): void {
    const kept = new Set(placedCompartments(layout).map(({ number }) => number));
    const dropped = this.#options.occupied(layout.bank).filter((number) => !kept.has(number));
    if (dropped.length === 0) return;
    throw new HubError(
      'layout-drops-parcel',
      `bank file: the layout has no compartment ${dropped.slice(0, 10).join(', ')} any more, and a parcel is in there; ` +
        'have it collected or withdraw it first',
      { where: 'body.file' },
    );
  }

  #layoutOf(file: string): Layout {
    try {
      return this.#options.parseBankFile(file).layout;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : 'it cannot be read';
      throw new HubError('bank-file-invalid', `bank file: ${why}`, { where: 'body.file', cause });
    }
  }
}
