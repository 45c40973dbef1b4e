/** Hands connections on, byte for byte: from a network to a socket of the file system, which any network reaches. */
import { connect, type Socket } from 'node:net';

/** Where to listen or to connect. */
export type End = { readonly path: string } | { readonly host: string; readonly port: number };

/** For a server that is to hand its connections on. When one side ends, so does the other. */
export function handOn(to: End): (from: Socket) => void {
  return (from) => {
    const onward = connect(to);
    for (const [one, other] of [
      [from, onward],
      [onward, from],
    ] as const) {
      one.setNoDelay();
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  };
}
