/** What the cloud tells that needs a person here. */
import { openCase } from './cases.ts';
import type { HubCommand } from './command.ts';
import { type Draft, HUB } from './draft.ts';

type Asked<Type extends HubCommand['type']> = Extract<HubCommand, { type: Type }>;

/** Hub and cloud cannot both be right. */
export function cloudDisagrees(draft: Draft, { kind, detail }: Asked<'cloud-disagrees'>): void {
  openCase(draft, HUB, kind, { door: null, delivery: null, detail });
}

/** Entries of a replaced hub that nobody else has came back by the cloud. One open case stands for all of them. */
export function orphansCame(draft: Draft, { epoch, from, to }: Asked<'orphans-came'>): void {
  const detail = `entries ${from} to ${to} of the hub with number ${epoch}`;
  openCase(draft, HUB, 'orphaned-entries', { door: null, delivery: null, detail });
  const open = [...draft.model.cases.values()].find(({ kind }) => kind === 'orphaned-entries');
  if (open) draft.say(HUB, 'entries.orphaned', { epoch, from, to, case: open.id });
}
