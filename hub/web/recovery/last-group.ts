import { readBase32 } from '@lockerhub/protocol/codes/base32.ts';

/** Whether somebody typed the last group of a key, as people type such things. */
export function isLastGroup(key: string, typed: string): boolean {
  const last = key.split('-').at(-1) ?? '';
  const value = readBase32(typed, last.length);
  return value !== undefined && value === readBase32(last, last.length);
}
