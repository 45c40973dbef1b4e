import { AgentVersions } from '../agents/agent-versions.ts';
import { Renewals } from '../agents/renewals.ts';
import { Banks } from '../banks/banks.ts';
import { openingHistory } from '../banks/opening-history.ts';
import { Broker, MAX_CONNECTIONS } from '../broker/broker.ts';
import { listenTls, type TlsListener } from '../broker/tls-listener.ts';
import { LineScans } from '../commissioning/line-scans.ts';
import { listenOn } from '../config/listen.ts';
import type { Core } from '../core.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { PickupLists } from '../pickups/pickup-lists.ts';
import type { Starting } from './starting.ts';

/** What speaks with the agents. */
export interface AgentSide {
  readonly banks: Banks;
  readonly broker: Broker;
  readonly tls: TlsListener;
  readonly scans: LineScans;
  readonly agentVersions: AgentVersions;
}

/** Starts the broker, the links to the banks behind it, and the lists that agents keep for the hub's death. */
export async function startAgentSide(
  starting: Starting,
  metrics: Metrics,
  onBankChanged: (bank: string) => void,
): Promise<AgentSide> {
  const { clock, random, log, core, certificate, closers, reach } = starting;
  const { bankRegister, building } = core;
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
    onState: (bank, state) => agentVersions.told(bank, state),
    onChange: onBankChanged,
    onListHeld: (bank, version) => lists.held(bank, version),
    onScan: (bank, response) => scans.told(bank, response),
    disconnect: (bank) => broker.disconnect(bank),
  });
  const agentVersions = new AgentVersions({
    register: core.register,
    log: core.buildingLog,
    store: core.store,
    isOnline: (bank) => banks.link(bank)?.online ?? false,
    clock,
    logger: log,
  });
  const renewals = new Renewals({
    agents: core.agents,
    clock,
    log,
    isCertified: (bank) => broker.isCertified(bank),
    publish: (bank, name, message) => broker.publish(bank, name, message),
  });
  const scans = new LineScans({ clock, random, link: (bank) => banks.link(bank) });
  const broker: Broker = await startBroker(starting, metrics, banks, renewals);
  closers.push(
    () => agentVersions.stop(),
    () => banks.stop(),
    () => broker.stop(),
    () => reach.letGo(),
  );
  const lists = startLists(starting, banks);
  const tls = await startTls(starting, broker);
  reach.hold(() => tls.stop());
  renewals.start();
  closers.push(() => renewals.stop());
  return { banks, broker, tls, scans, agentVersions };
}

function startBroker(
  { config, log, core, spokenFor }: Starting,
  metrics: Metrics,
  banks: Banks,
  renewals: Renewals,
): Promise<Broker> {
  return listenOn('MQTT broker', config.mqtt, (port) =>
    Broker.start({
      host: config.mqttHost,
      port,
      log,
      building: spokenFor,
      credentialHashes: (bank) => core.bankRegister.credentialHashes(bank),
      onMessage: (bank, arrived) => {
        if (arrived.name !== 'renewal') return banks.receive(bank, arrived);
        renewals.receive(bank, arrived.message);
        return true;
      },
      onDisconnected: (bank) => banks.disconnected(bank),
      onRefused: (reason) => metrics.refused(reason),
    }),
  );
}

function startTls({ config, random, core }: Starting, broker: Broker): Promise<TlsListener> {
  return listenOn('MQTT over TLS', config.mqtts, (port) =>
    listenTls({
      host: config.host,
      port,
      authority: core.keyring.authority,
      random,
      maxConnections: MAX_CONNECTIONS,
      onConnection: (socket, leaf) => broker.accept(socket, () => core.agents.admit(leaf)),
    }),
  );
}

function startLists({ clock, log, core, spokenFor, closers }: Starting, banks: Banks): PickupLists {
  const lists = new PickupLists({
    clock,
    log,
    listKey: core.keyring.listKey,
    epoch: core.epoch,
    source: () => (spokenFor() === undefined ? undefined : listSource(core)),
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
  return lists;
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

async function hashAt(store: Core['store'], seq: number): Promise<string | null> {
  const [entry] = await store.query<{ hash: string }>('select hash from log where seq = $1', [seq]);
  return entry?.hash ?? null;
}
