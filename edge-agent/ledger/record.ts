/** One line of a journal: a checksum, a space, JSON. A line that was torn by a power cut does not check out. */
import { crc32 } from 'node:zlib';

const CHECKSUM_LENGTH = 8;

/** The line of a record, with its line feed. */
export function recordLine(record: object): string {
  const json = JSON.stringify(record);
  return `${checksum(json)} ${json}\n`;
}

/** The record of a line without its line feed, or undefined if it is not whole. */
export function readRecordLine(line: string): unknown {
  const json = line.slice(CHECKSUM_LENGTH + 1);
  if (line[CHECKSUM_LENGTH] !== ' ' || line.slice(0, CHECKSUM_LENGTH) !== checksum(json)) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    // The checksum holds and it is no JSON: nothing of ours, so not a record.
    return undefined;
  }
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(CHECKSUM_LENGTH, '0');
}
