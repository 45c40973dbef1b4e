/** Characters as levels on a pair of wires, and what somebody reads out of them who listens in another way. Pure. */
import type { BusSettings } from './serial-bus.ts';

/** 1 is the idle level (mark). */
type Level = 0 | 1;

/** A receiver looks for a start bit so often within a bit's time, as common UARTs do. */
const LOOKS_PER_BIT = 16;
const DATA_BITS = 8;
/** Two devices with one id seldom begin together: the second a character and a half behind the first. */
const TWIN_AFTER_BITS = 15;
const PLAIN: BusSettings = { baud: 9_600 };

/** A character as somebody heard it. `sound`: its parity and stop bit were right. */
interface HeardCharacter {
  readonly byte: number;
  readonly sound: boolean;
}

/** Who speaks and listens how, and whether A and B are swapped between them. */
export interface Hearing {
  readonly spoken: BusSettings;
  readonly heard: BusSettings;
  readonly swapped: boolean;
}

/** What a receiver makes of bytes that were sent in another way, or over swapped wires. */
export function heardAs(bytes: Uint8Array, { spoken, heard, swapped }: Hearing): HeardCharacter[] {
  const levels = [...bytes].flatMap((byte) => levelsOf(byte, spoken));
  return decode(swapped ? levels.map((level) => (1 - level) as Level) : levels, {
    bitsOfSender: spoken.baud / heard.baud,
    idle: swapped ? 0 : 1,
    settings: heard,
  });
}

/** What is heard when two devices give the same answer, one while the other still speaks: 0 wins, as drivers fight. */
export function collided(answer: Uint8Array): Buffer {
  const one = [...answer].flatMap((byte) => levelsOf(byte, PLAIN));
  const silence = new Array<Level>(TWIN_AFTER_BITS).fill(1);
  const other = [...silence, ...one];
  const both = other.map((level, index): Level => ((one[index] ?? 1) & level) as Level);
  return Buffer.from(decode(both, { bitsOfSender: 1, idle: 1, settings: PLAIN }).map(({ byte }) => byte));
}

function levelsOf(byte: number, { parity = 'none', stopBits = 1 }: BusSettings): Level[] {
  const data = Array.from({ length: DATA_BITS }, (_, bit) => ((byte >> bit) & 1) as Level);
  return [
    0,
    ...data,
    ...(parity === 'none' ? [] : [parityOf(byte, parity)]),
    ...new Array<Level>(stopBits).fill(1),
  ];
}

function parityOf(byte: number, parity: 'even' | 'odd'): Level {
  let ones = 0;
  for (let bit = 0; bit < DATA_BITS; bit++) ones += (byte >> bit) & 1;
  return ((ones + (parity === 'odd' ? 1 : 0)) & 1) as Level;
}

interface Receiver {
  /** How many bits of the sender go by in one of the receiver. */
  readonly bitsOfSender: number;
  readonly idle: Level;
  readonly settings: BusSettings;
}

function decode(levels: readonly Level[], { bitsOfSender: bit, idle, settings }: Receiver): HeardCharacter[] {
  const at = (time: number): Level => levels[Math.floor(time)] ?? idle;
  const heard: HeardCharacter[] = [];
  const step = bit / LOOKS_PER_BIT;
  // A line that idles at 0 stands in a break: nothing begins before it has been at 1.
  let isArmed = idle === 1;
  for (let time = 0; time < levels.length + bit; ) {
    if (at(time) === 1) isArmed = true;
    if (!isArmed || at(time) === 1 || at(time + bit / 2) === 1) {
      time += step;
      continue;
    }
    const { character, end } = characterAt(time, bit, at, settings);
    heard.push(character);
    isArmed = at(end) === 1;
    time = end;
  }
  return heard;
}

function characterAt(
  start: number,
  bit: number,
  at: (time: number) => Level,
  { parity = 'none' }: BusSettings,
) {
  let byte = 0;
  for (let index = 0; index < DATA_BITS; index++) byte |= at(start + (index + 1.5) * bit) << index;
  const parityAt = start + (DATA_BITS + 1.5) * bit;
  const end = parity === 'none' ? parityAt : parityAt + bit;
  const isEven = parity === 'none' || at(parityAt) === parityOf(byte, parity);
  return { character: { byte, sound: isEven && at(end) === 1 }, end };
}
