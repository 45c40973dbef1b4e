/** A way in without a password: what stands in the place of its hash until the invited one sets one. */
import { tokenHash } from './token.ts';

/** Over a weekend and a holiday. */
export const INVITATION_MS = 7 * 24 * 3_600_000;
/** No hash of argon2 begins so: nobody signs in with it. */
const MARK = 'invited';

export function invitationHash(token: string, expiresAt: number): string {
  return invitationBy(tokenHash(token), expiresAt);
}

/** By the hash of a token that somebody else made. */
export function invitationBy(hash: string, expiresAt: number): string {
  return `${MARK}:${expiresAt}:${hash}`;
}

export function isInvited(passwordHash: string): boolean {
  return passwordHash.startsWith(`${MARK}:`);
}

/** Whether this token is what the invitation asks for, and still is. @param nowMs null: no clock to be trusted */
export function fitsInvitation(passwordHash: string, token: string, nowMs: number | null): boolean {
  const [mark, expiresAt, hash] = passwordHash.split(':');
  return mark === MARK && hash === tokenHash(token) && (nowMs === null || nowMs < Number(expiresAt));
}
