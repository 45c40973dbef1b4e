/** A running hub: the core with its broker, bridge, notifications and API around it. */
import type { Server } from 'node:http';
import { join } from 'node:path';
import { HEARTBEAT_EVERY_MS } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import { announceHub } from './agents/announcement.ts';
import { addressesOf } from './agents/whereabouts.ts';
import { EventStreams } from './api/event-streams.ts';
import type { Hub } from './api/hub.ts';
import { tellBank, tellDoor } from './api/live.ts';
import { closeServer, reachable, serveHttp, urlOf } from './api/server.ts';
import { VisitStreams } from './api/visit-streams.ts';
import { BridgedBanks } from './banks/bridged-banks.ts';
import type { Broker } from './broker/broker.ts';
import type { Config } from './config/config.ts';
import { takeAskedReset } from './console/asked-reset.ts';
import { removeConsoleFile, writeConsoleFile } from './console/console-file.ts';
import { type Core, openCore } from './core.ts';
import type { Effect } from './deliveries/command.ts';
import { epochCertificate } from './epoch/epoch-certificate.ts';
import { Reach } from './epoch/reach.ts';
import { Metrics } from './metrics/metrics.ts';
import type { Notifications } from './notifications/notifications.ts';
import { newToken } from './sign-in/token.ts';
import { type AgentSide, startAgentSide } from './start/agent-side.ts';
import { startCustodians } from './start/custodians.ts';
import { goLive } from './start/live.ts';
import { startProgramSide } from './start/program-side.ts';
import { residentSide } from './start/resident-side.ts';
import type { Starting } from './start/starting.ts';
import { PhoneVisits } from './terminals/phone-visits.ts';
import { Presence } from './terminals/presence.ts';
import { ResidentPhones } from './terminals/resident-phones.ts';
import { Hold } from './update/hold.ts';
import { SOFTWARE } from './version.ts';

export interface HubOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** How often the cloud is told that the hub is there; default: `HEARTBEAT_EVERY_MS`. */
  readonly heartbeatEveryMs?: number;
  /** The store broke: end the process, so that a new one finds out what was written. */
  readonly onBroken: (error: Error) => void;
}

export interface RunningHub {
  readonly hub: Hub;
  readonly httpUrl: string;
  readonly mqttPort: number;
  /** Of MQTT over TLS. */
  readonly mqttsPort: number;
  /** Resolves once store, broker and bridge have each done something: for a watchdog. */
  progress(): Promise<void>;
  /** Finishes what was accepted, then closes everything. */
  stop(): Promise<void>;
}

/** Starts everything; resolves when requests are answered. @throws HubError, StoreError: then nothing runs. */
export async function startHub(options: HubOptions): Promise<RunningHub> {
  const effects: Effect[] = [];
  // The fold at boot may already decide something (an opening that nobody will ever know of); it is carried out as
  // soon as there is something to carry it out with.
  let perform = (effect: Effect): void => void effects.push(effect);
  let bankChanged = (_bank: string): void => {};
  const hold = new Hold(options.config.heldWhile);
  const core = await openCore({
    ...options,
    dataFolder: options.config.dataFolder,
    perform: (effect) => perform(effect),
    mail: options.config.smtp !== undefined,
    isHeld: () => hold.isOn,
    onBankChanged: (bank) => bankChanged(bank),
  });
  const closers: (() => Promise<void> | void)[] = [() => core.stop()];
  const stop = async () => {
    for (const close of closers.reverse()) await close();
  };
  try {
    // Nobody asks for it before there is a server that takes questions.
    const parts = await connect(options, core, hold, closers, () => Number(new URL(urlOf(server)).port));
    perform = (effect) => carryOut(parts, effect);
    bankChanged = parts.bankChanged;
    for (const effect of effects) perform(effect);
    parts.notifications.wake();
    const server: Server = await serveHttp(options.config, parts.hub);
    closers.push(() => closeServer(server, parts.hub));
    const { dataFolder } = options.config;
    writeConsoleFile(dataFolder, { url: urlOf(server), token: parts.hub.consoleToken });
    closers.push(() => removeConsoleFile(dataFolder));
    if (!hold.isTrial) await announce(options, core, parts, Number(new URL(urlOf(server)).port));
    const { bootId } = core;
    await core.buildingLog.record({ kind: 'hub' }, [
      { type: 'hub.started', data: { bootId, software: SOFTWARE } },
    ]);
    // On trial nothing is written that could not be put back.
    if (!hold.isTrial) await takeAskedReset(dataFolder, core.accounts, options.log);
    return {
      hub: parts.hub,
      httpUrl: urlOf(server),
      mqttPort: parts.broker.port,
      mqttsPort: parts.tls.port,
      progress: async () => {
        await Promise.all([core.store.query('select 1'), parts.broker.progress(), parts.bridged.progress()]);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Agents that lost their hub are not to find one that speaks no longer. */
async function announce(
  { config, log }: HubOptions,
  { fence, keyring }: Core,
  parts: Parts,
  httpPort: number,
) {
  if (fence.by !== null) return;
  const { certificate: ca } = keyring.authority;
  const goodBye = await announceHub({
    host: config.host,
    mqttsPort: parts.tls.port,
    httpPort,
    ca,
    log,
  });
  parts.reach.hold(goodBye);
  if (fence.by !== null) await parts.reach.letGo();
}

interface Parts extends AgentSide {
  readonly reach: Reach;
  readonly hub: Hub;
  readonly notifications: Notifications;
  readonly bridged: BridgedBanks;
  readonly bankChanged: (bank: string) => void;
}

/** Broker, banks, notifications and live pages, started in this order. */
async function connect(
  { config, clock, random, log, heartbeatEveryMs = HEARTBEAT_EVERY_MS }: HubOptions,
  core: Core,
  hold: Hold,
  closers: (() => Promise<void> | void)[],
  httpPort: () => number,
): Promise<Parts> {
  const { register, settings, fence } = core;
  const starting: Starting = {
    ...{ config, clock, random, log, core, hold, closers, httpPort },
    certificate: epochCertificate(core),
    spokenFor: () => (fence.by === null && !hold.isTrial ? settings.get()?.building : undefined),
    reach: new Reach(),
  };
  const { reach } = starting;
  const metrics = new Metrics();
  const agentSide = await startAgentSide(starting, metrics, (bank) => tellBank(hub, bank));
  const { broker, tls, banks, scans, agentVersions } = agentSide;
  const told = residentSide(starting);
  const kept = await startCustodians(starting, agentSide, heartbeatEveryMs);
  const programs = await startProgramSide(starting);
  const hub: Hub = {
    ...core,
    hold,
    ...told,
    ...kept,
    ...programs,
    presence: new Presence(clock, random, () => core.terminals.list().map(({ terminal }) => terminal)),
    phones: new PhoneVisits(random),
    residentPhones: new ResidentPhones(clock, random),
    clock,
    random,
    log,
    banks,
    agentVersions,
    scans,
    metrics,
    mapSigner: core.keyring.authority,
    whereabouts: () => ({
      building: settings.require().building,
      addresses: addressesOf(config.host),
      mqttsPort: tls.port,
      httpPort: httpPort(),
    }),
    events: new EventStreams({ clock, bootId: core.bootId }),
    visits: new VisitStreams(clock, (visit) => core.building.visit(visit)),
    consoleToken: newToken(random),
    clockState: () => ({ state: core.clockWatch.trust(), reason: core.clockWatch.reason() }),
    frameOrigin: config.frameOrigin,
    demoUrl: config.demoUrl,
  };
  goLive(hub, broker, starting);
  const bridged = startBridge(starting, broker);
  const partWays = async () => {
    for (const { id } of register.all('banks')) broker.disconnect(id);
    await reach.letGo();
  };
  fence.onRaised(() => void partWays());
  if (fence.by !== null || hold.isTrial) await partWays();
  const bankChanged = (bank: string) => {
    broker.disconnect(bank);
    bridged.changed(bank);
    tellBank(hub, bank);
  };
  return { ...agentSide, hub, reach, notifications: told.notifications, bridged, bankChanged };
}

function startBridge(
  { config, clock, random, log, core, spokenFor, reach }: Starting,
  broker: Broker,
): BridgedBanks {
  const bridged = new BridgedBanks({
    clock,
    random,
    log,
    register: core.register,
    bankRegister: core.bankRegister,
    building: spokenFor,
    brokerUrl: `mqtt://${reachable(config.mqttHost)}:${broker.port}`,
    folder: join(config.dataFolder, 'bridge'),
  });
  bridged.start();
  // A PLC that takes one connection has to be free for the hub that speaks.
  reach.hold(() => bridged.stop());
  return bridged;
}

/** What the building decided, after the commit: a fault in here must not make the commit look failed. */
function carryOut(parts: Parts, effect: Effect): void {
  try {
    pass(parts, effect);
  } catch (error) {
    parts.hub.log.error({ err: error, effect: effect.type }, 'what was decided could not be carried out');
  }
}

function pass({ hub, banks, notifications }: Parts, effect: Effect): void {
  switch (effect.type) {
    case 'open':
    case 'ask-outcomes':
    case 'ask-records':
    case 'acknowledge':
    case 'taken-over':
      banks.perform(effect);
      break;
    case 'send-message':
      notifications.wake();
      break;
    case 'visit-changed':
      hub.visits.changed(effect.visit);
      break;
    case 'bank-changed':
      tellBank(hub, effect.bank);
      break;
    case 'door-changed':
      tellDoor(hub, effect.bank, effect.compartment);
      break;
    case 'case-opened':
      // Pages hear of it by its entry.
      break;
  }
}
