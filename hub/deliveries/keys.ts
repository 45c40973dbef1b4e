/**
 * The mechanical key: a door that it opens looks forced to its sensor. Staff say that they use it, before or up to
 * `KEY_AFTER_MS` after; then it is on record as an opening by key, with who and why, and no case.
 */
import { closeCases } from './cases.ts';
import type { StaffCommand } from './command.ts';
import { type Draft, HUB } from './draft.ts';
import { type Case, type Door, doorKey, type MechanicalKey, type Model } from './model.ts';
import { KEY_AFTER_MS } from './policy.ts';

/** Staff say that they use the key. What was forced in the last ten minutes is explained by it, too. */
export function declareKey(draft: Draft, command: Extract<StaffCommand, { type: 'declare-key' }>): void {
  const { model, env } = draft;
  const { staff, bank, compartment, withinMs, reason } = command;
  const key = env.newId();
  draft.say({ kind: 'staff', id: staff }, 'key.declared', { key, bank, compartment, withinMs, reason });
  const declared = model.keys.get(key);
  if (!declared) return;
  for (const door of [...model.forced.values()]) {
    if (!covers(model, declared, door, door.atMs)) continue;
    use(draft, declared, door);
    model.forced.delete(doorKey(door));
    closeForced(draft, declared, door);
  }
}

/** A door was forced `ageMs` ago. True if a declared key explains it: then it is on record as that. */
export function explainByKey(draft: Draft, door: Door, ageMs: number): boolean {
  const { model, env } = draft;
  const atMs = env.nowMs - ageMs;
  const key = [...model.keys.values()].find((one) => covers(model, one, door, atMs));
  if (key) use(draft, key, door);
  else noteForced(model, door, atMs);
  return key !== undefined;
}

/** The earliest counts for as long as its case is open: a key explains the case only if it explains that one. */
function noteForced(model: Model, { bank, compartment }: Door, atMs: number): void {
  const id = doorKey({ bank, compartment });
  model.keyed.delete(id);
  const isOpen = [...model.cases.values()].some((open) => isForced(open, { bank, compartment }));
  if (isOpen && model.forced.has(id)) return;
  model.forced.set(id, { bank, compartment, atMs });
}

/** From ten minutes before the declaration to the end of its time; both ends count. Monotonic time only. */
function covers(model: Model, key: MechanicalKey, door: Door, atMs: number): boolean {
  const declaredMs = model.declaredMs.get(key.id);
  if (declaredMs === undefined || key.bank !== door.bank) return false;
  if (key.compartment !== null && key.compartment !== door.compartment) return false;
  return atMs >= declaredMs - KEY_AFTER_MS && atMs <= declaredMs + key.withinMs;
}

function use(draft: Draft, { id: key, staff, reason }: MechanicalKey, { bank, compartment }: Door): void {
  draft.say({ kind: 'staff', id: staff }, 'key.used', { key, bank, compartment, reason });
}

function closeForced(draft: Draft, { staff, reason }: MechanicalKey, door: Door): void {
  const resolution = `Opened with the mechanical key: ${reason}`;
  closeCases(draft, { kind: 'staff', id: staff }, (open) => isForced(open, door), resolution);
}

function isForced({ kind, bank, compartment }: Case, door: Door): boolean {
  return kind === 'forced' && bank === door.bank && compartment === door.compartment;
}

/**
 * When each key is over: a report of its time may still be on its way for as long as a declaration may come late.
 */
export function* keyEnds(model: Model): Iterable<{ atMs: number; act: (draft: Draft) => void }> {
  for (const { id, withinMs } of model.keys.values()) {
    yield {
      atMs: (model.declaredMs.get(id) ?? 0) + withinMs + KEY_AFTER_MS,
      act: (draft) => endKey(draft, id),
    };
  }
}

function endKey(draft: Draft, key: string): void {
  if (draft.model.keys.has(key)) draft.say(HUB, 'key.over', { key });
}

/** A new process cannot tell how long ago a key was declared: a case too many is better than a forced door unseen. */
export function endAllKeys(draft: Draft): void {
  for (const { id } of [...draft.model.keys.values()]) endKey(draft, id);
}
