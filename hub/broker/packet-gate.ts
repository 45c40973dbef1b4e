/**
 * Counts an MQTT connection's bytes before the parser sees them: aedes has no packet limit of its own, and an
 * unauthenticated CONNECT may take 60 MB (measured; see FINDINGS 5).
 */
import { MAX_PAYLOAD_BYTES } from '@lockerhub/protocol/bank/topics.ts';

/** The longest header of a PUBLISH beside its payload: fixed header, topic of ours, packet id. */
const HEADER_BYTES = 256;
/** The largest packet of a bank that has signed in. */
export const MAX_PACKET_BYTES = MAX_PAYLOAD_BYTES + HEADER_BYTES;
/** All that a connection may send before it has signed in: a CONNECT with user, password and will has about 400. */
export const MAX_BYTES_BEFORE_AUTH = 1024;
/** MQTT 3.1.1, 2.2.3: the remaining length has at most four bytes of seven bits. */
const MAX_LENGTH_BYTES = 4;

/** Follows the packet borders of one connection. */
export class PacketGate {
  #authenticated = false;
  #total = 0;
  /** Bytes of the present packet's body still to come. */
  #bodyLeft = 0;
  /** Length bytes of the present packet's header read so far; undefined before the packet's first byte. */
  #lengthBytes: number | undefined;
  #length = 0;

  /** From now on the larger limit holds. */
  authenticated(): void {
    this.#authenticated = true;
  }

  /** Takes the next bytes; returns what is wrong with them, or undefined. After a fault it must not be fed again. */
  feed(chunk: Uint8Array): string | undefined {
    this.#total += chunk.length;
    if (!this.#authenticated && this.#total > MAX_BYTES_BEFORE_AUTH) {
      return `more than ${MAX_BYTES_BEFORE_AUTH} bytes before the sign-in`;
    }
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyLeft > 0) {
        const step = Math.min(this.#bodyLeft, chunk.length - at);
        this.#bodyLeft -= step;
        at += step;
        continue;
      }
      const fault = this.#header(chunk[at] ?? 0);
      if (fault) return fault;
      at += 1;
    }
    return undefined;
  }

  #header(byte: number): string | undefined {
    if (this.#lengthBytes === undefined) {
      this.#lengthBytes = 0;
      this.#length = 0;
      return undefined;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    if ((byte & 0x80) !== 0) {
      return this.#lengthBytes >= MAX_LENGTH_BYTES ? 'a malformed packet length' : undefined;
    }
    this.#lengthBytes = undefined;
    const limit = this.#authenticated ? MAX_PACKET_BYTES : MAX_BYTES_BEFORE_AUTH;
    if (this.#length > limit) return `a packet of ${this.#length} bytes; at most ${limit} are read`;
    this.#bodyLeft = this.#length;
    return undefined;
  }
}
