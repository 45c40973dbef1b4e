/** A running hub: the core with its broker, bridge, notifications and API around it. */
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { EpochCertificate } from '@lockerhub/protocol/sync/epoch.ts';
import type { Enrol } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import { announceHub } from './agents/announcement.ts';
import { Renewals } from './agents/renewals.ts';
import { addressesOf } from './agents/whereabouts.ts';
import { EventStreams } from './api/event-streams.ts';
import type { Hub } from './api/hub.ts';
import { tellBank, tellDoor, tellEntries } from './api/live.ts';
import { closeServer, reachable, serveHttp, urlOf } from './api/server.ts';
import { VisitStreams } from './api/visit-streams.ts';
import { Banks } from './banks/banks.ts';
import { BridgedBanks } from './banks/bridged-banks.ts';
import { openingHistory } from './banks/opening-history.ts';
import { Broker, MAX_CONNECTIONS } from './broker/broker.ts';
import { listenTls, type TlsListener } from './broker/tls-listener.ts';
import { LineScans } from './commissioning/line-scans.ts';
import type { Config } from './config/config.ts';
import { listenOn } from './config/listen.ts';
import { type Core, openCore } from './core.ts';
import type { Effect } from './deliveries/command.ts';
import { certifyEpoch } from './epoch/epoch-file.ts';
import { lockFigures } from './locks/lock-figures.ts';
import { LockWatch } from './locks/lock-watch.ts';
import { wearOf } from './locks/trend.ts';
import type { BankLocks } from './metrics/lock-metrics.ts';
import { Metrics } from './metrics/metrics.ts';
import { Notifications } from './notifications/notifications.ts';
import type { Notifier } from './notifications/notifier.ts';
import { Outbox } from './notifications/outbox.ts';
import { PickupLists } from './pickups/pickup-lists.ts';
import { SCHEMA_VERSION } from './store/pglite/migrations.ts';
import { CloudMembership } from './sync/cloud-membership.ts';
import { SOFTWARE } from './version.ts';

export interface HubOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The store broke: end the process, so that a new one finds out what was written. */
  readonly onBroken: (error: Error) => void;
}

export interface RunningHub {
  readonly hub: Hub;
  readonly httpUrl: string;
  readonly mqttPort: number;
  /** Of MQTT over TLS. */
  readonly mqttsPort: number;
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
  const core = await openCore({
    ...options,
    dataFolder: options.config.dataFolder,
    perform: (effect) => perform(effect),
    onBankChanged: (bank) => bankChanged(bank),
  });
  const closers: (() => Promise<void> | void)[] = [() => core.stop()];
  const stop = async () => {
    for (const close of closers.reverse()) await close();
  };
  try {
    // Nobody asks for it before there is a server that takes questions.
    const parts = await connect(options, core, closers, () => Number(new URL(urlOf(server)).port));
    perform = (effect) => carryOut(parts, effect);
    bankChanged = parts.bankChanged;
    for (const effect of effects) perform(effect);
    parts.notifications.wake();
    const server: Server = await serveHttp(options.config, parts.hub);
    closers.push(() => closeServer(server, parts.hub));
    closers.push(
      await announceHub({
        host: options.config.host,
        mqttsPort: parts.tls.port,
        httpPort: Number(new URL(urlOf(server)).port),
        ca: core.keyring.authority.certificate,
        log: options.log,
      }),
    );
    const { bootId } = core;
    await core.buildingLog.record({ kind: 'hub' }, [
      { type: 'hub.started', data: { bootId, software: SOFTWARE } },
    ]);
    return {
      hub: parts.hub,
      httpUrl: urlOf(server),
      mqttPort: parts.broker.port,
      mqttsPort: parts.tls.port,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Parts {
  readonly tls: TlsListener;
  readonly hub: Hub;
  readonly broker: Broker;
  readonly banks: Banks;
  readonly notifications: Notifications;
  readonly bankChanged: (bank: string) => void;
}

/** Broker, banks, notifications and live pages, started in this order. */
async function connect(
  { config, clock, random, log }: HubOptions,
  core: Core,
  closers: (() => Promise<void> | void)[],
  httpPort: () => number,
): Promise<Parts> {
  const metrics = new Metrics();
  const { register, building, bankRegister, settings } = core;
  const certificate = epochCertificate(core, clock);
  const banks: Banks = new Banks({
    clock,
    random,
    log,
    bootId: core.bootId,
    epoch: core.epoch,
    certificate,
    head: () => core.buildingLog.head(),
    exists: (bank) => bankRegister.exists(bank),
    publish: (bank, name, message) => broker.publish(bank, name, message),
    history: openingHistory(core.store),
    hashAt: (seq) => hashAt(core.store, seq),
    execute: (command) => building.execute(command),
    onChange: (bank) => tellBank(hub, bank),
    onListHeld: (bank, version) => lists.held(bank, version),
    onScan: (bank, response) => scans.told(bank, response),
    disconnect: (bank) => broker.disconnect(bank),
  });
  const renewals = new Renewals({
    agents: core.agents,
    clock,
    log,
    isCertified: (bank) => broker.isCertified(bank),
    publish: (bank, name, message) => broker.publish(bank, name, message),
  });
  const scans = new LineScans({ clock, random, link: (bank) => banks.link(bank) });
  const broker: Broker = await listenOn('MQTT broker', config.mqtt, (port) =>
    Broker.start({
      host: config.mqttHost,
      port,
      log,
      building: () => settings.get()?.building,
      credentialHashes: (bank) => bankRegister.credentialHashes(bank),
      onMessage: (bank, arrived) => {
        if (arrived.name !== 'renewal') return banks.receive(bank, arrived);
        renewals.receive(bank, arrived.message);
        return true;
      },
      onDisconnected: (bank) => banks.disconnected(bank),
      onRefused: (reason) => metrics.refused(reason),
    }),
  );
  closers.push(
    () => banks.stop(),
    () => broker.stop(),
  );
  const lists = new PickupLists({
    clock,
    log,
    listKey: core.keyring.listKey,
    epoch: core.epoch,
    source: () => listSource(core),
    send: async (bank, sealed, holders) => {
      // First whose codes a thief of that agent will have, then the list.
      await core.agents.noteListed(bank, holders);
      return (await banks.link(bank)?.sendList(sealed)) ?? false;
    },
  });
  lists.start();
  closers.push(
    () => lists.stop(),
    core.buildingLog.onAppended(() => lists.changed()),
  );
  const tls = await listenOn('MQTT over TLS', config.mqtts, (port) =>
    listenTls({
      host: config.host,
      port,
      authority: core.keyring.authority,
      random,
      maxConnections: MAX_CONNECTIONS,
      onConnection: (socket, leaf) => broker.accept(socket, () => core.agents.admit(leaf)),
    }),
  );
  closers.push(() => tls.stop());
  renewals.start();
  closers.push(() => renewals.stop());
  const outbox = new Outbox({
    store: core.store,
    log: core.buildingLog,
    register,
    people: core.people,
    buildingName: () => settings.get()?.name ?? '',
    codes: building,
  });
  const notifications = new Notifications({
    outbox,
    register,
    mail: config.smtp && (await mailNotifier(config.smtp)),
    clock,
    log,
    execute: (command) => building.execute(command),
  });
  closers.push(() => notifications.stop());
  const cloud = new CloudMembership({
    path: join(config.dataFolder, 'cloud.json'),
    ...core,
    log: core.buildingLog,
    introduction: () => introduce(core, certificate),
    condition: async () => ({
      wallMs: clock.wallMs(),
      clock: core.clockWatch.trust(),
      disk: core.store.disk(),
      software: SOFTWARE,
      schema: SCHEMA_VERSION,
    }),
    clock,
    random,
    logger: log,
    envelope: () => core.recovery,
    certificate,
  });
  await cloud.start();
  closers.push(() => cloud.stop());
  const hub: Hub = {
    ...core,
    cloud,
    clock,
    random,
    log,
    outbox,
    banks,
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
    visits: new VisitStreams(clock, (visit) => building.visit(visit)),
    clockState: () => ({ state: core.clockWatch.trust(), reason: core.clockWatch.reason() }),
    frameOrigin: config.frameOrigin,
    demoUrl: config.demoUrl,
  };
  goLive(hub, broker, closers);
  const locks = new LockWatch({
    store: core.store,
    banks: () => register.all('banks').map(({ id }) => id),
    clock,
    log,
    execute: (command) => building.execute(command),
  });
  locks.start();
  closers.push(() => locks.stop());
  const bridged = new BridgedBanks({
    clock,
    random,
    log,
    register,
    bankRegister,
    building: () => settings.get()?.building,
    brokerUrl: `mqtt://${reachable(config.mqttHost)}:${broker.port}`,
    folder: join(config.dataFolder, 'bridge'),
  });
  bridged.start();
  closers.push(() => bridged.stop());
  const bankChanged = (bank: string) => {
    broker.disconnect(bank);
    bridged.changed(bank);
    tellBank(hub, bank);
  };
  return { hub, broker, tls, banks, notifications, bankChanged };
}

/**
 * What the hub says of itself to a cloud that it joins. The certificate is the same each time: by it the cloud knows that
 * the hub repeats a request whose answer was lost, and lets its code serve once more.
 */
function introduce(
  { keyring, recovery, settings }: Core,
  certificate: () => EpochCertificate | undefined,
): Omit<Enrol, 'code' | 'instance'> {
  const { building } = settings.require();
  const epoch = certificate();
  if (!epoch) throw new Error('a building that is set up has a certificate of its epoch');
  return {
    building,
    epoch,
    authority: keyring.authority.certificate,
    envelope: recovery.envelope,
    software: SOFTWARE,
    schema: SCHEMA_VERSION,
  };
}

async function hashAt(store: Core['store'], seq: number): Promise<string | null> {
  const [entry] = await store.query<{ hash: string }>('select hash from log where seq = $1', [seq]);
  return entry?.hash ?? null;
}

/** Proves the hub's epoch; made once, for each signature is another one. */
function epochCertificate(core: Core, clock: Clock): () => EpochCertificate | undefined {
  let made: EpochCertificate | undefined;
  return () => {
    const info = core.settings.get();
    if (!info) return undefined;
    const { epoch: number, instance, keyring } = core;
    made ??= certifyEpoch({ number, instance }, info.building, keyring.authority, clock.wallMs());
    return made;
  };
}

/** What pickup lists are made from; undefined before the building was set up. */
function listSource({ building, people, policy, register, settings }: Core) {
  const info = settings.get();
  if (!info) return undefined;
  return {
    model: building.model,
    roster: people,
    policy: policy.get(),
    qrOf: (holder: string) => building.qrOf(holder),
    terminals: register.all('terminals').filter(({ revoked }) => !revoked),
    building: info,
  };
}

/** Loaded where mail is sent at all: a building without a mail server keeps the memory (20 MB). */
async function mailNotifier(settings: NonNullable<Config['smtp']>): Promise<Notifier> {
  const { createMailNotifier } = await import('./notifications/mail.ts');
  return createMailNotifier(settings);
}

function goLive(hub: Hub, broker: Broker, closers: (() => Promise<void> | void)[]): void {
  hub.events.start();
  hub.visits.start();
  closers.push(
    () => hub.events.stop(),
    () => hub.visits.stop(),
    tellEntries(hub),
  );
  hub.metrics.watch({
    banksOnline: () => hub.banks.online,
    connections: () => broker.connected,
    streams: () => hub.events.listening,
    logSeq: () => hub.buildingLog.head().seq,
    diskLow: () => hub.store.disk() === 'low',
    clockTrusted: () => hub.clockState().state === 'trusted',
    clock: hub.clock,
    banks: () => hub.register.all('banks').map(({ id }) => id),
    locks: (bank) => bankLocks(hub, bank),
  });
}

/** What `/metrics` says of a bank's locks. */
async function bankLocks({ store, clock, building }: Hub, bank: string): Promise<BankLocks> {
  const { recent, locks } = await lockFigures(store, bank, clock.wallMs());
  return {
    bank,
    ...recent,
    wearing: locks.filter((lock) => wearOf(lock, locks) !== null).length,
    outOfService: building.doors(bank).filter(({ inService }) => !inService).length,
    isEmergency: building.emergency(bank) !== null,
  };
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
