/** A visit: starting, staying, ending, and the guards that every command at a terminal passes. */
import type { TerminalCommand } from './command.ts';
import { refuseOutsideHours } from './courier-hours.ts';
import { endVisit } from './custody.ts';
import { actorOf, type Draft } from './draft.ts';
import { identify } from './identify.ts';
import type { Delivery, Visit, VisitKind } from './model.ts';
import { openNextDoor } from './pickup.ts';
import { ACCESSIBLE_PATIENCE } from './policy.ts';
import { Refusal } from './refusal.ts';
import { whyNot } from './stop-guards.ts';
import { isBusy, openGrantsOf, type StopAct, stepOf, stopsOf } from './stops.ts';

export type VisitCommand = Exclude<TerminalCommand, { type: 'start-visit' }>;
type StartVisit = Extract<TerminalCommand, { type: 'start-visit' }>;
type VisitState = VisitKind | 'ended';

/** Which commands a visit takes: the lifecycle of a visit is short, but whose it is matters. See SPEC.md. */
export const VISIT: Record<VisitState, Record<VisitCommand['type'], boolean>> = {
  courier: {
    'add-parcel': true,
    'take-back': true,
    confirm: true,
    'other-door': true,
    undo: true,
    'open-again': true,
    'closed-by-hand': true,
    'did-not-open': true,
    missing: false,
    'next-door': false,
    stay: true,
    'end-visit': true,
  },
  resident: {
    'add-parcel': false,
    'take-back': false,
    confirm: false,
    'other-door': false,
    undo: false,
    'open-again': true,
    'closed-by-hand': true,
    'did-not-open': true,
    missing: true,
    'next-door': true,
    stay: true,
    'end-visit': true,
  },
  ended: {
    'add-parcel': false,
    'take-back': false,
    confirm: false,
    'other-door': false,
    undo: false,
    'open-again': false,
    'closed-by-hand': false,
    'did-not-open': false,
    missing: false,
    'next-door': false,
    stay: false,
    // Ending it twice does no harm: a kiosk may not have heard the first answer.
    'end-visit': true,
  },
};

/**
 * The visit that a command is about; it counts as a sign of life.
 *
 * @throws Refusal `visit-unknown`, `visit-ended`, `not-now`
 */
export function visitFor(draft: Draft, command: VisitCommand): Visit {
  const { model, env } = draft;
  const ended = model.ended.get(command.visit);
  const visit = model.visits.get(command.visit) ?? ended?.visit;
  if (!visit || visit.terminal !== command.terminal) {
    throw new Refusal('visit-unknown', 'this terminal has no such visit; start again with the code');
  }
  if (!VISIT[ended ? 'ended' : visit.kind][command.type]) {
    if (ended) throw new Refusal('visit-ended', 'this visit is over; start again with the code');
    throw new Refusal('not-now', `a ${visit.kind} cannot do this`);
  }
  const now = model.visitsNow.get(visit.id);
  if (now) model.visitsNow.set(visit.id, { ...now, touchedMs: env.nowMs });
  draft.touchVisit(visit.id);
  return visit;
}

/**
 * The visit's delivery that a command is about, after all guards of the act.
 *
 * @throws Refusal
 */
export function stopFor(draft: Draft, visit: Visit, id: string, act: StopAct): Delivery {
  const { model, env } = draft;
  const delivery = stopsOf(model, visit, env.roster).find((stop) => stop.id === id);
  if (!delivery) throw new Refusal('delivery-unknown', 'this visit has no such parcel (any more)');
  const refusal = whyNot(model, env, visit, delivery, act);
  if (refusal) throw refusal;
  return delivery;
}

/**
 * Somebody typed or scanned a code. The same holder at the same terminal gets the same visit again.
 *
 * @throws Refusal `terminal-unknown`, `code-wrong`, `code-revoked`, `outside-hours`, `terminal-busy`
 */
export function startVisit(draft: Draft, command: StartVisit): string {
  const { model, env } = draft;
  const terminal = env.roster.terminal(command.terminal);
  if (!terminal) throw new Refusal('terminal-unknown', 'this screen is not paired any more; pair it again');
  const who = identify(draft, command);
  const former = [...model.visits.values()].find((visit) => visit.terminal === command.terminal);
  if (former?.holder === who.holder && former.delegate === who.delegate) {
    return visitFor(draft, { type: 'stay', terminal: command.terminal, visit: former.id }).id;
  }
  if (who.kind === 'courier') refuseOutsideHours(env, who.holder);
  if (former) makeWay(draft, former);
  const id = draft.env.newId();
  const visit = { id, terminal: terminal.id, bank: terminal.bank, ...who };
  const { id: _, ...data } = visit;
  draft.say(actorOf(visit), 'visit.started', { visit: id, ...data });
  if (who.kind === 'courier') return id;
  if (who.delegate === null && env.roster.resident(who.holder)?.accessible) takeTime(draft, id);
  openNextDoor(draft, visit);
  return id;
}

function takeTime({ model }: Draft, visit: string): void {
  const now = model.visitsNow.get(visit);
  if (now) model.visitsNow.set(visit, { ...now, patience: ACCESSIBLE_PATIENCE });
}

/** The next person steps up: a visit in which nothing is under way ends, any other keeps the terminal. */
function makeWay(draft: Draft, former: Visit): void {
  const { model, env } = draft;
  const isUnderWay = stopsOf(model, former, env.roster).some((delivery) =>
    isBusy(stepOf(model, former, delivery, env.nowMs)),
  );
  if (isUnderWay || openGrantsOf(model, former).length > 0) {
    throw new Refusal('terminal-busy', 'somebody is being served here; wait until their door is closed');
  }
  endVisit(draft, actorOf(former), former, 'cancelled');
}
