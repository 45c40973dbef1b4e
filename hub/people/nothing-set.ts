import type { Rows } from '../store/rows.ts';

/** What a resident's row says of wishes and rights that nobody has told of yet. */
export const NOTHING_SET = {
  accessible: null,
  onlyMe: null,
  pinHash: null,
  fobHash: null,
  movedOut: false,
  movedOutAt: null,
  externalId: null,
  contacts: null,
  away: null,
} as const satisfies Partial<Rows['residents']>;
