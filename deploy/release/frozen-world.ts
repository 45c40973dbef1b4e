/**
 * Loaded before the program that makes the store's template (`node --import`): time stands still and chance is always
 * the same, so that Postgres' `initdb` writes the same bytes each time. A template is no secret: every store that
 * grows from it gets its keys and ids from elsewhere.
 */
import crypto from 'node:crypto';

/** A time of no meaning, after all that Postgres compares it with: 2026-01-01. */
const AT_MS = 1_767_225_600_000;

/** The multiplier and increment of the C standard's example of `rand` (ISO/IEC 9899, 7.24.2.2). */
let state = 1;
function nextByte(): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
  return (state >> 16) & 0xff;
}

function fill<View extends ArrayBufferView>(view: View): View {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let index = 0; index < bytes.length; index++) bytes[index] = nextByte();
  return view;
}

const RealDate = Date;
class FrozenDate extends RealDate {
  constructor(...parts: unknown[]) {
    // Whatever a date can be made of is passed on as it is.
    super(...((parts.length === 0 ? [AT_MS] : parts) as [number]));
  }

  static override now(): number {
    return AT_MS;
  }
}

let ticksMs = 0;
globalThis.Date = FrozenDate as DateConstructor;
performance.now = () => {
  ticksMs += 0.001;
  return ticksMs;
};
Object.assign(globalThis.crypto, { getRandomValues: fill });
Object.assign(crypto, { randomFillSync: fill });
