/**
 * Another box takes a building over: keyring out of its envelope, the next epoch, log and rows from the cloud. Until all of
 * it is there the folder says that it is not finished, and no hub runs on it; each step may be cut short and done again.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Id, Slug } from '@lockerhub/protocol/ids.ts';
import { EpochCertificate, EpochNumber, nodeOf } from '@lockerhub/protocol/sync/epoch.ts';
import { SYNCED_TABLE_NAMES } from '@lockerhub/protocol/sync/synced-tables.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';
import { certifyEpoch, type Epoch, writeEpoch } from '../epoch/epoch-file.ts';
import { HubError } from '../error.ts';
import { keepKeyring, openKeyring } from '../keyring/keyring.ts';
import { openEnvelope } from '../recovery/envelope.ts';
import { keepEnvelope, readEnvelope } from '../recovery/recovery.ts';
import { SCHEMA_VERSION } from '../store/pglite/migrations.ts';
import { openStore } from '../store/pglite/open.ts';
import { writeAccount } from '../sync/cloud-account.ts';
import { ElectricShapes } from '../sync/electric-shapes.ts';
import { GatewayClient } from '../sync/gateway-client.ts';
import { SOFTWARE } from '../version.ts';
import { hydrateLog, hydrateTable } from './hydrate.ts';

/** What is being done, kept until it is finished. */
const Plan = z.strictObject({
  version: z.literal(1),
  url: z.string(),
  code: z.string(),
  building: Slug,
  number: EpochNumber,
  instance: Id,
  /** Signed once: a repeated enrolment has to be the same. */
  certificate: EpochCertificate,
});
type Plan = z.infer<typeof Plan>;

export interface ReplaceOptions {
  /** Empty, or of a replacement that was cut short. */
  readonly dataFolder: string;
  /** Of the cloud's gateway. */
  readonly url: string;
  /** One-time, of the cloud's operator, for a replacement. */
  readonly code: string;
  /** As typed from the paper; asked for only where it is needed. */
  readonly recoveryKey: () => Promise<string>;
  readonly clock: Clock;
  readonly random: Random;
  /** In plain words. */
  readonly onProgress: (what: string) => void;
}

/** Whether a replacement was begun in this folder and not finished. */
export function isUnfinished(dataFolder: string): boolean {
  return existsSync(planPath(dataFolder));
}

/**
 * Takes the building over. When it returns, a hub may be started on the folder.
 *
 * @throws HubError `replace-refused`, `recovery-key-…`, `envelope-broken`, `keyring-broken`
 * @throws CloudFault, StoreError: run it again
 */
export async function replaceHub(options: ReplaceOptions): Promise<Epoch> {
  const { dataFolder, clock, onProgress } = options;
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const plan = readPlan(dataFolder) ?? (await begin(options));
  const { number, instance, url } = plan;
  onProgress(`speaking for "${plan.building}" from now on, under number ${number}`);
  const enrolled = await enrol(options, plan);
  const { building, name, token, gatewayKey } = enrolled;
  writeAccount(join(dataFolder, 'cloud.json'), { version: 1, url, building, name, token, gatewayKey });
  const store = await openStore({
    folder: dataFolder,
    epoch: number,
    node: nodeOf(instance),
    clock,
    random: options.random,
    onBroken: () => {
      // Whatever is under way fails with it, and that ends this run.
    },
    onWarning: () => {
      // Upkeep comes again when the hub runs.
    },
    onProgress,
  });
  try {
    const shapes = new ElectricShapes({
      url,
      token,
      onFailedAttempt: () => onProgress('the cloud is slow …'),
    });
    await hydrateLog(store, shapes, enrolled.head, onProgress);
    for (const table of SYNCED_TABLE_NAMES) {
      onProgress(`reading ${table}`);
      await hydrateTable(store, shapes, table);
    }
  } finally {
    await store.close();
  }
  const epoch: Epoch = { number, instance, reason: 'replaced' };
  writeEpoch(join(dataFolder, 'epoch.json'), epoch);
  rmSync(planPath(dataFolder));
  return epoch;
}

/** Keyring and number: from here on it is this hub that the folder is of. */
async function begin(options: ReplaceOptions): Promise<Plan> {
  const { dataFolder, url, code, recoveryKey, clock, random, onProgress } = options;
  if (existsSync(join(dataFolder, 'epoch.json'))) {
    throw new HubError('replace-refused', `${dataFolder} holds a hub already; choose an empty folder`);
  }
  onProgress('asking the cloud for the sealed keyring');
  const { envelope, building, epoch } = await new GatewayClient(url, null).envelope(code);
  const { content } = openEnvelope(envelope, await recoveryKey());
  const keyringPath = join(dataFolder, 'keyring.json');
  keepKeyring(keyringPath, content);
  keepEnvelope(join(dataFolder, 'recovery.json'), envelope, content);
  const { authority } = await openKeyring(keyringPath, random);
  const next = { number: epoch + 1, instance: newId(clock, random) };
  const certificate = certifyEpoch(next, building, authority);
  const plan: Plan = { version: 1, url, code, building, ...next, certificate };
  writePlan(dataFolder, plan);
  return plan;
}

async function enrol({ dataFolder, random }: ReplaceOptions, plan: Plan) {
  const { authority } = await openKeyring(join(dataFolder, 'keyring.json'), random);
  return new GatewayClient(plan.url, null).enrol({
    code: plan.code,
    building: plan.building,
    instance: plan.instance,
    epoch: plan.certificate,
    authority: authority.certificate,
    envelope: readEnvelope(join(dataFolder, 'recovery.json')),
    software: SOFTWARE,
    schema: SCHEMA_VERSION,
  });
}

/** The number that a replacement begun in this folder speaks under; null: none is unfinished. @throws HubError `replace-refused` */
export function plannedEpoch(dataFolder: string): number | null {
  return readPlan(dataFolder)?.number ?? null;
}

function planPath(dataFolder: string): string {
  return join(dataFolder, 'replacing.json');
}

function readPlan(dataFolder: string): Plan | null {
  if (!isUnfinished(dataFolder)) return null;
  try {
    return Plan.parse(JSON.parse(readFileSync(planPath(dataFolder), 'utf8')));
  } catch (cause) {
    throw new HubError(
      'replace-refused',
      `${planPath(dataFolder)} cannot be used; begin in an empty folder`,
      { cause },
    );
  }
}

/** Synced and whole, or not there. */
function writePlan(dataFolder: string, plan: Plan): void {
  const path = planPath(dataFolder);
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, JSON.stringify(plan));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}
