/** What a manager is told by mail: made when it is sent, and kept nowhere. */
import type { NoticeKind } from '@lockerhub/protocol/log/payloads/notices.ts';
import type { Letter } from './letter.ts';
import type { LetterLanguage } from './letter-words.ts';
import { wordsFor } from './words.ts';

export interface NoticeFacts {
  readonly kind: NoticeKind;
  readonly language: string;
  readonly building: string;
  /** IANA's name of the building's zone. */
  readonly timeZone: string;
  /** Of the manager who is told. */
  readonly name: string;
  /** Whose access was reset; empty for what is about nobody. */
  readonly account: string;
  /** Why, as a word of ours; null: there is none. */
  readonly code: string | null;
  /** When it happened, by the hub's clock; null: that was not to be trusted. */
  readonly atMs: number | null;
  readonly page: string | undefined;
}

/** The words in which the staff page says why something failed: loaded only when such a letter is written (0.5 MB each). */
const FAULTS = {
  en: () => import('../web/words/languages/en.ts'),
  es: () => import('../web/words/languages/es.ts'),
  ar: () => import('../web/words/languages/ar.ts'),
} satisfies Record<LetterLanguage, unknown>;

/** The letter in the manager's language; English if there are no words for it. */
export async function writeNotice(facts: NoticeFacts): Promise<Letter> {
  const words = wordsFor(facts.language);
  const { subject, what, when, why, todo, page } = words.notice;
  const { kind, building, timeZone, atMs } = facts;
  const reason = await whyOf(facts, words.language);
  const { format } = new Intl.DateTimeFormat(words.language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone,
  });
  const lines = [
    words.greeting(facts.name),
    '',
    what[kind](facts.account),
    ...(reason === undefined ? [] : [why(reason)]),
    ...(atMs === null ? [] : [when(format(atMs))]),
    '',
    todo[kind],
    ...(facts.page === undefined ? [] : [page(facts.page)]),
    '',
    building,
  ];
  const title = subject[kind](building);
  return {
    subject: title,
    text: lines.join('\n'),
    short: title,
    direction: words.direction,
    language: words.language,
  };
}

async function whyOf({ kind, code }: NoticeFacts, language: LetterLanguage): Promise<string | undefined> {
  if (code === null) return undefined;
  const { default: words } = await FAULTS[language]();
  const faults: Readonly<Record<string, string>> =
    kind === 'backup-failing' ? words.backups.fault : words.updates.fault;
  return faults[code];
}
