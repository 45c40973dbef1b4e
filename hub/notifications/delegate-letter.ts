/** What somebody is told whom a resident lets collect for them: made when it is sent, and kept nowhere. */
import { spaced } from '@lockerhub/protocol/codes/read-code.ts';
import type { Letter } from './letter.ts';
import { wordsFor } from './words.ts';

export interface DelegateFacts {
  readonly language: string;
  readonly building: string;
  /** Who lets them collect. */
  readonly name: string;
  readonly unitName: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** The building's, whose clocks the window goes by. */
  readonly timeZone: string;
  readonly code: string;
}

export function delegateLetter(facts: DelegateFacts): Letter {
  const words = wordsFor(facts.language);
  const { building, name, unitName } = facts;
  const { format } = new Intl.DateTimeFormat(words.language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: facts.timeZone,
  });
  const { subject, opening, window } = words.delegate;
  const what = [
    opening(name, unitName, building),
    window(format(facts.fromMs), format(facts.untilMs)),
    words.code(spaced(facts.code)),
  ];
  return {
    subject: subject(unitName, building),
    text: [...what, '', words.howTo, '', words.closing(building, unitName)].join('\n'),
    short: what.join('\n'),
    direction: words.direction,
    language: words.language,
  };
}
