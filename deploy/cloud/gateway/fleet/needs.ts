/** What of a building needs a person: a pure function of what the cloud knows of it. */
import { NEED_KINDS, type Need, type NeedKind } from '@lockerhub/protocol/http/fleet.ts';
import { OFFLINE_AFTER_MS, type ToldAgent } from '@lockerhub/protocol/sync/hub-messages.ts';
import { standingTo, versionOf } from '@lockerhub/protocol/update/version.ts';

/** A router that restarts and a provider's nightly work take minutes; a quarter of an hour is a fault (issue 4). */
export const SILENT_AFTER_MS = 15 * 60_000;
/** Beyond this the hub's stamps are replaced (protocol/log/stamp.ts), and its messages name wrong times. */
export const CLOCK_OFF_MS = 5 * 60_000;
/** Entries unsent that are nothing to speak of: a push takes 500. */
const UNSENT_ALLOWED = 500;

/** What the cloud knows of one building. Times are ms by the gateway's clock. */
export interface Standing {
  /** Null: no hub was ever enrolled, or it was revoked. */
  readonly hub: Heard | null;
  /** Two instances bear one epoch: opening from afar is frozen. */
  readonly frozen: boolean;
  /** The hub's log and the cloud's differ. */
  readonly forked: boolean;
  /** Entries whose projection failed. */
  readonly quarantined: number;
  readonly openCases: number;
  /** The first entry of the cloud's log that is not as it was chained; null: none was found. */
  readonly damagedSeq: number | null;
}

/** Of the last heartbeat. */
export interface Heard {
  /** When the hub was last heard; when it was enrolled, if it never was. */
  readonly lastMs: number;
  readonly clock: 'trusted' | 'untrusted';
  readonly clockOffMs: number;
  readonly disk: 'ok' | 'low';
  readonly unsentEntries: number;
  /** As it was a while ago (`samples.ts`); null: not known. */
  readonly unsentBefore: number | null;
  readonly software: string;
  /** Of its agents. */
  readonly agents: readonly Pick<ToldAgent, 'software'>[];
}

/**
 * Needs of a building, the gravest first.
 *
 * @param newest the highest version that runs in any building, e.g. "0.2.0"; null: none is known
 */
export function needsOf(standing: Standing, nowMs: number, newest: string | null): Need[] {
  const found: Partial<Record<NeedKind, number | null>> = {};
  if (standing.damagedSeq !== null) found['log-damaged'] = standing.damagedSeq;
  if (standing.forked) found.fork = null;
  if (standing.frozen) found.frozen = null;
  if (standing.quarantined > 0) found.quarantine = standing.quarantined;
  if (standing.openCases > 0) found.cases = standing.openCases;
  if (standing.hub === null) found['no-hub'] = null;
  else addHeard(found, standing.hub, nowMs, newest);
  return NEED_KINDS.flatMap((kind) => {
    const figure = found[kind];
    return figure === undefined ? [] : [{ kind, figure }];
  });
}

function addHeard(
  found: Partial<Record<NeedKind, number | null>>,
  hub: Heard,
  nowMs: number,
  newest: string | null,
): void {
  const silentMs = nowMs - hub.lastMs;
  if (silentMs > SILENT_AFTER_MS) found.silent = silentMs;
  if (hub.disk === 'low') found['disk-low'] = null;
  if (hub.clock === 'untrusted') found['clock-untrusted'] = null;
  if (Math.abs(hub.clockOffMs) > CLOCK_OFF_MS) found['clock-off'] = hub.clockOffMs;
  const growing = hub.unsentBefore !== null && hub.unsentEntries > hub.unsentBefore;
  if (hub.unsentEntries > UNSENT_ALLOWED && growing) found['unsent-growing'] = hub.unsentEntries;
  if (newest !== null && standingTo(hub.software, newest) === 'older') found['version-behind'] = null;
  const others = hub.agents.filter(({ software }) => differs(software, hub.software)).length;
  if (others > 0) found['agents-differ'] = others;
}

/** Whether two programs are known to be of different versions. */
function differs(software: string, other: string): boolean {
  return ['older', 'newer'].includes(standingTo(software, other));
}

/** Whether the hub was heard so lately that it can be given a command that does not wait. */
export function isOnline(lastMs: number | null, nowMs: number): boolean {
  return lastMs !== null && nowMs - lastMs <= OFFLINE_AFTER_MS;
}

/**
 * Where a building stands in the list: the gravest need decides, then how many there are. 0: it needs nobody.
 * Fits SQL's `integer`.
 */
export function weightOf(needs: readonly Need[]): number {
  const gravest = needs[0];
  if (gravest === undefined) return 0;
  return (NEED_KINDS.length - NEED_KINDS.indexOf(gravest.kind)) * 100 + needs.length;
}

/** That of these programs which is of the highest version; null if none says its version. */
export function newestOf(software: Iterable<string>): string | null {
  let newest: string | null = null;
  for (const each of software) {
    if (versionOf(each) !== null && (newest === null || standingTo(each, newest) === 'newer')) newest = each;
  }
  return newest;
}
