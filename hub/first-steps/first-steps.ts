/** Whether a manager put the first steps away: the row `first-steps` of the settings. */
import { PutAway } from '@lockerhub/protocol/http/first-steps.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { BuildingLog } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';

const ROW = 'first-steps';

export class FirstSteps {
  readonly #register: Pick<Register, 'get'>;
  readonly #log: Pick<BuildingLog, 'record'>;

  constructor(register: Pick<Register, 'get'>, log: Pick<BuildingLog, 'record'>) {
    this.#register = register;
    this.#log = log;
  }

  get isPutAway(): boolean {
    return PutAway.safeParse(this.#register.get('settings', ROW)?.value).data?.putAway ?? false;
  }

  /** Puts them away, or gets them back. What is as it was leaves no entry. @throws StoreError */
  async putAway(by: Actor, putAway: boolean): Promise<void> {
    if (putAway === this.isPutAway) return;
    await this.#log.record(
      by,
      [{ type: 'row.changed', data: { table: 'policies', row: ROW, fields: ['putAway'] } }],
      [{ table: 'settings', row: { id: ROW, value: { putAway } } }],
    );
  }
}
