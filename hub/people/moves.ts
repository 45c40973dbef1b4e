/** Where a resident goes who moves inside the building, and who goes along: a pure decision. */

export interface Home {
  readonly unit: string;
  readonly household: string;
  /** Nobody else of the household lives here. */
  readonly isAlone: boolean;
}

export interface Wanted {
  /** The unit that is meant; null: one that has to be made; absent: where they are. */
  readonly unit?: string | null | undefined;
  /** The household that they join; null: one of their own; absent: whichever follows from the unit. */
  readonly household?: string | null | undefined;
}

/**
 * `moves-home`: the household itself moves, and what waits for it stays theirs. `leaves`: into a new household; what
 * waits for the one before stays with those who stay in it, and what is addressed to the mover stays theirs.
 */
export type Move =
  | { readonly kind: 'stays' }
  | { readonly kind: 'joins'; readonly household: string }
  | { readonly kind: 'moves-home' | 'leaves'; readonly unit: string | null };

/** What a move comes to. `null` units are to be made. */
export function planMove(home: Home, { unit = home.unit, household }: Wanted): Move {
  if (typeof household === 'string') {
    return household === home.household ? { kind: 'stays' } : { kind: 'joins', household };
  }
  if (unit === home.unit && (household === undefined || home.isAlone)) return { kind: 'stays' };
  return { kind: home.isAlone ? 'moves-home' : 'leaves', unit };
}
