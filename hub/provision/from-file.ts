import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type CoreOptions, openCore } from '../core.ts';
import { HubError } from '../error.ts';
import { parsePlan } from './plan.ts';
import { type Provisioned, provision } from './provision.ts';

export interface ProvisionOptions extends Omit<CoreOptions, 'perform' | 'onBankChanged' | 'isHeld' | 'mail'> {
  /** The plan, in YAML. */
  readonly file: string;
}

/**
 * Opens the folder's store, fills the building, closes the store.
 *
 * @throws HubError, StoreError (`folder-locked` while a hub runs on the folder).
 */
export async function provisionFromFile({ file, ...options }: ProvisionOptions): Promise<Provisioned> {
  const plan = parsePlan(readText(file), file);
  // Nothing is opened or sent while no bank and no mail server is connected.
  const core = await openCore({
    ...options,
    mail: false,
    perform: () => {},
    isHeld: () => false,
    onBankChanged: () => {},
  });
  try {
    return await provision(core, options.random, plan, (path) => readText(resolve(dirname(file), path)));
  } finally {
    await core.stop();
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new HubError('building-invalid', `${path}: it cannot be read: ${String(cause)}`, { cause });
  }
}
