/**
 * What the check of the log remembers from one start to the next, in a file apart from the store: who rewrites the whole
 * chain there finds it contradicted here. A file that is missing or broken costs one whole check.
 */

import { readFileSync, rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EMPTY_HEAD, type Head } from '@lockerhub/protocol/log/entry.ts';
import { z } from 'zod';

/** The longest words about a fault that are kept; ours name numbers only. */
const MAX_FAULT_CHARACTERS = 300;

const KeptHead = z.strictObject({ seq: z.int().min(0), hash: z.hex().length(64) });
const Fault = z.strictObject({ seq: z.int().min(0), detail: z.string().max(MAX_FAULT_CHARACTERS) });
const Faults = z.strictObject({ count: z.int().min(0), first: Fault.nullable() });
const CheckState = z.strictObject({
  version: z.literal(1),
  checked: KeptHead,
  sweep: z.strictObject({ at: KeptHead, faults: Faults }).nullable(),
  last: z.strictObject({ atMs: z.int(), faults: Faults }).nullable(),
});

/** Where the log is not as it was written. */
export type Fault = z.infer<typeof Fault>;
export interface Faults {
  readonly count: number;
  readonly first: Fault | null;
}

export interface CheckState {
  /** How far it was followed, and what stood there. */
  readonly checked: Head;
  /** The whole check that is under way; null: none is. */
  readonly sweep: { readonly at: Head; readonly faults: Faults } | null;
  /** The whole check that ended last, by the wall clock, and what was found by it and since; null: none did. */
  readonly last: { readonly atMs: number; readonly faults: Faults } | null;
}

export const NO_FAULTS: Faults = { count: 0, first: null };
export const UNCHECKED: CheckState = { checked: EMPTY_HEAD, sweep: null, last: null };

export function withFault({ count, first }: Faults, fault: Fault): Faults {
  return {
    count: count + 1,
    first: first ?? { ...fault, detail: fault.detail.slice(0, MAX_FAULT_CHARACTERS) },
  };
}

/** What is known to be wrong with the log: by the check that is under way, else by the last one. */
export function faultsOf({ sweep, last }: CheckState): Faults {
  return sweep?.faults.count ? sweep.faults : (last?.faults ?? NO_FAULTS);
}

export function checkStatePath(dataFolder: string): string {
  return join(dataFolder, 'log-check.json');
}

/** @param onBroken it is there and says nothing */
export function readCheckState(path: string, onBroken: (error: unknown) => void): CheckState {
  try {
    const { version: _, ...state } = CheckState.parse(JSON.parse(readFileSync(path, 'utf8')));
    return state;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onBroken(error);
    return UNCHECKED;
  }
}

export async function writeCheckState(path: string, state: CheckState): Promise<void> {
  const beside = `${path}.new`;
  await writeFile(beside, JSON.stringify({ version: 1, ...state }), { mode: 0o600, flush: true });
  await rename(beside, path);
}

/** A folder that was put back from a backup holds an earlier log: what was known of the later one would accuse it. */
export function forgetCheckState(dataFolder: string): void {
  rmSync(checkStatePath(dataFolder), { force: true });
}
