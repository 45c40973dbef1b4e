import { join } from 'node:path';
import type { EpochCertificate } from '@lockerhub/protocol/sync/epoch.ts';
import { nodeOf } from '@lockerhub/protocol/sync/epoch.ts';
import { type Enrol, type Heartbeat, MOST_AGENTS_TOLD } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { AgentVersions } from '../agents/agent-versions.ts';
import { Backups } from '../backup/backups.ts';
import type { Banks } from '../banks/banks.ts';
import type { Core } from '../core.ts';
import { checkStatePath } from '../log/check/check-state.ts';
import { LogWatch } from '../log/check/log-watch.ts';
import { LabelPhotos } from '../photos/label-photos.ts';
import { Erasure } from '../privacy/erasure.ts';
import { Retention } from '../privacy/retention.ts';
import { SCHEMA_VERSION } from '../store/pglite/migrations.ts';
import { CloudMembership } from '../sync/cloud-membership.ts';
import { Updates, type UpdatesOptions } from '../update/updates.ts';
import { SOFTWARE } from '../version.ts';
import type { AgentSide } from './agent-side.ts';
import type { Starting } from './starting.ts';

/** What keeps the building's data: elsewhere too (cloud, backups), no longer than it may (erasure), as it was written; and the hub up to date. */
export interface Custodians {
  readonly cloud: CloudMembership;
  readonly backups: Backups;
  readonly updates: Updates;
  readonly erasure: Erasure;
  readonly photos: LabelPhotos;
  readonly logWatch: LogWatch;
}

/** Starts them. */
export async function startCustodians(
  starting: Starting,
  { banks, agentVersions }: Pick<AgentSide, 'banks' | 'agentVersions'>,
  heartbeatEveryMs: number,
): Promise<Custodians> {
  const { clock, core, closers, log } = starting;
  const updates = updatesOf(starting, (sha256, at, most) => cloud.release(sha256, at, most));
  const cloud: CloudMembership = cloudMembership(starting, heartbeatEveryMs, updates, agentVersions);
  // On trial nobody hears of this hub.
  if (!starting.hold.isTrial) await cloud.start();
  closers.push(() => cloud.stop());
  const backups = backupsOf(starting, cloud);
  backups.start();
  closers.push(() => backups.stop());
  updates.start();
  closers.push(() => updates.stop());
  const clockTrust = () => core.clockWatch.trust();
  const kept = { store: core.store, log: core.buildingLog, register: core.register, clock, clockTrust };
  const photos = new LabelPhotos({
    folder: join(starting.config.dataFolder, 'photos'),
    clock,
    clockTrust,
    disk: () => core.store.disk(),
    keptMs: () => core.policy.get().photosMs,
  });
  const erasure = new Erasure({
    ...kept,
    building: core.building,
    pins: core.pins,
    fobs: core.fobs,
    node: nodeOf(core.instance),
    photos,
  });
  const contactsMs = () => core.policy.get().contactsMs;
  const goneSince = (row: string, movedOutAt: number) =>
    core.peopleChanges.setResident(
      { kind: 'hub' },
      row,
      { movedOutAt },
      { type: 'row.changed', data: { table: 'residents', row, fields: ['movedOutAt'] } },
    );
  const retention = new Retention({ ...kept, erasure, contactsMs, photos, goneSince, logger: log });
  retention.start();
  closers.push(() => retention.stop());
  const logWatch = logWatchOf(starting, banks, cloud);
  logWatch.start();
  closers.push(() => logWatch.stop());
  return { cloud, backups, updates, erasure, photos, logWatch };
}

function cloudMembership(
  { config, clock, random, log, core, certificate }: Starting,
  heartbeatEveryMs: number,
  updates: Updates,
  agentVersions: AgentVersions,
): CloudMembership {
  return new CloudMembership({
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
      agents: await toldAgents(agentVersions),
    }),
    clock,
    random,
    logger: log,
    update: (release, operator) => updates.fetch(release, operator),
    envelope: () => core.recovery,
    certificate,
    heartbeatEveryMs,
  });
}

/** Of the agents that ever said what they run. */
async function toldAgents(versions: AgentVersions): Promise<NonNullable<Heartbeat['agents']>> {
  const agents = (await versions.view()).flatMap(({ bank, software, sinceMs, update }) =>
    software === null || sinceMs === null ? [] : [{ bank, software, sinceMs, update }],
  );
  return agents.slice(0, MOST_AGENTS_TOLD);
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

function logWatchOf(
  { config, clock, log, core }: Starting,
  banks: Pick<Banks, 'heads'>,
  cloud: CloudMembership,
): LogWatch {
  return new LogWatch({
    path: checkStatePath(config.dataFolder),
    store: core.store,
    log: core.buildingLog,
    witnesses: async () => {
      const signed = await cloud.countersigned();
      return [
        ...banks.heads().map(({ bank, head }) => ({ who: `the agent of ${bank} has seen`, head })),
        ...(signed ? [{ who: 'the cloud has signed', head: signed }] : []),
      ];
    },
    execute: (command) => core.building.execute(command),
    clock,
    logger: log,
  });
}

function backupsOf(
  { config, clock, random, log, core, hold }: Starting,
  cloud: Pick<CloudMembership, 'address'>,
): Backups {
  return new Backups({
    folder: config.backupFolder,
    dataFolder: config.dataFolder,
    store: core.store,
    head: () => core.buildingLog.head(),
    epoch: core.epoch,
    building: () => core.settings.get()?.building,
    timeZone: () => core.settings.get()?.timeZone ?? 'UTC',
    policy: () => core.policy.get(),
    isHeld: () => hold.isOn,
    recoveryKey: () => core.recovery.view().current,
    cloud: () => cloud.address,
    sealed: () => {
      const { envelope, kept } = core.recovery;
      return envelope === null || kept === null ? null : { envelope, kept };
    },
    execute: (command) => core.building.execute(command),
    clock,
    random,
    log,
  });
}

function updatesOf(
  { config, clock, random, log, core, hold }: Starting,
  fetchPiece: UpdatesOptions['fetchPiece'],
): Updates {
  return new Updates({
    folders: config.update,
    fetchPiece,
    isTrial: hold.isTrial,
    log: core.buildingLog,
    store: core.store,
    clock,
    clockTrust: () => core.clockWatch.trust(),
    random,
    execute: (command) => core.building.execute(command),
    logger: log,
  });
}
