/** What is stored about a resident as one page: to be read, printed and given to them. Nothing is fetched by it. */
import type { StoredView } from '@lockerhub/protocol/http/privacy.ts';
import { safe, savedPage } from '../saved-page/saved-page.ts';
import { type StoredWords, storedWords } from './words.ts';

const DAY_MS = 86_400_000;

const STYLE = `
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: start; padding: .3rem .5rem .3rem 0; border-bottom: 1px solid; overflow-wrap: anywhere; }
  tr { break-inside: avoid; }
  @media (max-width: 30rem) { table, tbody, tr, td { display: block; } thead { display: none; } td { border: 0; padding: 0; } tr { padding: .5rem 0; border-bottom: 1px solid; } }
`;

export interface StoredPage {
  readonly stored: StoredView;
  readonly building: string;
  readonly timeZone: string;
  readonly nowMs: number;
}

/** The page in the resident's language. */
export function storedPage({ stored, building, timeZone, nowMs }: StoredPage): string {
  const words = storedWords(stored.language);
  const day = (atMs: number) =>
    new Intl.DateTimeFormat(words.language, { dateStyle: 'medium', timeZone }).format(atMs);
  const days = Math.round(stored.keptMs / DAY_MS);
  return savedPage({
    language: words.language,
    direction: words.direction,
    title: words.title(building),
    style: STYLE,
    lead: `<p>${safe(words.printed)} ${safe(day(nowMs))}</p>\n`,
    facts: facts(stored, words),
    body: `<p>${safe(stored.goesAt === null ? words.stays(days) : words.goesOn(day(stored.goesAt)))}</p>
<h2>${safe(words.parcels)}</h2>
${parcels(stored, words, day)}
<p>${safe(words.trackingKept(days))}</p>
<p>${safe(words.log)}</p>`,
  });
}

function facts(stored: StoredView, words: StoredWords): (readonly [string, string])[] {
  const whether = (is: boolean) => (is ? words.yes : words.no);
  const contacts = stored.contacts.map(({ channel, to }) => `${channel}: ${to}`).join(', ');
  return [
    [words.name, stored.name],
    [words.unit, stored.unitName],
    [words.spoken, stored.language],
    [words.contacts, contacts || words.none],
    [words.away, stored.away ? `${stored.away.from} – ${stored.away.until}` : words.none],
    [words.accessible, whether(stored.accessible)],
    [words.onlyMe, whether(stored.onlyMe)],
    [words.pin, whether(stored.hasPin)],
    [words.fob, whether(stored.hasFob)],
  ];
}

function parcels(stored: StoredView, words: StoredWords, day: (atMs: number) => string): string {
  if (stored.deliveries.length === 0) return `<p>${safe(words.none)}</p>`;
  const rows = stored.deliveries.map(({ arrivedAt, state, tracking, trackingGoesAt }) => {
    const goes = trackingGoesAt === null ? '' : day(trackingGoesAt);
    return `<tr><td>${safe(day(arrivedAt))}</td><td>${safe(words.states[state])}</td><td><bdi>${safe(tracking ?? '')}</bdi></td><td>${safe(goes)}</td></tr>`;
  });
  const heads = [words.arrived, words.state, words.tracking, words.goes].map(
    (head) => `<th scope="col">${safe(head)}</th>`,
  );
  const more = stored.more ? `<p>${safe(words.more)}</p>` : '';
  return `<table><thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>${more}`;
}
