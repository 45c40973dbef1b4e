/** The way from an agent to its hub: to a broker on the same machine by a password, else by what it got when it joined. */
import { connect, isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { AgentError } from '../error.ts';
import { AgentCredentials } from '../identity/credentials.ts';
import type { Pinned } from '../identity/epoch-guard.ts';
import { readIdentity } from '../identity/identity.ts';
import { keptInFile } from '../pickups/kept-text.ts';
import { browseHubs, buildingMark } from './hub-browse.ts';
import { HubFinder, type HubFinderOptions } from './hub-finder.ts';
import type { MqttLinkOptions } from './mqtt-link.ts';

export interface HubWay extends Pick<MqttLinkOptions, 'open' | 'building' | 'user'> {
  /** The bank that the agent joined for; undefined if the password says which. */
  readonly bank?: string;
  /** What it shows; undefined if it is a password. */
  readonly credentials?: AgentCredentials;
  /** What the hub has to prove its epoch by. */
  readonly pinned?: Pinned;
  /** Hears whether the hub that was found is obeyed. */
  readonly hubJudged?: (isObeyed: boolean) => void;
  /** Of the hub's pages, as now known: `http://host:port`. */
  readonly pages: () => string | undefined;
}

export interface PlainHub {
  /** `mqtt://host:port` */
  readonly url: string;
  readonly building: string;
  readonly username: string;
  readonly password: string;
  /** Of the hub's pages; undefined if they are not needed. */
  readonly pages?: string | undefined;
}

/** IANA's port for MQTT. */
const MQTT_PORT = 1883;

/** The way to a broker on this machine, without TLS. */
export function plainWay({ url, building, username, password, pages }: PlainHub): HubWay {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    // mqtt.js dials with Nagle's algorithm on, which adds 40 ms to each message behind another one (measured).
    open: async () => connect({ host, port: port === '' ? MQTT_PORT : Number(port), noDelay: true }),
    building,
    user: { name: username, password },
    pages: () => pages,
  };
}

/**
 * The way of an agent that has joined, whose folder says who it is.
 *
 * @param name where to look for the hub first
 * @throws AgentError `config-invalid` if it has not joined yet, `identity-broken`
 */
export function joinedWay(folder: string, name: HubFinderOptions['name'], log: Logger): HubWay {
  const identity = readIdentity(folder);
  if (!identity) {
    throw new AgentError(
      'config-invalid',
      `this agent belongs to no building yet; run: edge-agent join CODE --folder "${folder}" ` +
        '(staff make the code on the page "Banks")',
    );
  }
  const mark = buildingMark(identity.ca);
  const credentials = new AgentCredentials(folder, identity, log);
  const finder = new HubFinder({
    identity,
    credentials: () => credentials.shown,
    name,
    browse: (signal) => browseHubs(mark, log, signal),
    lastSeen: keptInFile(join(folder, 'hub.json')),
    log,
  });
  return {
    open: (signal) => finder.find(signal),
    building: identity.building,
    bank: identity.bank,
    credentials,
    pinned: { ca: identity.ca, building: identity.building },
    hubJudged: (isObeyed) => finder.judged(isObeyed),
    pages: () => {
      if (!finder.at) return undefined;
      const { host, httpPort } = finder.at;
      return `http://${isIPv6(host) ? `[${host}]` : host}:${httpPort}`;
    },
  };
}
