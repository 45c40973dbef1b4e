/** Makes what happens in the hub into the events that staff pages hear. */
import type { Entry } from '@lockerhub/protocol/log/entry.ts';
import { bankStatus, doorView } from './building.ts';
import { findCase } from './cases.ts';
import type { Hub } from './hub.ts';
import { entryView } from './log-views.ts';

/** Starts to tell pages of entries and cases. Returns how to stop that. */
export function tellEntries(hub: Hub): () => void {
  return hub.buildingLog.onAppended((entries) => {
    for (const entry of entries) {
      try {
        tellEntry(hub, entry);
      } catch (error) {
        // It is committed already: a page that misses it must not make the commit look failed.
        hub.log.error({ err: error, seq: entry.seq }, 'an entry could not be told');
      }
    }
  });
}

function tellEntry(hub: Hub, entry: Entry): void {
  const view = entryView(entry);
  hub.events.send('entry', view);
  // Whoever ended what they may, here or in the cloud: what happens is no longer theirs to hear.
  if (view.data.table === 'staff' || view.type === 'api-key.revoked') hub.events.endForeign();
  if (!view.type.startsWith('case.')) return;
  const id = String(view.data.case);
  findCase(hub.store, id)
    .then((found) => found && hub.events.send('case', found))
    // The page asks for its cases anew when it comes back; only this event is lost.
    .catch((error: unknown) => hub.log.warn({ err: error, case: id }, 'a case could not be told'));
}

/** A door has changed. */
export function tellDoor(hub: Hub, bank: string, compartment: number): void {
  const door = hub.building.doors(bank).find((view) => view.number === compartment);
  if (door) hub.events.send('door', { bank, ...doorView(door) });
}

/** A bank came, went, or one of its lines did. */
export function tellBank(hub: Hub, bank: string): void {
  hub.events.send('bank', bankStatus(hub, bank));
}
