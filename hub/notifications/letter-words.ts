/** What a file in `languages/` says: another language is another file. */
import type { HeightBand } from '@lockerhub/protocol/bank/layout.ts';
import type { MessageKind } from '@lockerhub/protocol/log/payloads/messages.ts';
import type { NoticeKind } from '@lockerhub/protocol/log/payloads/notices.ts';

/** Of letters, and of the staff page's words that a letter takes over. */
export type LetterLanguage = 'en' | 'es' | 'ar';

export interface LetterWords {
  readonly language: LetterLanguage;
  readonly direction: 'ltr' | 'rtl';
  readonly bands: Readonly<Record<HeightBand, string>>;
  readonly subject: Readonly<Record<MessageKind, (count: number, building: string) => string>>;
  readonly opening: Readonly<Record<MessageKind, (count: number, building: string) => string>>;
  greeting(name: string): string;
  /** Where staff hand it out. */
  readonly desk: string;
  /** A zone of a room that one goes into through a door. */
  zone(bank: string, number: number, zone: string): string;
  place(bank: string, number: number, columnFromLeft: number, band: string): string;
  code(code: string): string;
  readonly howTo: string;
  byPhone(link: string): string;
  closing(building: string, unit: string): string;
  /** For somebody who may collect in a resident's stead; times as they are written in this language. */
  readonly delegate: {
    subject(unit: string, building: string): string;
    opening(name: string, unit: string, building: string): string;
    window(from: string, until: string): string;
  };
  /** For managers. */
  readonly notice: {
    readonly subject: Readonly<Record<NoticeKind, (building: string) => string>>;
    readonly what: Readonly<Record<NoticeKind, (account: string) => string>>;
    /** `why`: a sentence of the staff page. */
    why(why: string): string;
    when(at: string): string;
    readonly todo: Readonly<Record<NoticeKind, string>>;
    page(link: string): string;
  };
  /** A message that tries a channel. */
  test(building: string): string;
}

/** The first letter as at the beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
