/**
 * What a resident is told, complete by itself: the code, the places, and (in mail) the QR code. Made when it is sent
 * or shown, never stored: the log and the tables hold ids only.
 */

import type { PlaceWords } from '@lockerhub/protocol/bank/layout.ts';
import { spaced } from '@lockerhub/protocol/codes/read-code.ts';
import type { MessageKind } from '@lockerhub/protocol/log/payloads/messages.ts';
import type { LetterWords } from './letter-words.ts';
import { wordsFor } from './words.ts';

export interface LetterPlace {
  readonly bankName: string;
  /** Null: at the desk. */
  readonly words: PlaceWords | null;
  /** In a package room: where in it. */
  readonly zone?: string | undefined;
}

export interface LetterFacts {
  readonly kind: MessageKind;
  readonly language: string;
  readonly building: string;
  readonly name: string;
  readonly unitName: string;
  readonly places: readonly LetterPlace[];
  /** Eight digits as they are typed; undefined if the resident has none (any more). */
  readonly code: string | undefined;
  /** What the QR code holds: more than the digits, so that a scan needs no guess limit. */
  readonly qr: string | undefined;
  /** Where a phone at the lockers opens the doors; holds the code. */
  readonly link?: string | undefined;
}

export interface Letter {
  readonly subject: string;
  readonly text: string;
  /** For a text message: what arrived, where, and the code. */
  readonly short: string;
  readonly direction: 'ltr' | 'rtl';
  readonly language: string;
}

const MASK = '•••• ••••';

/** The letter in the resident's language (English if there are no words for it); `masked` hides the code. */
export function writeLetter(facts: LetterFacts, masked: boolean): Letter {
  const words = wordsFor(facts.language);
  const count = facts.places.length;
  const code = facts.code === undefined ? undefined : masked ? MASK : spaced(facts.code);
  const what = [
    words.opening[facts.kind](count, facts.building),
    ...facts.places.map((place) => `• ${placeLine(words, place)}`),
  ];
  const codeLine = code === undefined || !bearsCode(facts.kind) ? undefined : words.code(code);
  const closing = words.closing(facts.building, facts.unitName);
  const byPhone = masked || facts.link === undefined ? [] : [words.byPhone(facts.link)];
  const lines = [
    words.greeting(facts.name),
    '',
    ...what,
    ...(codeLine === undefined ? [] : ['', codeLine, words.howTo, ...byPhone]),
    '',
    closing,
  ];
  return {
    subject: words.subject[facts.kind](count, facts.building),
    text: lines.join('\n'),
    short: [...what, ...(codeLine === undefined ? [] : [codeLine]), closing].join('\n'),
    direction: words.direction,
    language: words.language,
  };
}

/** Whether a letter of this kind says how to collect: others bring nobody to the lockers. */
export function bearsCode(kind: MessageKind): boolean {
  return kind !== 'parcel-withdrawn' && kind !== 'delegate-named';
}

function placeLine(words: LetterWords, { bankName, words: place, zone }: LetterPlace): string {
  if (!place) return words.desk;
  if (zone !== undefined) return words.zone(bankName, place.number, zone);
  return words.place(bankName, place.number, place.columnFromLeft, words.bands[place.band]);
}
