/** Is the building's hub where the agent looks for it, and what does it say of itself? */
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { AgentConfig } from '@lockerhub/edge-agent/agent/config.ts';
import type { Identity } from '@lockerhub/edge-agent/identity/identity.ts';
import { lastSeenIn } from '@lockerhub/edge-agent/link/hub-finder.ts';
import { dialHub, ForeignHub, type HubAddress } from '@lockerhub/edge-agent/link/tls-way.ts';
import { keptInFile } from '@lockerhub/edge-agent/pickups/kept-text.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { z } from 'zod';
import type { Knock, OwnFacts } from './facts.ts';

/** Somebody waits at a console, and the hub is in the same house. */
const ANSWER_WITHIN_MS = 5_000;
const Version = z.object({ software: z.string().max(80) });

/** Dials each address that the agent knows. `pages`: of the first hub that proved itself; null: none did. */
export async function knocksAt(
  { hub, folder }: AgentConfig,
  identity: Identity,
): Promise<{ readonly knocks: Knock[]; readonly pages: string | null }> {
  const { addresses, mqttsPort: port, httpPort } = identity.hub;
  const name = 'name' in hub ? hub.name : undefined;
  const last = keptInFile(join(folder, 'hub.json')).read();
  const known: HubAddress[] = [
    ...(name ? [{ host: name.host, port: name.port ?? port, httpPort }] : []),
    ...(last === null ? [] : [lastSeenIn(last) ?? []].flat()),
    ...addresses.map((host) => ({ host, port, httpPort })),
  ];
  const each = [...new Map(known.map((address) => [`${address.host}:${address.port}`, address])).values()];
  const knocks = await Promise.all(each.map((address) => knockAt(address, identity)));
  const proven = each.find((_, index) => knocks[index]?.fault === null);
  return { knocks, pages: proven ? pagesOf(proven) : null };
}

async function knockAt(address: HubAddress, identity: Identity): Promise<Knock> {
  const name = `${address.host}:${address.port}`;
  try {
    const socket = await dialHub(address, identity, new AbortController().signal);
    socket.destroy();
    return { address: name, fault: null, isForeign: false };
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    return { address: name, fault: fault.replace(`${name}: `, ''), isForeign: error instanceof ForeignHub };
  }
}

function pagesOf({ host, httpPort }: HubAddress): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${httpPort}`;
}

/** By plain HTTP: good enough to compare by, and nothing is decided by it. */
export async function hubFacts(pages: string | null, clock: Clock): Promise<OwnFacts['hub']> {
  if (pages === null) return null;
  try {
    const answer = await fetch(`${pages}/version`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const { software } = Version.parse(await answer.json());
    const theirs = Date.parse(answer.headers.get('date') ?? '');
    return { software, clockAheadMs: Number.isNaN(theirs) ? 0 : clock.wallMs() - theirs };
  } catch {
    // Away, or no hub: the knocks say which.
    return null;
  }
}
