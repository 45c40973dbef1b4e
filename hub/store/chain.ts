/** How a batch's payloads become the next entries of the log. */
import { type Entry, type Head, nextEntry, SALT_BYTES } from '@lockerhub/protocol/log/entry.ts';
import { decodePayload, encodePayload, type Payload } from '@lockerhub/protocol/log/payload.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { StoreError } from './store-error.ts';

/** A payload on its way into the chain: its exact text and the salt that will hide it. */
export interface Draft {
  readonly text: string;
  readonly salt: Uint8Array;
}

/**
 * The texts of a batch, each with a fresh salt.
 *
 * @param saltOf of the payload at this place; one that is used once
 *
 * @throws StoreError `entry-invalid` if one does not fit its own schema: it could never be read again.
 */
export function draft(payloads: readonly Payload[], saltOf: (index: number) => Uint8Array): Draft[] {
  return payloads.map((payload, index) => {
    const text = encodePayload(payload);
    try {
      decodePayload(text);
    } catch (cause) {
      throw new StoreError('entry-invalid', `the log takes no such ${payload.type}: ${String(cause)}`, {
        cause,
      });
    }
    return { text, salt: saltOf(index) };
  });
}

/** A salt for an entry. */
export function freshSalt(random: Random): Uint8Array {
  return random.bytes(SALT_BYTES);
}

/** The entries that follow `head`, in order. */
export function chain(head: Head, epoch: number, drafts: readonly Draft[]): Entry[] {
  const entries: Entry[] = [];
  for (const { text, salt } of drafts) {
    try {
      entries.push(nextEntry(entries.at(-1) ?? head, epoch, text, salt));
    } catch (cause) {
      throw new StoreError('entry-invalid', `the log takes no such entry: ${String(cause)}`, { cause });
    }
  }
  return entries;
}
