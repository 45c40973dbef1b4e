/**
 * The one-time code by which an agent joins a building: 80 random bits, which nobody finds by trying a recorded
 * exchange offline (2^80 HMACs), as 16 characters that can be read aloud and typed in a basement.
 */
import { base32, bytesOf, grouped, numberOf, readBase32 } from '../codes/base32.ts';

/** 16 characters of 5 bits. */
export const JOIN_CODE_BYTES = 10;
const CHARACTERS = (JOIN_CODE_BYTES * 8) / 5;
const GROUP = 4;

/** `7K3M-Q2ZV-…`, four groups of four. @param bytes `JOIN_CODE_BYTES` of them. */
export function joinCodeText(bytes: Uint8Array): string {
  return grouped(base32(numberOf(bytes), CHARACTERS), GROUP);
}

/** The bytes of a code as people type it: any case, any dashes and blanks, O for 0, I and L for 1. */
export function readJoinCode(typed: string): Uint8Array | undefined {
  const value = readBase32(typed, CHARACTERS);
  return value === undefined ? undefined : bytesOf(value, JOIN_CODE_BYTES);
}
