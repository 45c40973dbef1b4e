/** How the demo's banks are called. */
export const BANK_NAMES = ['lobby', 'garage', 'room'] as const;
export type BankName = (typeof BANK_NAMES)[number];

/** A bank as one speaks of it: "the lobby", "the package room". */
export function spoken(bank: string): string {
  return bank === 'room' ? 'package room' : bank;
}
