/** What the building is called and where it is: the row `building` of the settings, and how an empty one gets it. */
import type { Setup } from '@lockerhub/protocol/http/staff.ts';
import { Slug } from '@lockerhub/protocol/ids.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import type { BuildingLog, Fact } from '../log/building-log.ts';
import type { Register } from '../log/register.ts';
import type { RowChange } from '../store/store.ts';

const ROW = 'building';

export const BuildingInfo = z.object({
  building: Slug,
  name: z.string(),
  timeZone: z.string(),
  language: z.string(),
});
export type BuildingInfo = z.infer<typeof BuildingInfo>;

export class BuildingSettings {
  readonly #register: Register;
  readonly #log: BuildingLog;
  #creating = false;

  constructor(register: Register, log: BuildingLog) {
    this.#register = register;
    this.#log = log;
  }

  /** The building, or undefined before it was set up. */
  get(): BuildingInfo | undefined {
    const row = this.#register.get('settings', ROW);
    return row ? BuildingInfo.parse(row.value) : undefined;
  }

  /** The building. @throws HubError `setup-needed`. */
  require(): BuildingInfo {
    const info = this.get();
    if (!info)
      throw new HubError('setup-needed', 'this building is not set up yet; open the page of the hub');
    return info;
  }

  /**
   * Sets an empty building up, once: together with what `more` adds (the first manager) in one transaction.
   *
   * @throws HubError `setup-done`, `building-invalid`.
   */
  async create<More extends { readonly facts: readonly Fact[]; readonly rows: readonly RowChange[] }>(
    by: Actor,
    info: BuildingInfo,
    more: () => Promise<More>,
  ): Promise<More> {
    if (this.get() || this.#creating)
      throw new HubError('setup-done', 'this building is set up already; sign in');
    checkTimeZone(info.timeZone);
    checkLanguage(info.language);
    this.#creating = true;
    try {
      const added = await more();
      const { building, timeZone, language } = info;
      await this.#log.record(
        by,
        [{ type: 'building.created', data: { building, timeZone, language } }, ...added.facts],
        [{ table: 'settings', row: { id: ROW, value: { ...info } } }, ...added.rows],
      );
      return added;
    } finally {
      this.#creating = false;
    }
  }
}

/** The part of a setup that is about the building. */
export function buildingOf(setup: Setup): BuildingInfo {
  const { building, name, timeZone, language } = setup;
  return { building, name, timeZone, language };
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw new HubError('building-invalid', `no time zone "${timeZone}"; use one such as Europe/Berlin`, {
      where: 'body.timeZone',
      cause,
    });
  }
}

function checkLanguage(language: string): void {
  try {
    new Intl.Locale(language);
  } catch (cause) {
    throw new HubError('building-invalid', `no language "${language}"; use one such as en or es-MX`, {
      where: 'body.language',
      cause,
    });
  }
}
