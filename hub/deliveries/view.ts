/** A visit as a kiosk sees it. */
import { describePlace, SIZES } from '@lockerhub/protocol/bank/layout.ts';
import type { PlaceView, StopView, VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { z } from 'zod';
import type { Env } from './draft.ts';
import { type Delivery, type Door, doorOf, type Model, type Visit, type WithdrawnStop } from './model.ts';
import { isSensed } from './openings.ts';
import { freePlaces } from './places.ts';
import type { Roster } from './roster.ts';
import { whyNot } from './stop-guards.ts';
import {
  atOneOpening,
  attemptsLeft,
  openGrantsOf,
  openSinceMs,
  type StopAct,
  stepOf,
  stopsOf,
} from './stops.ts';
import { patienceAt, visitEndMs } from './time.ts';

type Stop = z.infer<typeof StopView>;

/** The view of a visit that goes on or ended a while ago; undefined if it is unknown or long over. */
export function visitView(model: Model, env: Env, id: string): VisitView | undefined {
  const ended = model.ended.get(id);
  const visit = model.visits.get(id) ?? ended?.visit;
  if (!visit) return undefined;
  const isOpen = ended === undefined;
  const stops = stopsOf(model, visit, env.roster).map((delivery) =>
    stopView(model, env, visit, delivery, isOpen),
  );
  const withdrawn = (ended ?? model.visitsNow.get(id))?.withdrawn ?? [];
  return {
    visit: id,
    kind: visit.kind,
    state: isOpen ? 'open' : 'ended',
    endReason: ended?.reason ?? null,
    who: whoIs(env.roster, visit),
    language: env.roster.resident(visit.holder)?.language ?? env.language,
    free: visit.kind === 'courier' && isOpen ? freeBySize(model, env.roster) : [],
    stops: [...stops, ...withdrawn.map((stop) => withdrawnView(env.roster, stop))],
    endsInMs: isOpen ? endsInMs(model, env, visit) : null,
    newcomer: isOpen && isNewcomer(env.roster, visit),
    ownCode: isOpen ? ownCode(model, env, visit) : null,
  };
}

/** They came by a claim slip, and have not said yet how to tell them of the next parcel. */
export function isNewcomer(roster: Roster, { means, holder }: Visit): boolean {
  const who = roster.resident(holder);
  return means === 'slip' && who?.reachable === false && !who.lacksChannel;
}

function ownCode({ codes }: Model, env: Env, { means, holder }: Visit): string | null {
  const code = means === 'slip' ? codes.get(holder) : undefined;
  return code && !code.revoked ? env.codes.digitsAt(holder, code.generation) : null;
}

function whoIs(roster: Roster, { kind, holder }: Visit): string {
  if (kind === 'courier') return roster.courier(holder)?.carrierName ?? '';
  return unitName(roster, roster.resident(holder)?.unit);
}

/** A unit's row may not have come yet. */
function unitName(roster: Roster, unit: string | null | undefined): string {
  return (unit && roster.unit(unit)?.name) ?? '';
}

function freeBySize(model: Model, roster: Roster): VisitView['free'] {
  const free = Map.groupBy(freePlaces(model, roster.layouts()), ({ bank }) => bank);
  return [...free].flatMap(([bank, places]) =>
    SIZES.map((size) => ({ bank, size, count: places.filter((place) => place.size === size).length })),
  );
}

function endsInMs(model: Model, env: Env, visit: Visit): number | null {
  if (openGrantsOf(model, visit).length > 0) return null;
  return Math.max(0, visitEndMs(model, env.policy, visit) - env.nowMs);
}

function stopView(model: Model, env: Env, visit: Visit, delivery: Delivery, isOpen: boolean): Stop {
  const { nowMs, policy, roster } = env;
  const can = (act: StopAct) => isOpen && whyNot(model, env, visit, delivery, act) === null;
  const door = doorOf(delivery);
  const openMs = door ? openSinceMs(model, door) : undefined;
  const askedMs = model.asked.get(delivery.id);
  // A resident is told of what they are to take, not of what is out or missed already.
  const together = atOneOpening(model, roster, delivery, visit).filter(
    ({ id, state }) => visit.kind === 'courier' || id === delivery.id || state === delivery.state,
  );
  return {
    delivery: delivery.id,
    unitName: unitName(roster, delivery.unit),
    size: delivery.size,
    step: stepOf(model, visit, delivery, nowMs),
    place: door && placeView(roster, { ...door, zone: delivery.zone }),
    atDesk: door === null,
    together: together.length,
    zones: together.flatMap(({ zone }) => zone ?? []),
    takenBack: null,
    sensed: door === null || isSensed(model, door),
    openTooLong:
      openMs !== undefined &&
      door !== null &&
      nowMs >= openMs + policy.openNoticeMs * patienceAt(model, door),
    attemptsLeft: attemptsLeft(model, visit, delivery, policy.retries),
    canOpen: can('open-again'),
    canOtherDoor: can('other-door'),
    canUndo: can('undo'),
    canReportMissing: can('missing'),
    missing: delivery.state === 'missing',
    answerInMs: askedMs === undefined ? null : Math.max(0, askedMs + policy.confirmWithinMs - nowMs),
  };
}

function placeView(
  roster: Roster,
  { bank, compartment, zone }: Door & { readonly zone: string | null },
): z.infer<typeof PlaceView> | null {
  const layout = roster.layouts().find((one) => one.bank === bank);
  const words = layout && describePlace(layout, compartment);
  if (!layout || !words) return null;
  const { columnFromLeft, columns, band } = words;
  return { bank, bankName: layout.name, compartment, zone, columnFromLeft, columns, band };
}

function withdrawnView(roster: Roster, { delivery, unit, size, reason }: WithdrawnStop): Stop {
  return {
    delivery,
    unitName: unitName(roster, unit),
    size,
    step: 'withdrawn',
    place: null,
    atDesk: false,
    together: 1,
    zones: [],
    takenBack: reason,
    sensed: true,
    openTooLong: false,
    attemptsLeft: 0,
    canOpen: false,
    canOtherDoor: false,
    canUndo: false,
    canReportMissing: false,
    missing: false,
    answerInMs: null,
  };
}
