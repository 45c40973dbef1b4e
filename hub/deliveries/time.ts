/**
 * What happens because time passes, or because the hub started. Opens nothing (I7). Monotonic time, but for reminders
 * (`reminding.ts`).
 */
import { isBeingCommissioned } from '../commissioning/walk.ts';
import { announce, arrivals } from './announcing.ts';
import { openCase } from './cases.ts';
import { countAsInside, endVisit } from './custody.ts';
import { endDelegates } from './delegates.ts';
import { type Draft, HUB } from './draft.ts';
import { endAllKeys, keyEnds } from './keys.ts';
import {
  type Door,
  type DoorNow,
  doorKey,
  type Grant,
  heldAt,
  type Model,
  sameDoor,
  type Visit,
} from './model.ts';
import { ASK_AGAIN_MS, type Policy, SILENT_AFTER_MS } from './policy.ts';
import { lookAfterWaiting, nextLookMs, type WhenEnv } from './reminding.ts';
import { endSlips } from './slips.ts';
import { openGrantsOf, openSinceMs } from './stops.ts';
import { tellUntold } from './untold.ts';

/** Something that is to be done at a time. `act` runs later, on a draft in which others may have acted before. */
interface Deadline {
  readonly atMs: number;
  readonly act: (draft: Draft) => void;
}

/** When the next deadline is, in the hub's monotonic time; null if there is none. */
export function nextDeadlineMs(model: Model, env: WhenEnv): number | null {
  let next: number | null = null;
  for (const { atMs } of deadlines(model, env)) next = next === null ? atMs : Math.min(next, atMs);
  return next;
}

/** Does all that is due. */
export function tick(draft: Draft): void {
  const due = [...deadlines(draft.model, draft.env)].filter(({ atMs }) => atMs <= draft.env.nowMs);
  for (const { act } of due) act(draft);
  endDelegates(draft);
  tellUntold(draft);
  endSlips(draft);
}

/**
 * After the fold at boot: every visit is over, and what it left is resolved as far as the log tells. The rest waits
 * for the banks. Messages that were not out yet go out.
 */
export function restarted(draft: Draft): void {
  for (const visit of [...draft.model.visits.values()]) endVisit(draft, HUB, visit, 'restart');
  endAllKeys(draft);
  endDelegates(draft);
  endSlips(draft);
  for (const { id } of draft.model.messages.values()) draft.effect({ type: 'send-message', message: id });
}

function* deadlines(model: Model, env: WhenEnv): Iterable<Deadline> {
  const { policy } = env;
  yield* answers(model, policy);
  yield* visitEnds(model, policy);
  yield* openDoors(model, policy);
  yield* silentGrants(model);
  yield* messages(model, policy);
  yield* graceTimes(model, policy);
  yield* keyEnds(model);
  const lookMs = nextLookMs(model, env);
  if (lookMs !== null) yield { atMs: lookMs, act: lookAfterWaiting };
}

function* answers(model: Model, policy: Policy): Iterable<Deadline> {
  for (const [id, sinceMs] of model.asked.entries()) {
    yield {
      atMs: sinceMs + policy.confirmWithinMs,
      act: (draft) => {
        const delivery = draft.model.deliveries.get(id);
        if (delivery && draft.model.asked.has(id)) countAsInside(draft, delivery);
      },
    };
  }
}

function* visitEnds(model: Model, policy: Policy): Iterable<Deadline> {
  for (const visit of model.visits.values()) {
    yield {
      atMs: visitEndMs(model, policy, visit),
      act: (draft) => {
        if (draft.model.visits.has(visit.id)) endVisit(draft, HUB, visit, 'timeout');
      },
    };
  }
}

/**
 * When a visit ends by itself: nobody did anything for the idle time and its warning. An open door holds it back
 * until the alarm; then the terminal is free for others.
 */
export function visitEndMs(model: Model, policy: Policy, visit: Visit): number {
  const { touchedMs, patience } = model.visitsNow.get(visit.id) ?? { touchedMs: 0, patience: 1 };
  const alarms = openGrantsOf(model, visit).map(
    (grant) => (openSinceMs(model, grant) ?? touchedMs) + policy.openAlarmMs * patience,
  );
  return Math.max(touchedMs + (policy.idleMs + policy.warnMs) * patience, ...alarms);
}

function* openDoors(model: Model, policy: Policy): Iterable<Deadline> {
  for (const door of model.doors.values()) {
    if (door.openSinceMs === null) continue;
    const patience = patienceAt(model, door);
    if (!door.noticed) {
      yield { atMs: door.openSinceMs + policy.openNoticeMs * patience, act: (draft) => notice(draft, door) };
    }
    if (!door.alarmed) {
      yield { atMs: door.openSinceMs + policy.openAlarmMs * patience, act: (draft) => alarm(draft, door) };
    }
  }
}

/** How many times as long as others the visit may take that has this door open; 1 if none has. */
export function patienceAt(model: Model, door: Door): number {
  for (const grant of model.grants.values()) {
    if (grant.state === 'open' && grant.visit !== null && sameDoor(grant, door)) {
      return model.visitsNow.get(grant.visit)?.patience ?? 1;
    }
  }
  return 1;
}

/** The kiosk says that the door is open; the view finds out by the clock, it only has to be drawn again. */
function notice(draft: Draft, door: DoorNow): void {
  mark(draft, door, { noticed: true });
  for (const delivery of heldAt(draft.model, door)) draft.touchDelivery(delivery);
}

function alarm(draft: Draft, door: DoorNow): void {
  mark(draft, door, { alarmed: true });
  const { model } = draft;
  const [held] = heldAt(model, door);
  if (!held && isBeingCommissioned(model, door.bank)) return;
  // Behind one door may lie several: the case is about what it was opened for, as when its visit ends.
  const opened = [...model.grants.values()].find((grant) => grant.state === 'open' && sameDoor(grant, door));
  openCase(draft, HUB, 'left-open', { door, delivery: opened?.delivery ?? held?.id ?? null });
}

function mark(draft: Draft, door: DoorNow, change: Partial<DoorNow>): void {
  const key = doorKey(door);
  const now = draft.model.doors.get(key);
  if (now) draft.model.doors.set(key, { ...now, ...change });
}

/** A grant that should have ended is asked about, again and again while its bank is there. */
function* silentGrants(model: Model): Iterable<Deadline> {
  for (const grant of model.grants.values()) {
    if (grant.end !== null || !model.banks.has(grant.bank)) continue;
    const now = model.grantsNow.get(grant.id);
    if (!now) continue;
    const silentMs = now.issuedMs + SILENT_AFTER_MS;
    const atMs = now.askedMs === null ? silentMs : Math.max(silentMs, now.askedMs + ASK_AGAIN_MS);
    yield { atMs, act: (draft) => askAfter(draft, grant) };
  }
}

function askAfter(draft: Draft, { id, bank, visit }: Grant): void {
  const { model, env } = draft;
  const session = model.banks.get(bank)?.session;
  const now = model.grantsNow.get(id);
  if (session === undefined || !now) return;
  model.grantsNow.set(id, { ...now, askedMs: env.nowMs });
  draft.effect({ type: 'ask-outcomes', bank, session, grants: [id] });
  if (visit !== null) draft.touchVisit(visit);
}

function* messages(model: Model, policy: Policy): Iterable<Deadline> {
  for (const { visit, dueMs } of arrivals(model, policy.undoMs)) {
    yield {
      atMs: dueMs,
      act: (draft) => {
        const arrival = arrivals(draft.model, policy.undoMs).find((one) => one.visit === visit);
        if (arrival && arrival.dueMs <= draft.env.nowMs) announce(draft, arrival);
      },
    };
  }
}

/** After the grace time nothing of a delivery can be opened any more, and its compartment is free. */
function* graceTimes(model: Model, policy: Policy): Iterable<Deadline> {
  for (const delivery of model.deliveries.values()) {
    if (delivery.state !== 'collected' || isDoorPending(model, delivery.id)) continue;
    yield {
      atMs: (model.since.get(delivery.id) ?? 0) + policy.graceMs,
      act: (draft) => {
        const isCollected = draft.model.deliveries.get(delivery.id)?.state === 'collected';
        if (isCollected) draft.say(HUB, 'delivery.archived', { delivery: delivery.id });
      },
    };
  }
}

function isDoorPending(model: Model, delivery: string): boolean {
  for (const grant of model.grants.values()) {
    if (grant.delivery === delivery && (grant.end === null || grant.state === 'open')) return true;
  }
  return false;
}
