/** What a hub still does in whose place another one speaks for the building: it writes down what happens, and nothing else. */
import type { Command } from './command.ts';
import { Refusal } from './refusal.ts';

/**
 * `taken`: a fact about what was under way, or the hub's own upkeep. `refused`: it would open a door, take a parcel in, or
 * decide something that the other hub never hears of, such as a code that stays valid there.
 */
export const WHEN_FENCED: Readonly<Record<Command['type'], 'taken' | 'refused'>> = {
  'start-visit': 'refused',
  'add-parcel': 'refused',
  // The courier keeps the parcel, whoever speaks for the building.
  'take-back': 'taken',
  confirm: 'taken',
  'other-door': 'refused',
  // Of a parcel that is not in. One that is in would need its door, which gets no grant.
  undo: 'taken',
  'open-again': 'refused',
  'closed-by-hand': 'taken',
  'did-not-open': 'taken',
  missing: 'taken',
  'next-door': 'refused',
  stay: 'taken',
  'end-visit': 'taken',
  commissioning: 'refused',
  reconcile: 'refused',
  'reconcile-desk': 'refused',
  'staff-open': 'refused',
  retire: 'refused',
  return: 'refused',
  withdraw: 'refused',
  'desk-received': 'refused',
  'handed-out': 'refused',
  match: 'refused',
  'issue-slip': 'refused',
  claim: 'refused',
  'take-case': 'refused',
  'release-case': 'refused',
  'note-case': 'refused',
  'close-case': 'refused',
  'name-delegate': 'refused',
  'prove-code': 'refused',
  'end-delegate': 'refused',
  'forget-resident': 'refused',
  'issue-code': 'refused',
  'revoke-code': 'refused',
  'replace-code': 'refused',
  'declare-key': 'refused',
  'parcel-gone': 'refused',
  'report-door': 'refused',
  'verify-door': 'refused',
  'end-emergency': 'refused',
  'revoke-agent': 'refused',
  'bank-online': 'taken',
  'bank-offline': 'taken',
  'door-seen': 'taken',
  'bank-event': 'taken',
  'head-told': 'taken',
  'records-told': 'taken',
  'open-refused': 'taken',
  'grant-outcome': 'taken',
  'emergency-told': 'taken',
  'lock-wearing': 'taken',
  'log-changed': 'taken',
  'backup-failed': 'taken',
  'backup-made': 'taken',
  // Staff of a hub that is put aside may still have to read there.
  'reset-access': 'taken',
  'update-ended': 'taken',
  'cloud-disagrees': 'taken',
  'orphans-came': 'taken',
  'handed-over': 'taken',
  'message-sent': 'taken',
  'message-failed': 'taken',
  'message-void': 'taken',
  'message-receipt': 'taken',
  restarted: 'taken',
  tick: 'taken',
};

/** The refusal of whatever another hub decides now. */
export function fenced(by: number): Refusal {
  return new Refusal(
    'hub-fenced',
    `another hub speaks for this building (number ${by}); go to that one, and switch this one off`,
  );
}
