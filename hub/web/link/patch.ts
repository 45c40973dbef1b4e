/** What a live event changes in what the page already shows: pure, so that it can be tried without a browser. */
import {
  BankView,
  type BuildingView,
  DoorView,
  LogEntryView,
  WorkedCase,
} from '@lockerhub/protocol/http/staff.ts';
import { Slug } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import type { QueryName } from './keys.ts';

const EVENTS = {
  entry: LogEntryView,
  door: DoorView.extend({ bank: Slug }),
  bank: BankView.omit({ layout: true, reach: true, doors: true }),
  case: WorkedCase,
  reload: z.object({}),
} as const;

/** A live event, checked against the contract. */
export type LiveEvent = {
  [Name in keyof typeof EVENTS]: { readonly name: Name; readonly data: z.infer<(typeof EVENTS)[Name]> };
}[keyof typeof EVENTS];

/**
 * Reads an event; an event of a name that this page does not know (newer hub) is undefined and passed over.
 *
 * @throws ZodError if an event of a known name does not fit.
 */
export function readLiveEvent(name: string, data: unknown): LiveEvent | undefined {
  if (!Object.hasOwn(EVENTS, name)) return undefined;
  const known = name as keyof typeof EVENTS;
  return { name: known, data: EVENTS[known].parse(data) } as LiveEvent;
}

/** The building after an event. The same object if nothing changed. */
export function patchBuilding(view: BuildingView, event: LiveEvent): BuildingView {
  switch (event.name) {
    case 'door': {
      const { bank, ...door } = event.data;
      return patchBank(view, bank, (before) => ({
        ...before,
        doors: before.doors.map((each) => (each.number === door.number ? door : each)),
      }));
    }
    case 'bank':
      return patchBank(view, event.data.bank, (before) => ({ ...before, ...event.data }));
    case 'entry': {
      const { seq, hash } = event.data;
      return seq > view.head.seq ? { ...view, head: { seq, hash } } : view;
    }
    case 'case':
    case 'reload':
      return view;
  }
}

function patchBank(view: BuildingView, bank: string, change: (before: BankView) => BankView): BuildingView {
  if (!view.banks.some((each) => each.bank === bank)) return view;
  return { ...view, banks: view.banks.map((each) => (each.bank === bank ? change(each) : each)) };
}

/** How many of the newest entries the page keeps at hand; older ones are in the log. */
export const HAPPENINGS_KEPT = 200;

/**
 * The newest entries, newest first, with one more. Entries that are already there are left out; a gap means that
 * some were missed, so the list has to be asked for anew (null).
 */
export function addHappening(
  entries: readonly LogEntryView[],
  entry: LogEntryView,
): readonly LogEntryView[] | null {
  const newest = entries[0];
  if (newest && entry.seq <= newest.seq) return entries;
  if (newest && entry.seq !== newest.seq + 1) return null;
  return [entry, ...entries].slice(0, HAPPENINGS_KEPT);
}

/** What has to be asked for anew after an event, because the event itself does not carry it. */
export function staleAfter(event: LiveEvent): readonly QueryName[] {
  switch (event.name) {
    case 'reload':
      return [
        'building',
        'firstSteps',
        'happenings',
        'deliveries',
        'delivery',
        'desk',
        'outbox',
        'cases',
        'residents',
        'units',
        'couriers',
        'carriers',
        'terminals',
        'agents',
        'commissioning',
        'health',
      ];
    case 'case':
      return ['cases', 'building'];
    case 'bank':
      return ['reconciliation'];
    case 'door':
      return ['commissioning'];
    case 'entry':
      return [...staleAfterEntry(event.data), ...staleSteps(event.data)];
  }
}

/** What tells of a step that may be done now, or no longer. */
const STEP_KINDS: ReadonlySet<unknown> = new Set(['row', 'rows', 'bank', 'commissioning', 'terminal']);
const STEP_TYPES: ReadonlySet<string> = new Set(['delivery.deposited', 'delivery.collected']);

function staleSteps({ type }: LogEntryView): readonly QueryName[] {
  return STEP_TYPES.has(type) || STEP_KINDS.has(type.split('.')[0]) ? ['firstSteps'] : [];
}

function staleAfterEntry({ type, data }: LogEntryView): readonly QueryName[] {
  const [kind] = type.split('.');
  switch (kind) {
    case 'delivery':
      return ['deliveries', 'delivery', 'building', 'desk'];
    case 'grant':
      return data.delivery ? ['delivery', 'commissioning', 'health'] : ['commissioning', 'health'];
    case 'door':
      return data.delivery ? ['delivery', 'commissioning'] : ['commissioning'];
    case 'lock':
    case 'supply':
      return ['health'];
    case 'reconciliation':
      return ['reconciliation'];
    case 'desk':
      return ['desk'];
    case 'commissioning':
      return type === 'commissioning.signed' ? ['commissioning', 'building'] : ['commissioning'];
    case 'message':
      return ['outbox', 'delivery'];
    case 'case':
      return data.kind === 'log-changed' ? ['cases', 'building', 'logCheck'] : ['cases', 'building'];
    case 'compartment':
      return ['building', 'health'];
    case 'clock':
    case 'disk':
    case 'building':
      return ['building'];
    case 'terminal':
      return ['terminals'];
    case 'agent':
      return ['agents'];
    case 'cloud':
    case 'epoch':
      return ['cloud'];
    // Of a list of residents there are thousands: the residents are asked for when it is through.
    case 'rows':
      return type === 'rows.imported' ? ['roster'] : staleAfterRow(data.table);
    case 'row':
      return staleAfterRow(data.table);
    default:
      return [];
  }
}

function staleAfterRow(table: unknown): readonly QueryName[] {
  switch (table) {
    case 'units':
    case 'households':
    case 'residents':
      return ['residents', 'units'];
    case 'couriers':
      return ['couriers', 'carriers'];
    case 'carriers':
      // Parcels of one that was removed say so.
      return ['couriers', 'carriers', 'deliveries', 'delivery'];
    case 'banks':
      return ['building', 'health'];
    case 'staff':
      return ['accounts', 'ownAccount', 'colleagues'];
    case 'policies':
      return ['building', 'health', 'policy', 'ownAccount'];
    default:
      return [];
  }
}
